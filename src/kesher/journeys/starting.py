"""Beginning runs in sets, as the journey's policy of coming back allows; and ending them before their time.

`journey_entry` decides who may come in: one row for each contact (or subject) and journey, taken by a single
statement, so that two workers at once let in one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from kesher.events import counters, log
from kesher.journeys.counting import ended_name, name_of
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Live, Ready
from kesher.lib import sql
from kesher.rules.durations import before, read_duration

SOURCE = "journey"
DEEPEST = 5  # so many journeys may set each other off in a row; then the chain is cut


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may begin. `depth` is that of the event that asks for it."""

    contact_id: int
    data: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0


# {entering}: those who may come in, where the policy asks who has been in before. Without a row for the subject, anybody may.
_BEGIN = """
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('journey_run', 'id')) AS id, g.*
    FROM unnest(%(contacts)s::bigint[], %(subjects)s::text[], %(depths)s::smallint[], %(data)s::text[], %(reasons)s::text[])
         WITH ORDINALITY AS g(contact_id, subject, depth, data, reason, place) ORDER BY place
), entered AS ({entering}), begun AS (
    INSERT INTO journey_run (id, workspace_id, journey_id, version_id, contact_id, subject, node, visit, state, woken,
                             due_at, listening, arrived_at, depth, data, started_at, ended_at, reason)
    SELECT g.id, %(workspace)s, %(journey)s, %(version)s, g.contact_id, g.subject, %(node)s, 1,
           CASE WHEN g.reason = '' THEN 'ready' ELSE 'ended' END, '',
           CASE WHEN g.reason = '' THEN %(now)s END, '{{}}', %(now)s, g.depth, g.data::jsonb, %(now)s,
           CASE WHEN g.reason <> '' THEN %(now)s END, g.reason
    FROM given g JOIN entered USING (id) ORDER BY g.id
)
SELECT g.id, g.place FROM given g JOIN entered USING (id) ORDER BY g.place
"""
_ANYBODY = "SELECT id FROM given"
_ENTER = """
    INSERT INTO journey_entry AS e (workspace_id, journey_id, contact_id, subject, run_id, started_at, is_open)
    SELECT %(workspace)s, %(journey)s, contact_id, subject, id, %(now)s, TRUE FROM given ORDER BY contact_id, subject
    ON CONFLICT (workspace_id, journey_id, contact_id, subject) DO UPDATE
    SET run_id = excluded.run_id, started_at = excluded.started_at, is_open = TRUE
    WHERE {allowed}
    RETURNING e.run_id AS id
"""
# Under other policies ("never", "restart") nobody notes that a run has ended: who came by those is asked about.
_OUT = (
    "(NOT e.is_open OR NOT EXISTS (SELECT 1 FROM journey_run r WHERE r.workspace_id = %(workspace)s"
    " AND r.id = e.run_id AND r.ended_at IS NULL))"
)
_ALLOWED = {
    "never": "FALSE",
    "one_at_a_time": _OUT,
    "restart": "TRUE",
    "after": f"{_OUT} AND e.started_at <= %(before)s",
}


def start_runs(sitting: Sitting, live: Live, candidates: Sequence[Candidate]) -> int:
    """Let in whom the policy allows; answers how many set out. In order: of two of one subject the first comes first."""
    count = 0
    for wave in _waves(live, candidates):
        count += _start(sitting, live, wave)
    sitting.started += count
    return count


def _waves(live: Live, candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Each subject once a wave, so that one statement decides about each once."""
    if live.version.graph.reentry.policy == "always":
        return [list(candidates)] if candidates else []
    waves: list[list[Candidate]] = []
    seen: Counter[tuple[int, str]] = Counter()
    for one in candidates:
        who = (one.contact_id, subject_of(live, one.data))
        if seen[who] == len(waves):
            waves.append([])
        waves[seen[who]].append(one)
        seen[who] += 1
    return waves


def subject_of(live: Live, data: Mapping[str, Any]) -> str:
    """ "invoice:17" when the journey goes by invoices and the event tells of one; else empty, the contact."""
    by = live.version.graph.reentry.by
    if by == "contact":
        return ""
    value = data.get(f"{by}_id", data.get(by))
    return f"{by}:{value}" if value not in (None, "") else ""


def _start(sitting: Sitting, live: Live, wave: Sequence[Candidate]) -> int:
    graph, now = live.version.graph, sitting.now
    subjects = [subject_of(live, one.data) for one in wave]
    reasons = [_kept_out(live, one) for one in wave]
    policy = graph.reentry.policy
    entering = _ANYBODY if policy == "always" else _ENTER.format(allowed=_ALLOWED[policy])
    duration = read_duration(graph.reentry.after)
    begun = sql.rows(
        _BEGIN.format(entering=entering),
        {
            "workspace": sitting.workspace.pk,
            "journey": live.id,
            "version": live.version.id,
            "node": graph.start,
            "now": now,
            "before": before(now, duration, sitting.zone) if duration else now,
            "contacts": [one.contact_id for one in wave],
            "subjects": subjects,
            "depths": [min(one.depth + 1, 32_000) for one in wave],
            "data": [_data(one) for one in wave],
            "reasons": reasons,
        },
    )
    chosen = [(number, wave[place - 1], reasons[place - 1]) for number, place in begun]
    if policy == "restart" and chosen:
        end_runs(
            sitting, reason="restarted", journey_id=live.id, but=[row[0] for row in chosen],
            subjects=[(wave[place - 1].contact_id, subjects[place - 1]) for _id, place in begun],
        )  # fmt: skip
    if chosen:
        _tell(sitting, live, chosen)
    kept_out = [number for number, _one, reason in chosen if reason]
    close_entries(sitting.workspace.pk, kept_out)
    return len(chosen) - len(kept_out)


def _data(one: Candidate) -> str:
    return json.dumps({"event": dict(one.data)}, ensure_ascii=False) if one.data else "{}"


def _kept_out(live: Live, one: Candidate) -> str:
    """Why somebody is counted but does not set out: the loop is cut, or the lot put them into the holdout."""
    if one.depth >= DEEPEST:
        return "loop"
    share = live.version.graph.holdout
    return "holdout" if share and lot(live.id, one.contact_id, "holdout") < share else ""


def lot(journey_id: int, contact_id: int, what: str) -> int:
    """0 to 99: always the same for one contact and one purpose, spread evenly."""
    digest = blake2b(f"{journey_id}:{contact_id}:{what}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % 100


def _tell(sitting: Sitting, live: Live, chosen: Sequence[tuple[int, Candidate, str]]) -> None:
    """Counters of the start node, and an event for each who sets out; `chosen`: run, who, why kept out."""
    by_depth: dict[int, list[int]] = {}
    deltas: Counter[str] = Counter()
    sitting.name(live.id, live.key, live.name)
    for _number, one, reason in chosen:
        deltas[f"journey.{live.id}.started"] += 1
        if reason:
            deltas[ended_name(live.id, reason)] += 1
        else:
            by_depth.setdefault(one.depth + 1, []).append(one.contact_id)
            deltas[name_of(live.id, live.version.id, live.version.graph.start, "entered")] += 1
    counters.add(sitting.workspace.pk, deltas)
    for depth, contact_ids in by_depth.items():
        log.record_for(
            sitting.workspace.pk, kind="journey.started", contact_ids=contact_ids, at=sitting.now,
            source=SOURCE, depth=depth, data=sitting.named(live.id),
        )  # fmt: skip


# Ended from outside: the node they stand at is left without a port. One statement for any number. Who was let in by a
# worker whose clock was ahead does not leave before they came.
_END = """
WITH ended AS (
    UPDATE journey_run r SET state = 'ended', ended_at = greatest(%(now)s, r.arrived_at), reason = %(reason)s,
           due_at = NULL, until = NULL, listening = '{{}}'
    WHERE r.workspace_id = %(workspace)s AND r.ended_at IS NULL AND r.id <> ALL(%(but)s) AND {which}
    RETURNING r.id, r.journey_id, r.version_id, r.contact_id, r.node, r.visit, r.arrived_at, r.depth, r.ended_at
), steps AS (
    INSERT INTO journey_step (workspace_id, run_id, visit, version_id, node, port, arrived_at, at, reason)
    SELECT %(workspace)s, id, visit, version_id, node, '', arrived_at, ended_at, %(reason)s FROM ended
)
SELECT id, journey_id, version_id, contact_id, node, depth FROM ended
"""
_BY_SUBJECT = (
    "r.journey_id = %(journey)s AND (r.contact_id, r.subject) IN"
    " (SELECT * FROM unnest(%(contacts)s::bigint[], %(subjects)s::text[]))"
)
_BY_CONTACT = "r.journey_id = %(journey)s AND r.contact_id = ANY(%(contacts)s)"
_BY_ID = "r.id = ANY(%(ids)s)"
_OF_JOURNEY = (
    "r.id IN (SELECT id FROM journey_run WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s"
    " AND ended_at IS NULL LIMIT %(limit)s)"
)
# Those of them whose steps are not written yet.
_IN_HAND = """
SELECT r.id FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(in_hand)s)
  AND r.id <> ALL(%(but)s) AND {which}
"""


def end_runs(
    sitting: Sitting,
    *,
    reason: str,
    journey_id: int | None = None,
    subjects: Sequence[tuple[int, str]] | None = None,
    contact_ids: Sequence[int] | None = None,
    run_ids: Sequence[int] | None = None,
    but: Iterable[int] = (),
    limit: int = 50_000,
) -> list[int]:
    """End runs that go on: by id, of contacts or subjects in a journey, or (up to `limit`) all of a journey. Answers their ids.

    Those that this sitting moves at this moment are told to end where they have come to (`sitting.stops`).
    """
    if run_ids is not None:
        which = _BY_ID
    elif subjects is not None:
        which = _BY_SUBJECT
    else:
        which = _OF_JOURNEY if contact_ids is None else _BY_CONTACT
    people = (
        [who for who, _subject in subjects] if subjects is not None else list(contact_ids or ())
    )
    parameters = {
        "workspace": sitting.workspace.pk,
        "now": sitting.now,
        "reason": reason,
        "journey": journey_id,
        "contacts": people,
        "subjects": [subject for _who, subject in subjects or ()],
        "ids": list(run_ids or ()),
        "but": list(but),
        "in_hand": list(sitting.in_hand),
        "limit": limit,
    }
    if sitting.in_hand:
        for (number,) in sql.rows(_IN_HAND.format(which=which), parameters):
            sitting.stops.setdefault(number, reason)
        parameters["but"] = [*but, *sitting.in_hand]
    return _ended(sitting, sql.rows(_END.format(which=which), parameters), reason)


def _ended(sitting: Sitting, found: Sequence[tuple[Any, ...]], reason: str) -> list[int]:
    """Count and tell the rows of `_END`; answers the runs' ids."""
    deltas: Counter[str] = Counter()
    gone: dict[tuple[int, int], list[int]] = {}
    for _id, journey, version, contact_id, node, depth in found:
        deltas[name_of(journey, version, node, "left")] += 1
        deltas[ended_name(journey, reason)] += 1
        gone.setdefault((journey, depth), []).append(contact_id)
    counters.add(sitting.workspace.pk, deltas)
    ended = [row[0] for row in found]
    sitting.stopped.update(ended)
    if reason != "restarted":
        close_entries(sitting.workspace.pk, ended)
    for (journey, depth), people in gone.items():
        tell_ended(sitting, journey, people, reason, depth=depth)
    return ended


_CLOSE = """
UPDATE journey_entry e SET is_open = FALSE FROM journey_run r
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(runs)s)
  AND e.workspace_id = %(workspace)s AND e.journey_id = r.journey_id AND e.contact_id = r.contact_id
  AND e.subject = r.subject AND e.run_id = r.id AND e.is_open
"""


# The newest run of each, where they came in later than what is noted of them.
_NOTE = """
INSERT INTO journey_entry AS e (workspace_id, journey_id, contact_id, subject, run_id, started_at, is_open)
SELECT DISTINCT ON (r.contact_id, r.subject) r.workspace_id, r.journey_id, r.contact_id, r.subject, r.id, r.started_at,
       r.ended_at IS NULL
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s
ORDER BY r.contact_id, r.subject, r.ended_at IS NULL DESC, r.id DESC
ON CONFLICT (workspace_id, journey_id, contact_id, subject) DO UPDATE
SET run_id = excluded.run_id, started_at = excluded.started_at, is_open = excluded.is_open
WHERE e.run_id < excluded.run_id
"""


def note_entries(workspace_id: int, journey_id: int) -> None:
    """Who came in while anybody might come always: from now on it counts."""
    sql.execute(_NOTE, {"workspace": workspace_id, "journey": journey_id})


def close_entries(workspace_id: int, run_ids: Sequence[int]) -> None:
    """Those who came to the end may come again, where the policy lets them."""
    if run_ids:
        sql.execute(_CLOSE, {"workspace": workspace_id, "runs": list(run_ids)})


def tell_ended(
    sitting: Sitting, journey_id: int, contact_ids: Sequence[int], reason: str, *, depth: int
) -> None:
    log.record_for(
        sitting.workspace.pk, kind="journey.ended", contact_ids=contact_ids, at=sitting.now,
        source=SOURCE, depth=depth, data={**sitting.named(journey_id), "reason": reason},
    )  # fmt: skip


def keeps_entries(version: Ready) -> bool:
    """Whether ending a run must open the door again."""
    return version.graph.reentry.policy in ("one_at_a_time", "after")
