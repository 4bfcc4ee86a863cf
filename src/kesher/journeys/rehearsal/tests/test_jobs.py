"""A rehearsal as a job: its result stands with the work, whatever is wrong is told, and it can be stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.journeys.actions import create_journey
from kesher.journeys.models import JourneyRun
from kesher.journeys.rehearsal import background, jobs
from kesher.journeys.rehearsal.actions import start_rehearsal
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


def test_the_result_stands_with_the_work(access: Access, noa: Any, now: datetime) -> None:
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    work = start_rehearsal(access, journey, ask(noa))

    jobs.rehearse_journey(workspace_id=access.workspace.pk, work_id=work.pk)

    work.refresh_from_db()
    assert work.state == Work.State.DONE
    assert (work.result["journey"], work.result["ended"]) == (journey.pk, {"done": 1})
    assert not JourneyRun.objects.exists()


def test_what_is_wrong_with_the_draft_is_told(access: Access, noa: Any, now: datetime) -> None:
    graph = {"format": 1, "start": "mail", "nodes": {"mail": {"kind": "send_email"}}}
    journey = create_journey(access, name="חסר", graph=graph, now=now)
    work = start_rehearsal(access, journey, ask(noa))

    jobs.rehearse_journey(workspace_id=access.workspace.pk, work_id=work.pk)

    work.refresh_from_db()
    assert work.state == Work.State.FAILED
    assert work.error


@pytest.mark.django_db(transaction=True)
def test_somebody_may_stop_it(
    access: Access, noa: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(background, "LOOK_SECONDS", 0.01)
    journey = create_journey(access, name="מסע", graph=GRAPH, now=now)
    work = start_rehearsal(access, journey, ask(noa))
    Work.objects.filter(pk=work.pk).update(cancel_requested=True)

    def endless(look: Any) -> dict[str, Any]:
        while True:
            look(0.5)

    background._do(work, endless)

    work.refresh_from_db()
    assert work.state == Work.State.CANCELLED
