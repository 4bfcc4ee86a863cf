"""Rules asked of cohorts: a condition's, a wait's, a journey's exit rule and goal."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kesher.journeys.eventwords import EVENT
from kesher.journeys.kinds import NODES, Cohort, Node, Walker
from kesher.journeys.knowing import Asked, fields_of
from kesher.journeys.sitting import Sitting, fold
from kesher.journeys.versions import Ready
from kesher.lib import sql
from kesher.rules.problems import BadRule
from kesher.rules.tree import Rule


def read(sitting: Sitting, version: Ready, rule: Any) -> Rule:
    """A rule of this journey; it may name the journey's own messages by their nodes. Raises BadRule."""
    return sitting.read(version.graph, version.journey_id, rule)


def asked_of(walker: Walker) -> Asked:
    return Asked(walker.contact_id, walker.data.get("event", {}), walker.message_id)


MOST_AHEAD = 60


def rules_ahead(cohort: Cohort) -> Sequence[Rule]:
    """What steps further on will ask of these runs before anything they ask about can have changed: asked along with
    this one's, they cost no statement of their own. Only within a walk, which remembers the answers."""
    sitting, version, node = cohort.sitting, cohort.version, cohort.node
    if not sitting.deferred.is_on:
        return ()
    key = (version.id, node.key)
    if key not in sitting.words.ahead:
        sitting.words.ahead[key] = tuple(_rules_after(sitting, version, node))[:MOST_AHEAD]
    return sitting.words.ahead[key]


def _rules_after(sitting: Sitting, version: Ready, node: Node) -> Iterator[Rule]:
    further = list(_further(version, node))
    changed = {
        change.key
        for one in further
        for change in sitting.acts(one.given, f"{version.id}.{one.key}").changes
    }
    for one in further:
        for given in NODES.get(one.kind).asks(one, sitting.vocabulary):
            with contextlib.suppress(BadRule):
                rule = fold(read(sitting, version, given), {})
                if not any(key in changed or key.startswith(EVENT) for key in fields_of(rule)):
                    yield rule


def _further(version: Ready, node: Node) -> Iterator[Node]:
    """The steps that are reached from here through others that leave everything to the sitting."""
    nodes, seen, waiting = version.graph.nodes, {node.key}, [node]
    while waiting:
        for target in waiting.pop(0).ports.values():
            if target is not None and target not in seen:
                seen.add(target)
                if NODES.get(nodes[target].kind).by_sitting:
                    waiting.append(nodes[target])
                    yield nodes[target]


def truths_of(
    sitting: Sitting,
    version: Ready,
    rule: Any,
    walkers: Sequence[Walker],
    *,
    ahead: Sequence[Rule] = (),
) -> list[bool]:
    """Whether the rule holds for each run. One whose words are gone holds for nobody."""
    try:
        read_rule = read(sitting, version, rule)
    except BadRule:
        return [False] * len(walkers)
    words = sitting.own_words(version.graph, version.journey_id, rule)
    asked = [asked_of(one) for one in walkers]
    return [one[0] for one in sitting.hold_for([read_rule], asked, words, ahead=ahead)]


def first_true(
    sitting: Sitting,
    version: Ready,
    rules: Sequence[Any],
    walkers: Sequence[Walker],
    *,
    ahead: Sequence[Rule] = (),
) -> list[int | None]:
    """For each run the place of the first rule that holds, None when none does. One whose words are gone never holds."""
    given: dict[str, list[Any]] = {"any": []}
    readable: list[tuple[int, Rule]] = []
    for place, rule in enumerate(rules):
        with contextlib.suppress(BadRule):
            readable.append((place, read(sitting, version, rule)))
            given["any"].append(rule)
    words = sitting.own_words(version.graph, version.journey_id, given)
    asked = [asked_of(one) for one in walkers]
    truths = sitting.hold_for([rule for _place, rule in readable], asked, words, ahead=ahead)
    places = [place for place, _rule in readable]
    return [
        next((place for place, truth in zip(places, row, strict=True) if truth), None)
        for row in truths
    ]


def ends_by_rule(sitting: Sitting, version: Ready, walkers: Sequence[Walker]) -> list[str]:
    """For each run the reason why it ends here, "" when it goes on. Those who reach the goal have it noted."""
    graph = version.graph
    reasons = [""] * len(walkers)
    if graph.goal is not None:
        open_ones = [one for one in walkers if one.goal_at is None]
        reached = dict(
            zip(
                (one.run_id for one in open_ones),
                truths_of(sitting, version, graph.goal.rule, open_ones),
                strict=True,
            )
        )
        for place, walker in enumerate(walkers):
            if reached.get(walker.run_id):
                walker.goal_at = sitting.now
                reasons[place] = "goal" if graph.goal.exits else ""
    if graph.exit_if is not None:
        left = truths_of(sitting, version, graph.exit_if, walkers)
        reasons = [
            reason or ("exit_rule" if out else "")
            for reason, out in zip(reasons, left, strict=True)
        ]
    return reasons


_HEARD = """
SELECT e.contact_id, max(e.id) FROM event e
WHERE e.workspace_id = %(workspace)s AND e.kind = %(kind)s AND e.contact_id = ANY(%(contacts)s)
  AND e.at >= %(now)s - interval '1 minute' GROUP BY e.contact_id
"""


def mark_heard(sitting: Sitting, kind: str, walkers: Sequence[Walker]) -> None:
    """Note for those who begin to wait for an event which ones had been told by now: one that somebody is still about
    to commit is not among them, whatever its number."""
    if not walkers:
        return
    sitting.settle()
    contacts = [walker.contact_id for walker in walkers]
    parameters = {
        "workspace": sitting.workspace.pk,
        "kind": kind,
        "contacts": contacts,
        "now": sitting.now,
    }
    heard = dict(sql.rows(_HEARD, parameters))
    for walker in walkers:
        walker.mark = heard.get(walker.contact_id, 0)


# What happened to each contact since its run came here, the newest hundred for each: those before were asked about
# when they happened.
_SINCE = """
SELECT g.place, e.data::text FROM unnest(%(places)s::int[], %(contacts)s::bigint[], %(marks)s::bigint[],
                                         %(arrived)s::timestamptz[]) AS g(place, contact_id, mark, arrived)
CROSS JOIN LATERAL (
    SELECT ev.data FROM event ev WHERE ev.workspace_id = %(workspace)s AND ev.contact_id = g.contact_id
      AND ev.kind = %(kind)s AND ev.id > g.mark AND ev.at >= g.arrived - interval '1 minute'
      AND NOT jsonb_exists(ev.data, 'machine')
    ORDER BY ev.id DESC LIMIT 100
) e
"""


def happened_since(
    sitting: Sitting, version: Ready, kind: str, rule: Any, walkers: Sequence[Walker]
) -> list[Mapping[str, Any] | None]:
    """For each run the data of an event of this kind, passing the rule, since it came to its node."""
    rows = sql.rows(
        _SINCE,
        {
            "workspace": sitting.workspace.pk,
            "kind": kind,
            "places": list(range(len(walkers))),
            "contacts": [one.contact_id for one in walkers],
            "marks": [one.mark for one in walkers],
            "arrived": [one.arrived_at for one in walkers],
        },
    )
    found: list[Mapping[str, Any] | None] = [None] * len(walkers)
    events = [(place, json.loads(data)) for place, data in rows]
    if rule is not None and events:
        try:
            read_rule = sitting.rule(rule, kind=kind)
        except BadRule:
            return found
        asked = [Asked(walkers[place].contact_id, data) for place, data in events]
        truths = sitting.holds_for(read_rule, asked, sitting.words_for(rule, kind))
        events = [event for event, truth in zip(events, truths, strict=True) if truth]
    for place, data in events:
        found[place] = data
    return found
