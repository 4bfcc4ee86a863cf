"""The top bar's work: how fast, how long, cancelling, and taking acts back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.accounts.undo import UNDO, UndoKind, offer_undo
from kesher.accounts.work import start_work
from kesher.web.work.views import progress_of

BAR = "/w/green-books/jobs/bar/"


def test_speed_and_time_left_come_from_the_start(now: datetime) -> None:
    work = Work(state="running", done=400, total=1000, started_at=now - timedelta(seconds=20))

    shown = progress_of(work, now)

    assert (shown.percent, shown.a_second, shown.seconds_left) == (40, 20.0, 30.0)


@pytest.mark.parametrize(
    ("done", "total", "seconds"), [(0, 1000, 60), (10, 1000, 1)], ids=["nothing done", "just begun"]
)
def test_no_guess_is_made_without_ground(
    now: datetime, done: int, total: int, seconds: int
) -> None:
    work = Work(
        state="running", done=done, total=total, started_at=now - timedelta(seconds=seconds)
    )

    shown = progress_of(work, now)

    assert (shown.a_second, shown.seconds_left) == (None, None)


def test_an_unknown_total_has_a_speed_and_no_percentage(now: datetime) -> None:
    work = Work(state="running", done=50, total=None, started_at=now - timedelta(seconds=10))

    shown = progress_of(work, now)

    assert (shown.percent, shown.a_second, shown.seconds_left) == (None, 5.0, None)


def test_the_bar_asks_again_only_while_something_runs(signed_in: Client, access: Access) -> None:
    work = start_work(access, kind="contacts.import", title="people.csv")
    assert "every 2s" in signed_in.get(BAR).content.decode()

    Work.objects.filter(pk=work.pk).update(state="done")

    assert "every 2s" not in signed_in.get(BAR).content.decode()


def test_work_is_asked_to_stop(signed_in: Client, access: Access) -> None:
    work = start_work(access, kind="contacts.import", title="people.csv")
    Work.objects.filter(pk=work.pk).update(state="running")

    answer = signed_in.post(
        f"/w/green-books/jobs/{work.pk}/cancel/", headers={"HX-Request": "true"}
    )

    assert '"work"' in answer.headers["HX-Trigger"]
    assert Work.objects.get(pk=work.pk).cancel_requested


def test_an_act_is_taken_back_once(
    signed_in: Client, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back: list[dict[str, Any]] = []

    def apply(access: Access, data: dict[str, Any]) -> str:
        taken_back.append(data)
        return "It is back."

    monkeypatch.setattr(UNDO, "_members", {"test": UndoKind("test", apply)})
    entry = offer_undo(access, kind="test", data={"ids": [7]})
    path = f"/w/green-books/jobs/undo/{entry.pk}/"

    first, second = signed_in.post(path), signed_in.post(path)

    assert (first.status_code, second.status_code) == (200, 404)
    assert taken_back == [{"ids": [7]}]
