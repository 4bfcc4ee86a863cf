"""Arrays written out as text are read by PostgreSQL as what they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.lib import sql

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9.5))])
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
EACH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@EACH
@given(st.lists(TEXTS))
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    assert sql.value("SELECT %s::text[]", (sql.texts(texts),)) == texts


def test_texts_that_look_like_an_array_are_texts() -> None:
    texts = ["", "NULL", "{}", '"', "\\", '\\"', "a,b", " x ", "';--", "שלום", "%s"]

    assert sql.value("SELECT %s::text[]", (sql.texts(texts),)) == texts


@EACH
@given(st.lists(MOMENTS))
def test_moments_come_back_as_they_were(moments: list[datetime]) -> None:
    assert sql.value("SELECT %s::timestamptz[]", (sql.moments(moments),)) == moments


def test_numbers_come_back_as_they_were() -> None:
    assert sql.value("SELECT %s::bigint[]", (sql.numbers([3, None, -1]),)) == [3, None, -1]
