"""Events from the inbox: whom they start, whom they wake. In sets; an event starts a journey once, however many of
its triggers it fits and however many fields it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.events.inbox import Happened, take
from kesher.journeys.eventwords import UPDATED
from kesher.journeys.graph import Trigger
from kesher.journeys.knowing import Asked
from kesher.journeys.sitting import Sitting, Words
from kesher.journeys.starting import Candidate, start_runs
from kesher.journeys.versions import Live, live_journeys
from kesher.lib import sql
from kesher.rules.problems import BadRule

CONSUMER = "journey"
BATCH = 2_000
MACHINE = "machine"  # in the data of what a scanner did: it starts nothing

# Those that move at this moment are waited for: what they begin to listen to is not seen before they have written.
# Until we have written nobody moves them.
_STAND_STILL = """
SELECT count(*) FROM (
    SELECT r.id FROM journey_run r
    WHERE r.workspace_id = %(workspace)s AND r.contact_id = ANY(%(contacts)s) AND r.ended_at IS NULL
    ORDER BY r.id FOR KEY SHARE
) AS still
"""
# Runs that listen to what happened are due now, and all of those who are deleted.
_WAKE = """
UPDATE journey_run r SET due_at = least(r.due_at, %(now)s), woken = 'event'
FROM (SELECT DISTINCT * FROM unnest(%(contacts)s::bigint[], %(kinds)s::text[])) AS e(contact_id, kind)
WHERE r.workspace_id = %(workspace)s AND r.contact_id = e.contact_id AND r.ended_at IS NULL
  AND (r.listening @> ARRAY[e.kind] OR e.kind = 'contact.deleted')
"""


@transaction.atomic(savepoint=False)
def match(
    workspace: Workspace,
    *,
    now: datetime,
    limit: int = BATCH,
    contact_id: int | None = None,
    words: Words | None = None,
) -> int:
    """Take up to `limit` events and do what they call for; answers how many were taken."""
    happened = take(workspace.pk, CONSUMER, limit=limit, contact_id=contact_id)
    if happened:
        sitting = Sitting(workspace, now, shared=words)
        theirs = [event for event in happened if event.contact_id is not None]
        sql.value(
            _STAND_STILL,
            {"workspace": workspace.pk, "contacts": sorted({e.contact_id for e in theirs})},
        )
        with counters.added_together():
            _start(sitting, theirs)
            _wake(sitting, theirs)
    return len(happened)


def _start(sitting: Sitting, happened: Sequence[Happened]) -> None:
    kinds = {event.kind for event in happened}
    for live in live_journeys(sitting.workspace.pk):
        triggers = [one for one in live.version.graph.triggers if one.kind in kinds]
        if not triggers:
            continue
        started: set[int] = set()  # events that have started this journey
        chosen: list[tuple[int, Candidate]] = []
        for trigger in triggers:
            for event in passing(sitting, live, trigger, happened):
                if event.event_id not in started:
                    started.add(event.event_id)
                    candidate = Candidate(event.contact_id or 0, event.data, event.depth)
                    chosen.append((event.entry_id, candidate))
        if chosen:
            chosen.sort(key=lambda entry: entry[0])
            start_runs(sitting, live, [candidate for _entry, candidate in chosen])


def passing(
    sitting: Sitting, live: Live, trigger: Trigger, happened: Iterable[Happened]
) -> list[Happened]:
    """The events that this trigger is for."""
    fitting = [
        event
        for event in happened
        if event.kind == trigger.kind
        and MACHINE not in event.data
        and _fits(sitting, trigger, event.data)
    ]
    rule = trigger.given.get("rule")
    if rule is None or not fitting:
        return fitting
    try:
        read = sitting.rule(rule, kind=trigger.kind)
    except BadRule:  # its words are gone: it starts nobody, and the problems list says so
        return []
    asked = [Asked(event.contact_id or 0, event.data) for event in fitting]
    truths = sitting.holds_for(read, asked, sitting.words_for(rule, trigger.kind))
    return [event for event, truth in zip(fitting, truths, strict=True) if truth]


def _fits(sitting: Sitting, trigger: Trigger, data: Mapping[str, Any]) -> bool:
    """The short ways to say which: a list, a segment, the fields that changed."""
    given = trigger.given
    if (wanted := given.get("list")) is not None:
        found = sitting.vocabulary.list(wanted)
        return found is not None and data.get("list_id") == found.id
    if (wanted := given.get("segment")) is not None:
        return bool(data.get("segment") == wanted)
    if trigger.kind == UPDATED:
        return _touches(given, data)
    return True


def _touches(given: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """A change of one of the fields; where wanted, also that they were given again as they were."""
    changed = data.get("changed") or {}
    submitted = data.get("submitted") or () if given.get("even_if_unchanged") else ()
    wanted = given.get("changed")
    if not wanted:
        return bool(changed) or bool(submitted)
    return any(key in changed or key in submitted for key in wanted)


def _wake(sitting: Sitting, happened: Sequence[Happened]) -> None:
    if happened:
        sql.execute(
            _WAKE,
            {
                "workspace": sitting.workspace.pk,
                "now": sitting.now,
                "contacts": [event.contact_id for event in happened],
                "kinds": [event.kind for event in happened],
            },
        )
