"""A rehearsal as a job: its result stands with the work, whatever is wrong is told, and it can be stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.accounts.undo import apply_undo
from kesher.contacts.privacy import erase_contact
from kesher.journeys.actions import create_journey
from kesher.journeys.models import JourneyRun
from kesher.journeys.rehearsal import background, jobs
from kesher.journeys.rehearsal.actions import delete_rehearsal, start_rehearsal
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.queries import rehearsals_of
from kesher.journeys.rehearsal.sweeping import sweep
from kesher.journeys.rehearsal.wishes import Wishes

GRAPH = {
    "format": 1,
    "start": "wait",
    "nodes": {"wait": {"kind": "wait", "for": "P1D", "next": "end"}, "end": {"kind": "exit"}},
}


@pytest.fixture(autouse=True)
def _on_this_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of its own would not see what this test has written and not committed."""
    monkeypatch.setattr(background, "watched", lambda work_id, play: play(lambda share: None))


def ask(who: Any, **more: Any) -> Wishes:
    return Wishes.model_validate({"people": {"contacts": [who.pk]}, **more})


def played(rehearsal: Rehearsal) -> Work:
    assert rehearsal.work is not None
    jobs.rehearse_journey(workspace_id=rehearsal.workspace_id, work_id=rehearsal.work.pk)
    rehearsal.work.refresh_from_db()
    return rehearsal.work


def test_the_result_stands_with_the_work(access: Access, noa: Any, now: datetime) -> None:
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    made = start_rehearsal(access, journey, ask(noa), url="/rehearsals/{id}/")

    played(made)

    made.refresh_from_db()
    assert made.work is not None
    assert made.work.state == Work.State.DONE
    assert made.work.url == f"/rehearsals/{made.pk}/"
    assert made.result["ended"] == {"done": 1}
    [person] = made.people.all()
    assert [step[0] for step in person.way] == ["wait", "end"]
    assert not JourneyRun.objects.exists()


def test_what_is_wrong_with_the_draft_is_told(access: Access, noa: Any, now: datetime) -> None:
    graph = {"format": 1, "start": "mail", "nodes": {"mail": {"kind": "send_email"}}}
    journey = create_journey(access, name="חסר", graph=graph, now=now)
    made = start_rehearsal(access, journey, ask(noa))

    work = played(made)

    assert work.state == Work.State.FAILED
    assert work.error


@pytest.mark.django_db(transaction=True)
def test_somebody_may_stop_it(
    access: Access, noa: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(background, "LOOK_SECONDS", 0.01)
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    work = start_rehearsal(access, journey, ask(noa)).work
    assert work is not None
    Work.objects.filter(pk=work.pk).update(cancel_requested=True)

    def endless(look: Any) -> dict[str, Any]:
        while True:
            look(0.5)

    background._do(work, endless, lambda result: None)

    work.refresh_from_db()
    assert work.state == Work.State.CANCELLED


def test_results_expire_and_a_deleted_one_comes_back(
    access: Access, noa: Any, now: datetime
) -> None:
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    old, thrown, new = (start_rehearsal(access, journey, ask(noa)) for _one in range(3))
    for one in (old, thrown, new):
        played(one)
    made_at = new.created_at
    Rehearsal.objects.filter(pk=old.pk).update(created_at=made_at - timedelta(days=31))
    entry = delete_rehearsal(access, thrown, now=made_at)

    assert [one.pk for one in rehearsals_of(journey)] == [new.pk, old.pk]
    apply_undo(access, entry)
    assert thrown.pk in {one.pk for one in rehearsals_of(journey)}
    assert sweep(made_at) == 1
    delete_rehearsal(access, thrown, now=made_at - timedelta(hours=2))
    assert sweep(made_at) == 1
    assert [one.pk for one in rehearsals_of(journey)] == [new.pk]


def test_who_asks_to_be_forgotten_is_in_no_rehearsal(
    access: Access, noa: Any, now: datetime
) -> None:
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    made = start_rehearsal(access, journey, ask(noa))
    played(made)

    erase_contact(access, noa, now=now)

    made.refresh_from_db()
    assert made.deleted_at is not None
    assert (made.result, made.people.count()) == ({}, 0)
