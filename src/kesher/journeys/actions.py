"""What staff do with journeys: draw, check, publish, pause, go on, put away; take people in and out."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import offer_undo
from kesher.contacts.errors import Refused
from kesher.journeys.checks import check, errors
from kesher.journeys.crowds.jobs import skip_the_rest
from kesher.journeys.graph import FORMAT, parse
from kesher.journeys.kinds import Go
from kesher.journeys.models import Journey, JourneyRun, JourneyVersion
from kesher.journeys.moving import Moved, Plan, carry_over, check_plan
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.publishing import (
    compile_messages,
    fall_silent,
    go_live,
    hear_segments,
    refresh_listening,
)
from kesher.journeys.resuming import SOURCE, go_on, lock_asked, mark, skip_on, sort_out
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import Candidate, end_runs, start_runs
from kesher.journeys.versions import Live, ready
from kesher.journeys.walking import BATCH, move_on
from kesher.journeys.world import world_of
from kesher.lib import sql
from kesher.lib.deadlocks import tried_again
from kesher.lib.slugs import make_key
from kesher.messages.resting import keep_resting, let_go, refuse_asked, send_asked

Status = Journey.Status
LONGEST_NAME = 200
MOST_BYTES = 5_000_000
EMPTY: dict[str, Any] = {
    "format": FORMAT,
    "name": "",
    "triggers": [],
    "start": "end",
    "nodes": {"end": {"kind": "exit"}},
}


class WrongState(Exception):
    """The act does not fit what the journey is now. `status` is that."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Saved:
    revision: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Conflict:
    """Somebody saved in between; `current` is the journey as it is now."""

    current: Journey


@transaction.atomic
def create_journey(
    access: Access, *, name: str, graph: Mapping[str, Any] | None = None, now: datetime
) -> Journey:
    """A draft, empty or from a file. Raises BadJourney for a graph that cannot be read, Refused for no name."""
    tidy = _name(name or str((graph or {}).get("name") or ""))
    draft = {**deepcopy(dict(graph or EMPTY)), "name": tidy}
    parse(draft)
    taken = set(Journey.objects.filter(workspace=access.workspace).values_list("key", flat=True))
    journey = Journey.objects.create(
        workspace=access.workspace,
        key=make_key(tidy, taken),
        name=tidy,
        draft=draft,
        webhook_secret=f"whsec_{b64encode(secrets.token_bytes(24)).decode()}",
        created_by=access.user,
        created_at=now,
        updated_at=now,
    )
    access.audit("journey.created", journey, journey.name)
    return journey


def _name(name: str) -> str:
    tidy = " ".join(name.split())[:LONGEST_NAME]
    if not tidy:
        raise Refused("name", _("Give the journey a name."), code="required")
    return tidy


@transaction.atomic
def save_draft(
    access: Access, journey: Journey, *, graph: Any, revision: int, now: datetime
) -> Saved | Conflict:
    """Save over `revision`; a newer one in the table is a Conflict and stays. Raises BadJourney when it cannot be read.

    What is wrong but can be read is saved and told: a draft may be unfinished.
    """
    read = parse(graph)
    tidy = _name(read.name or journey.name)
    draft = {**dict(graph), "name": tidy}
    changed = Journey.objects.filter(
        pk=journey.pk, workspace=access.workspace, revision=revision
    ).update(draft=draft, name=tidy, revision=revision + 1, updated_at=now)
    if not changed:  # another tab or person was faster
        return Conflict(Journey.objects.get(pk=journey.pk, workspace=access.workspace))
    journey.refresh_from_db()
    return Saved(revision + 1, tuple(problems_of(access, journey)))


def problems_of(access: Access, journey: Journey) -> list[Problem]:
    """What there is to say about the draft, the worst first."""
    return check(journey.draft, world_of(access.workspace), journey_id=journey.pk)


@tried_again
@transaction.atomic
def publish_journey(
    access: Access,
    journey: Journey,
    *,
    now: datetime,
    version: JourneyVersion | None = None,
    people: Plan | None = None,
) -> JourneyVersion:
    """Make the draft a version and live; or an earlier version again. Raises BadJourney, WrongState.

    `people` says what becomes of those on the way; without it they finish on the version they began with. A paused
    journey stays paused.
    """
    row = Journey.objects.select_for_update().get(pk=journey.pk, workspace=access.workspace)
    if row.status == Status.ARCHIVED:
        raise WrongState(row.status)
    graph_json = deepcopy(version.graph if version else row.draft)
    if wrong := errors(check(graph_json, world_of(access.workspace), journey_id=row.pk)):
        raise BadJourney(wrong)
    graph = parse(graph_json)
    check_plan(people or Plan(), graph)
    messages = compile_messages(access, row, graph, now=now)
    last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
    made = JourneyVersion.objects.create(
        workspace=access.workspace,
        journey=row,
        number=last + 1,
        graph=graph_json,
        messages=messages,
        created_by=access.user,
        created_at=now,
    )
    row.live_version, row.updated_at = made, now
    row.status = Status.PAUSED if row.status == Status.PAUSED else Status.LIVE
    row.save(update_fields=["live_version", "status", "updated_at"])
    go_live(access, row, made, now=now)
    moved = Moved()
    if people is not None:
        moved = carry_over(Sitting(access.workspace, now), row.pk, ready(made), people)
    access.audit("journey.published", row, row.name, version=made.number, **asdict(moved))
    journey.refresh_from_db()
    return made


@tried_again
@transaction.atomic
def pause_journey(access: Access, journey: Journey, *, now: datetime) -> Journey:
    """Nobody comes in, nobody moves, nothing of it leaves, until it goes on. Raises WrongState."""
    _move(access, journey, (Status.LIVE,), Status.PAUSED, now=now, paused_at=now)
    refresh_listening(access.workspace, journey, now=now, takes_in=False)
    keep_resting(access.workspace.pk, source=SOURCE, group=str(journey.pk))
    access.audit("journey.paused", journey, journey.name)
    return journey


@tried_again
@transaction.atomic
def resume_journey(
    access: Access,
    journey: Journey,
    *,
    now: datetime,
    meanwhile: str = "go",
    older_than: timedelta = timedelta(0),
) -> Journey:
    """Go on. What fell due meanwhile and is `older_than` that moves and is sent now ("go"), moves on without being
    sent ("skip"), waits for a decision ("ask") or leaves the journey ("exit"); the rest goes. Raises WrongState.
    """
    row = Journey.objects.select_for_update().get(pk=journey.pk, workspace=access.workspace)
    if row.status == Status.PAUSED:
        sort_out(access.workspace, row, what=meanwhile, before=now - older_than, now=now)
    _move(access, journey, (Status.PAUSED,), Status.LIVE, now=now, paused_at=None)
    let_go(access.workspace.pk, source=SOURCE, group=str(journey.pk))
    if journey.live_version is not None:
        hear_segments(access, journey, ready(journey.live_version).graph, now=now)
    refresh_listening(access.workspace, journey, now=now)
    _release(access, journey, now=now)
    if meanwhile == "skip":
        _skip_on(access, journey, now=now)
    access.audit("journey.resumed", journey, journey.name, meanwhile=meanwhile)
    return journey


def _skip_on(access: Access, journey: Journey, *, now: datetime) -> None:
    """A first batch at once; a job does the rest."""
    if skip_on(access.workspace, journey.pk, now=now) >= BATCH:
        skip_the_rest.defer(workspace_id=access.workspace.pk, journey_id=journey.pk)


@dataclass(frozen=True)
class Decided:
    people: int
    messages: int


@tried_again
@transaction.atomic
def decide_asked(
    access: Access,
    journey: Journey,
    *,
    do: str,
    run_ids: Sequence[int] = (),
    message_ids: Sequence[int] = (),
    now: datetime,
) -> Decided:
    """What becomes of those asked about: "send" (they go on, messages leave), "skip" (they go on, nothing is sent) or
    "exit" (they leave). Who is not asked about any more is passed over.
    """
    about: dict[str, Any] = {"source": SOURCE, "group": str(journey.pk), "ids": list(message_ids), "now": now}  # fmt: skip
    ids = lock_asked(journey, run_ids)
    if do == "send":
        go_on(Sitting(access.workspace, now), ids)
        messages = send_asked(access.workspace.pk, **about)
    else:
        messages = refuse_asked(access.workspace.pk, **about)
        if do == "skip":
            mark(access.workspace.pk, ids, "skipping")
            _skip_on(access, journey, now=now)
        else:
            end_runs(Sitting(access.workspace, now), reason="taken_out", run_ids=ids)
    access.audit(
        "journey.decided", journey, journey.name, do=do, people=len(ids), messages=messages
    )
    return Decided(len(ids), messages)


@tried_again
@transaction.atomic
def archive_journey(access: Access, journey: Journey, *, now: datetime) -> int:
    """Out of use: those on the way leave it. Answers the id of the undo offered. Raises WrongState."""
    live = (Status.DRAFT, Status.LIVE, Status.PAUSED)
    _move(access, journey, live, Status.ARCHIVED, now=now, archived_at=now)
    fall_silent(access, journey)
    sitting = Sitting(access.workspace, now)
    while end_runs(sitting, reason="archived", journey_id=journey.pk):
        pass
    let_go(
        access.workspace.pk, source=SOURCE, group=str(journey.pk)
    )  # to be refused, with the reason
    access.audit("journey.archived", journey, journey.name)
    return offer_undo(access, kind="journey.archived", data={"journey_id": journey.pk}).pk


@tried_again
@transaction.atomic
def unarchive_journey(access: Access, journey: Journey, *, now: datetime) -> Journey:
    """Back, as a draft: it takes nobody in before it is published again."""
    _move(access, journey, (Status.ARCHIVED,), Status.DRAFT, now=now, archived_at=None)
    access.audit("journey.restored", journey, journey.name)
    return journey


def _move(
    access: Access,
    journey: Journey,
    of: Sequence[str],
    to: str,
    *,
    now: datetime,
    **changes: Any,
) -> None:
    """Compare and set: of two people at once one wins."""
    moved = Journey.objects.filter(pk=journey.pk, workspace=access.workspace, status__in=of).update(
        status=to, updated_at=now, **changes
    )
    journey.refresh_from_db()
    if not moved:
        raise WrongState(journey.status)


_RELEASE = """
UPDATE journey_run SET due_at = %(now)s
WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s AND state = 'held' AND ended_at IS NULL
"""


def _release(access: Access, journey: Journey, *, now: datetime) -> None:
    sql.execute(_RELEASE, {"workspace": access.workspace.pk, "journey": journey.pk, "now": now})


def duplicate_journey(access: Access, journey: Journey, *, now: datetime) -> Journey:
    """A draft of its own with the same graph."""
    name = _("Copy of %(name)s") % {"name": journey.name}
    return create_journey(access, name=name, graph=journey.draft, now=now)


@tried_again
@transaction.atomic
def enrol(access: Access, journey: Journey, *, contact_ids: Sequence[int], now: datetime) -> int:
    """Take people in by hand, as far as the policy of coming back lets them; answers how many set out. Raises WrongState."""
    if journey.status != Status.LIVE or journey.live_version is None:
        raise WrongState(journey.status)
    live = Live(journey.pk, journey.key, journey.name, ready(journey.live_version))
    known = _living(access, contact_ids)
    count = start_runs(Sitting(access.workspace, now), live, [Candidate(one) for one in known])
    access.audit("journey.enrolled", journey, journey.name, count=count)
    return count


def _living(access: Access, contact_ids: Sequence[int]) -> list[int]:
    statement = "SELECT id FROM contact WHERE workspace_id = %s AND id = ANY(%s) AND deleted_at IS NULL ORDER BY id"
    return [row[0] for row in sql.rows(statement, (access.workspace.pk, list(contact_ids)))]


@tried_again
@transaction.atomic
def take_out(
    access: Access,
    journey: Journey,
    *,
    now: datetime,
    contact_ids: Sequence[int] | None = None,
    run_ids: Sequence[int] | None = None,
) -> int:
    """End the way of these people, or of these runs; answers how many. What waits to be sent to them is not sent."""
    if run_ids is not None:
        own = JourneyRun.objects.filter(
            workspace_id=access.workspace.pk, journey_id=journey.pk, pk__in=list(run_ids)
        )
        run_ids = list(own.values_list("pk", flat=True))
    ended = end_runs(
        Sitting(access.workspace, now), reason="taken_out", journey_id=journey.pk,
        contact_ids=contact_ids, run_ids=run_ids,
    )  # fmt: skip
    access.audit("journey.taken_out", journey, journey.name, count=len(ended))
    return len(ended)


@tried_again
@transaction.atomic
def move_runs_on(
    access: Access, journey: Journey, *, run_ids: Sequence[int], port: str, now: datetime
) -> int:
    """Let runs that rest go on now by one of their node's ways; answers how many did."""
    count = move_on(
        access.workspace, now=now, journey_id=journey.pk, run_ids=run_ids, way=Go(port, "by_hand")
    )
    access.audit("journey.moved_on", journey, journey.name, count=count)
    return count
