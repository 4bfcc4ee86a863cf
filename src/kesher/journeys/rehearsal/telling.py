"""What came of a rehearsal, as JSON: read from the copies before they vanish. Reasons are keys; `words` puts them.

{"people", "begun", "ended": {reason: n}, "standing", "nodes": {key: {entered, left, waiting, ports}}, "messages",
"sent": {channel: n}, "moved": n that waited for the sending hours, "sent_by_day", "units", "cost", "refused", "overlaps",
"ways", "others", "crowded", "effects", …}
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from kesher.accounts.models import Workspace
from kesher.channels.accounts import default_account, plain_settings
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.ownmessages import title_of
from kesher.journeys.queries import Numbers, numbers_of
from kesher.journeys.rehearsal.outlet import Outlet, place_of
from kesher.journeys.versions import version_of
from kesher.lib import sql
from kesher.messages.contents import plan_of

MOST_WAYS = 20  # people whose way is told though nobody asked for it
MOST_CROWDED = 20
MOST_REPEATS = 50


def tell(
    workspace: Workspace,
    journey: Journey,
    version: JourneyVersion,
    outlet: Outlet,
    *,
    contacts: Sequence[int],
    show: Sequence[int],
    daily: int,
    before: dict[int, int],
) -> dict[str, Any]:
    """`before`: how many of the people were on their way in other journeys, by journey, when it began."""
    numbers = numbers_of(journey, version_id=version.pk)
    return {
        "begun": numbers.started,
        "goal": numbers.goal,
        "ended": dict(numbers.ended),
        "standing": numbers.active,
        "nodes": _nodes(version, numbers, _arrivals(workspace, journey)),
        "messages": _messages(journey, version, outlet),
        "sent": dict(outlet.sent_count),
        "moved": outlet.moved.total(),
        "units": dict(outlet.units),
        "cost": _cost(workspace, outlet),
        "refused": _refused(journey, outlet),
        "sent_by_day": _sent_by_day(journey, outlet),
        "overlaps": _overlaps(journey, outlet),
        "ways": _ways(workspace, journey, contacts, show),
        "others": _others(workspace, journey, outlet, before),
        "crowded": _crowded(workspace, outlet, daily),
        "effects": _effects(workspace, journey),
    }


_ARRIVALS = """
SELECT node, (arrived_at AT TIME ZONE %(zone)s)::date, count(*) FROM (
    SELECT s.node, s.arrived_at FROM journey_run r JOIN journey_step s ON s.workspace_id = r.workspace_id AND s.run_id = r.id
    WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s
    UNION ALL
    SELECT r.node, r.arrived_at FROM journey_run r
    WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.ended_at IS NULL
) a GROUP BY 1, 2 ORDER BY 1, 2
"""


def _arrivals(workspace: Workspace, journey: Journey) -> dict[str, dict[str, int]]:
    """How many came to each step on each day."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    parameters = {
        "workspace": workspace.pk, "journey": journey.pk, "zone": workspace.time_zone,
    }  # fmt: skip
    for node, day, count in sql.rows(_ARRIVALS, parameters):
        found[node][day.isoformat()] = count
    return found


def _sent_by_day(journey: Journey, outlet: Outlet) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (group, day), count in outlet.days.items():
        if place_of(group)[0] == journey.pk:
            found[day] += count
    return dict(sorted(found.items()))


def _overlaps(journey: Journey, outlet: Outlet) -> dict[str, Any]:
    """The same words told twice to one person; and of messages with several targeted parts, who saw none or several."""
    parts: dict[tuple[str, int], list[int]] = {}
    for (group, version_id, shown), kind in outlet.kinds.items():
        if len(shown) > 1:
            sums = parts.setdefault((group, version_id), [len(shown), 0, 0])
            sums[1] += kind.count * (not any(shown))
            sums[2] += kind.count * (sum(shown) > 1)
    return {
        "repeated": [
            {"first": _place(journey, first), "again": _place(journey, again), "count": count}
            for (first, again), count in outlet.repeats.most_common(MOST_REPEATS)
        ],
        "parts": [
            {**_place(journey, group), "of": of, "none": none, "several": several}
            for (group, _version), (of, none, several) in parts.items()
        ],
    }


def _nodes(
    version: JourneyVersion, numbers: Numbers, arrivals: dict[str, dict[str, int]]
) -> dict[str, Any]:
    graph = version_of(version.pk).graph
    order = sorted(graph.nodes, key=lambda key: graph.rank.get(key, 0))
    return {
        key: {
            "title": title_of(graph.nodes[key]),
            "kind": graph.nodes[key].kind,
            "entered": numbers.nodes[key].entered,
            "left": numbers.nodes[key].left,
            "waiting": numbers.nodes[key].waiting,
            "days": arrivals.get(key, {}),
            "messages": {what: n for what, n in numbers.nodes[key].messages.items() if n},
            "ports": {
                port: {"to": target, "count": numbers.nodes[key].ports.get(port, 0)}
                for port, target in graph.nodes[key].ports.items()
            },
        }
        for key in order
    }


def _messages(journey: Journey, version: JourneyVersion, outlet: Outlet) -> list[dict[str, Any]]:
    """Every message that differs in what is shown, in the order in which they first left."""
    found = []
    for (group, version_id, shown), kind in sorted(
        outlet.kinds.items(), key=lambda one: (str(one[1].first_at), one[0])
    ):
        plan = plan_of(version_id)
        found.append(
            {
                **_place(journey, group), "channel": kind.channel, "count": kind.count,
                "first_at": kind.first_at.isoformat() if kind.first_at else None,
                "last_at": kind.last_at.isoformat() if kind.last_at else None,
                "shown": list(shown), "units": kind.units, "samples": kind.samples,
                "problems": [str(one.message) for one in plan.problems] if plan else [],
            }
        )  # fmt: skip
    return found


def _place(journey: Journey, group: str) -> dict[str, Any]:
    """Of which journey and node a message is. `node` is None when it is of another journey."""
    number, node = place_of(group)
    return {"journey": number, "node": node if number == journey.pk else None}


def _cost(workspace: Workspace, outlet: Outlet) -> dict[str, str] | None:
    """By the price of a unit in the accounts' settings; None when an account knows none, or no text was sent."""
    total, known = Decimal(0), False
    for channel, units in outlet.units.items():
        text = str(plain_settings(default_account(workspace, channel)).get("price") or "")
        try:
            price = Decimal(text.strip().replace(",", "."))
        except InvalidOperation:
            return None
        total, known = total + price * units, True
    if not known or not total.is_finite():
        return None
    return {"amount": str(total.quantize(Decimal("0.01"))), "currency": workspace.currency}


def _refused(journey: Journey, outlet: Outlet) -> list[dict[str, Any]]:
    return [
        {
            **_place(journey, group), "reason": reason, "count": count,
            "contacts": outlet.refused_people[group, reason],
        }
        for (group, reason), count in outlet.refused.most_common()
    ]  # fmt: skip


_WAYS = """
SELECT r.contact_id, r.id, s.node, s.port, s.arrived_at, s.at, s.reason, s.message_id
FROM journey_run r JOIN journey_step s ON s.workspace_id = r.workspace_id AND s.run_id = r.id
WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.contact_id = ANY(%(contacts)s)
UNION ALL
SELECT r.contact_id, r.id, r.node, '', r.arrived_at, NULL, '', NULL
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s
  AND r.contact_id = ANY(%(contacts)s) AND r.ended_at IS NULL
ORDER BY 1, 2, 5, 6 NULLS LAST
"""


def _ways(
    workspace: Workspace, journey: Journey, contacts: Sequence[int], show: Sequence[int]
) -> list[dict[str, Any]]:
    """The way of whoever was asked for, and of some more, spread evenly over the people."""
    stride = max(1, len(contacts) // MOST_WAYS)
    wanted = list(dict.fromkeys([*show, *contacts[::stride][:MOST_WAYS]]))
    parameters = {"workspace": workspace.pk, "journey": journey.pk, "contacts": wanted}
    names = dict(
        sql.rows(
            "SELECT id, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), nullif(email, ''), mobile)"
            " FROM contact WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s)",
            parameters,
        )
    )
    runs: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for contact_id, run_id, node, port, arrived, left, reason, message in sql.rows(
        _WAYS, parameters
    ):
        runs[contact_id, run_id].append(
            {
                "node": node, "port": port, "arrived_at": arrived.isoformat(),
                "left_at": left.isoformat() if left else None, "reason": reason,
                **_message_of(workspace, message),
            }
        )  # fmt: skip
    begun = {contact for contact, _run in runs}
    ways = [
        {"contact": contact, "name": names.get(contact, ""), "steps": steps}
        for (contact, _run), steps in runs.items()
    ]
    never = [
        {"contact": contact, "name": names[contact], "steps": []}
        for contact in wanted
        if contact not in begun and contact in names
    ]
    order = {contact: place for place, contact in enumerate(wanted)}
    return sorted(ways + never, key=lambda way: order[way["contact"]])


def _message_of(workspace: Workspace, number: int | None) -> dict[str, Any]:
    if number is None:
        return {}
    statement = "SELECT status, reason, sent_at, opened_at, clicked_at FROM message WHERE workspace_id = %s AND id = %s"
    found = sql.rows(statement, (workspace.pk, number))
    if not found:
        return {}
    status, reason, *times = found[0]
    told = dict(
        zip(
            ("sent_at", "opened_at", "clicked_at"),
            (at.isoformat() if at else None for at in times),
            strict=True,
        )
    )
    return {"message": {"status": status, "reason": reason, **told}}


_BEGUN = """
SELECT journey_id, count(DISTINCT contact_id) FROM journey_run
WHERE workspace_id = %s AND journey_id <> %s GROUP BY journey_id
"""


def _others(
    workspace: Workspace, journey: Journey, outlet: Outlet, before: dict[int, int]
) -> list[dict[str, Any]]:
    """Other journeys in which the same people are: before it began, and by the end; and what those send them."""
    people = dict(sql.rows(_BEGUN, (workspace.pk, journey.pk)))
    sent: Counter[int] = Counter()
    for (group, _version, _shown), kind in outlet.kinds.items():
        number = group.partition(".")[0]
        if number.isdigit() and int(number) != journey.pk:
            sent[int(number)] += kind.count
    names = dict(Journey.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        {
            "journey": number, "name": names.get(number, ""), "people": count,
            "before": before.get(number, 0), "messages": sent[number],
        }
        for number, count in sorted(people.items(), key=lambda one: -one[1])
    ]  # fmt: skip


def _crowded(workspace: Workspace, outlet: Outlet, daily: int) -> dict[str, Any]:
    """Days on which one person gets more than so many messages."""
    days = [(count, who, day) for (who, day), count in outlet.daily.items() if count > daily]
    days.sort(key=lambda one: (-one[0], one[2], one[1]))
    return {
        "more_than": daily,
        "people": len({who for _count, who, _day in days}),
        "days": len(days),
        "worst": [
            {"contact": who, "day": day, "count": count} for count, who, day in days[:MOST_CROWDED]
        ],
    }


def _effects(workspace: Workspace, journey: Journey) -> dict[str, int]:
    """What would be done besides messages: calls out, alerts and tasks for the staff."""
    tables = {"webhooks": "webhook_delivery", "alerts": "staff_alert", "tasks": "staff_task"}
    return {
        name: int(
            sql.value(
                f"SELECT count(*) FROM {table} WHERE workspace_id = %s AND journey_id = %s",
                (workspace.pk, journey.pk),
            )
        )
        for name, table in tables.items()
    }


def difference(this: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What is otherwise than in the other version, each as [here, there]; nodes that only one has are told, too."""
    nodes = {}
    for key in dict.fromkeys((*this["nodes"], *other["nodes"])):
        here, there = this["nodes"].get(key), other["nodes"].get(key)
        counts = [one["entered"] if one else None for one in (here, there)]
        if counts[0] != counts[1]:
            nodes[key] = {"title": (here or there or {})["title"], "entered": counts}
    channels = dict.fromkeys((*this["sent"], *other["sent"]))
    return {
        "nodes": nodes,
        "sent": {one: [this["sent"].get(one, 0), other["sent"].get(one, 0)] for one in channels},
        "goal": [this["goal"], other["goal"]],
        "standing": [this["standing"], other["standing"]],
        "refused": [sum(one["count"] for one in side["refused"]) for side in (this, other)],
    }
