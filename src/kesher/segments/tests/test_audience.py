"""Audiences of lists and segments: any union, intersection, exclusion; a split is exact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.contacts import lists
from kesher.contacts.models import Contact
from kesher.lib import sql
from kesher.segments.audience import Audience, Part, count_audience, joined_of, names_of, where_of
from kesher.segments.tests.conftest import Make

pytestmark = pytest.mark.django_db


def who(workspace: Any, audience: Audience, now: datetime) -> set[int]:
    where, parameters = where_of(workspace, audience, now)
    statement = f"SELECT c.id FROM contact c WHERE c.workspace_id = %(workspace)s AND {where}"
    return {row[0] for row in sql.rows(statement, {**parameters, "workspace": workspace.pk})}


@pytest.fixture
def world(
    access: Any, make: Make, noa: Any, dan: Any, yael: Any, oren: Any, now: datetime
) -> dict[str, Part]:
    """noa: vip, Haifa, mail. yael: vip, mail. oren: news, mail. dan: news."""
    vip, news = (lists.create_list(access, name=name) for name in ("vip", "news"))
    for row, people in ((vip, (noa, yael)), (news, (dan, oren))):
        lists.join_list(
            access.workspace.pk, list_id=row.pk, contact_ids=[c.pk for c in people],
            now=now, source="staff",
        )  # fmt: skip
    everybody = lists.all_contacts_list(access.workspace)
    return {
        "vip": Part("list", vip.pk),
        "news": Part("list", news.pk),
        "all": Part("list", everybody.pk),
        "haifa": Part("segment", make("haifa").pk),
        "mail": Part("segment", make("mail", {"consent": "email"}).pk),
        "new": Part("segment", make("new", {"did": "list.joined", "within": "P1D"}).pk),
        "none": Part("segment", 999_999_999),
    }


def test_any_of_each_of_and_none_of(
    workspace: Any, world: dict[str, Part], noa: Any, dan: Any, yael: Any, oren: Any, now: datetime
) -> None:
    vip, news, everybody, haifa, mail = (world[k] for k in ("vip", "news", "all", "haifa", "mail"))
    assert who(workspace, Audience((vip,)), now) == {noa.pk, yael.pk}
    assert who(workspace, Audience((vip, news), (mail,)), now) == {noa.pk, yael.pk, oren.pk}
    assert who(workspace, Audience((vip, news), (mail,), (haifa,)), now) == {yael.pk, oren.pk}
    assert who(workspace, Audience((everybody,), (), (mail,)), now) == {dan.pk}
    assert who(workspace, Audience((), (mail,)), now) == set()
    assert who(workspace, Audience((world["none"],)), now) == set()


def test_the_deleted_are_in_no_audience(
    workspace: Any, world: dict[str, Part], noa: Any, now: datetime
) -> None:
    Contact.objects.filter(pk=noa.pk).update(deleted_at=now)
    assert noa.pk not in who(workspace, Audience((world["all"],)), now)


def test_what_is_stored_is_read_back_and_a_bare_number_is_a_list() -> None:
    audience = Audience(
        (Part("list", 3), Part("segment", 5)), (Part("segment", 6),), (Part("list", 3),)
    )
    assert Audience.of(audience.stored()) == audience
    assert Audience.of({"include": [3, {"segment": 5}, "x", True], "exclude": [4]}) == Audience(
        (Part("list", 3), Part("segment", 5)), (), (Part("list", 4),)
    )
    assert Audience.of({}) == Audience()


def test_parts_have_names_and_say_when_they_are_gone(
    access: Any, world: dict[str, Part], now: datetime
) -> None:
    from kesher.contacts.models import ContactList

    lists.archive_list(access, ContactList.objects.get(pk=world["vip"].id), now=now)
    found = names_of(access.workspace, [world["vip"], world["haifa"], world["none"]])
    assert [(one.name, one.is_gone) for one in found] == [
        ("vip", True),
        ("haifa", False),
        ("", True),
    ]


_keys = st.lists(
    st.sampled_from(["vip", "news", "all", "haifa", "mail", "new", "none"]), max_size=3
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    include=_keys.filter(bool),
    require=_keys,
    exclude=_keys,
    split=st.sampled_from(["vip", "news", "haifa", "mail", "new", "none"]),
)
def test_every_part_splits_an_audience_exactly(
    workspace: Any, world: dict[str, Part], now: datetime,
    include: list[str], require: list[str], exclude: list[str], split: str,
) -> None:  # fmt: skip
    parts = [tuple(world[key] for key in keys) for keys in (include, require, exclude)]
    whole = Audience(*parts)
    inside = Audience(parts[0], (*parts[1], world[split]), parts[2])
    outside = Audience(parts[0], parts[1], (*parts[2], world[split]))

    found = [who(workspace, each, now) for each in (whole, inside, outside)]

    assert found[1] | found[2] == found[0]
    assert not found[1] & found[2]
    for audience, people in zip((whole, inside, outside), found, strict=True):
        assert count_audience(workspace, audience, now) == len(people)


def test_two_audiences_fit_into_one_statement(
    workspace: Any, world: dict[str, Part], now: datetime
) -> None:
    one = joined_of(workspace, Audience((world["vip"], world["haifa"])), now, prefix="a")
    other = joined_of(workspace, Audience((world["news"], world["mail"])), now, prefix="b")
    assert not one.parameters.keys() & other.parameters.keys()
