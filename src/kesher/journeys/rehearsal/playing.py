"""Playing a rehearsal from beginning to end, in a transaction that is rolled back: `rehearse`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import translation

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.errors import Refused
from kesher.journeys.actions import publish_journey
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.rehearsal.behaviour import Behaviour, grain_of, history_of, moments_of, prepare
from kesher.journeys.rehearsal.keeping import Kept
from kesher.journeys.rehearsal.outlet import Outlet
from kesher.journeys.rehearsal.people import before, choose, kinds_asked
from kesher.journeys.rehearsal.shadow import cast_shadows
from kesher.journeys.rehearsal.stage import Played, Stage
from kesher.journeys.rehearsal.telling import difference, tell
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import Candidate, start_runs
from kesher.journeys.versions import Live, ready
from kesher.journeys.when import after
from kesher.lib import clock, sql
from kesher.lib.copies import at_work_on_copies
from kesher.rules.durations import read_duration

Look = Callable[[float], None]


class _Over(Exception):
    """Rolls everything back."""


def rehearse(
    access: Access,
    journey: Journey,
    wishes: Wishes,
    *,
    now: datetime,
    look: Look = lambda share: None,
    kept: Kept | None = None,
) -> dict[str, Any]:
    """What would come of it. Raises BadJourney, WrongState, and whatever `look` raises to stop it.

    `look` is called with how far it is, 0 to 1; `kept` takes what each person went through. Nothing is left: it plays
    in a transaction that is rolled back.
    """
    with translation.override(access.workspace.language):
        if wishes.compare_with is None:
            return _one(access, journey, wishes, wishes.version, now, look, kept)
        this = _one(
            access, journey, wishes, wishes.version, now, lambda share: look(share / 2), kept
        )
        other = _one(
            access, journey, wishes, wishes.compare_with, now, lambda share: look((1 + share) / 2)
        )
    this["compared"] = {"version": wishes.compare_with, **difference(this, other)}
    return this


def _one(
    access: Access,
    journey: Journey,
    wishes: Wishes,
    number: int | None,
    now: datetime,
    look: Look,
    kept: Kept | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            sql.execute("SET LOCAL lock_timeout = '5s'")
            sql.execute("SET LOCAL statement_timeout = '60s'")
            found = _play(access, journey, wishes, number, now, look, kept or Kept())
            raise _Over
    except _Over:
        journey.refresh_from_db()
        return found


def _play(
    access: Access,
    journey: Journey,
    wishes: Wishes,
    number: int | None,
    now: datetime,
    look: Look,
    kept: Kept,
) -> dict[str, Any]:
    workspace = access.workspace
    start = wishes.start or now
    period = read_duration(wishes.period)
    end = after(start, period, workspace.time_zone) if period else start
    contacts = choose(workspace, wishes.people, sample=wishes.sample, show=wishes.show, now=start)
    happenings = prepare(workspace, wishes.happenings)
    history = history_of(workspace.pk) if wishes.rates.history else {}
    busy = before(workspace, journey, contacts)
    kinds = kinds_asked(workspace, journey)
    cast_shadows(workspace.pk, journey.pk, contacts, kinds)
    with at_work_on_copies(), clock.standing_at(start):
        version = _publish(access, journey, number, start)
    behaviour = Behaviour(
        workspace, journey.pk, contacts, wishes.rates, history, grain_of(end - start)
    )
    behaviour.expect(happenings, moments_of(wishes.happenings, start, workspace.time_zone))
    with at_work_on_copies():  # anew: what rules may name is more since it is published
        if wishes.begin == "all":
            _begin(workspace, journey, version, contacts, wishes.event, start)
        outlet = Outlet(workspace, kept)
        with _without_savepoints():
            played = Stage(workspace, outlet, behaviour, look).play(start, end)
        told = tell(
            workspace, journey, version, outlet,
            contacts=contacts, show=wishes.show, daily=wishes.daily, before=busy,
        )  # fmt: skip
        kept.walked(workspace.pk, journey.pk, contacts)
        kept.graph = version.graph
    return {**_frame(wishes, number, start, played, len(contacts), behaviour), **told}


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Inner transactions are part of this one, which is rolled back whole: a third of all round trips spared.

    What fails inside fails the rehearsal; nothing that the engine does counts on going on after that.
    """
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        del connection.features.uses_savepoints


def _begin(
    workspace: Workspace,
    journey: Journey,
    version: JourneyVersion,
    contacts: Sequence[int],
    data: Mapping[str, Any],
    start: datetime,
) -> None:
    """All set out at once, as if taken in by hand."""
    live = Live(journey.pk, journey.key, journey.name, ready(version))
    candidates = [Candidate(one, data) for one in contacts]
    start_runs(Sitting(workspace, start), live, candidates)


def _publish(access: Access, journey: Journey, number: int | None, now: datetime) -> JourneyVersion:
    """The draft, or a version, live on the copies. A number that is not there is refused."""
    version = None
    if number is not None:
        version = JourneyVersion.objects.filter(journey=journey, number=number).first()
        if version is None:
            raise Refused("version", f"The journey has no version {number}.", code="unknown")
    return publish_journey(access, journey, now=now, version=version)


def _frame(
    wishes: Wishes,
    number: int | None,
    start: datetime,
    played: Played,
    people: int,
    behaviour: Behaviour,
) -> dict[str, Any]:
    return {
        "version": number,
        "asked": wishes.model_dump(mode="json"),
        "people": people,
        "start": start.isoformat(),
        "until": played.until.isoformat(),
        "cut": played.cut,
        "moments": played.moments,
        "opened": behaviour.opened,
        "clicked": behaviour.clicked,
    }
