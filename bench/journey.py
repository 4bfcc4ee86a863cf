"""Runs through a journey of ten nodes in virtual time, beside the same rows written by one statement a node over
everybody, and by one run at a time; and how long it takes to find who is due among millions of sleepers.

Three conditions, three waits, two updates, a list joined, a message. All three leave the same: who stands where, the
way each came, changed contacts with their events, memberships, messages.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
NODES = 10
ONE_BY_ONE = 300  # runs moved a row at a time: enough to tell how many steps a second
LEAST_OF_SETS, LEAST_TIMES, MOST_SCAN_MS, LEAST_STEPS = 0.3, 15, 5.0, 30_000
DUE = 1_000

MAIL = {
    "format": 1, "language": "he", "direction": "rtl",
    "blocks": [{"id": "b", "kind": "text", "html": "<p>שלום [[first_name|חבר]]</p>"}, {"id": "f", "kind": "footer"}],
}  # fmt: skip
ASK = {"field": "children", "op": "gte", "value": 2}


def graph() -> dict[str, Any]:
    def both(rule: Any, following: str) -> dict[str, Any]:
        return {"kind": "condition", "rule": rule, "yes": following, "no": following}

    add = [{"field": "score", "do": "add", "value": 1}]
    return {
        "format": 1, "name": "bench", "triggers": [{"kind": "custom"}], "reentry": {"policy": "never"},
        "start": "c1",
        "nodes": {
            "c1": both(ASK, "w1"),
            "w1": {"kind": "wait", "for": "P1D", "next": "u1"},
            "u1": {"kind": "update_contact", "changes": add, "next": "c2"},
            "c2": both({"consent": "email"}, "w2"),
            "w2": {"kind": "wait", "for": "P1D", "next": "join"},
            "join": {"kind": "add_to_lists", "add_to_lists": ["bench"], "next": "mail"},
            "mail": {"kind": "send_email", "subject": "שלום", "document": MAIL, "next": "c3"},
            "c3": both({"list": "bench"}, "w3"),
            "w3": {"kind": "wait", "for": "P1D", "next": "u2"},
            "u2": {"kind": "update_contact", "changes": add},
        },
    }  # fmt: skip


def shop(people: int) -> tuple[Any, list[int]]:
    """A workspace with a journey that is live, and its contacts."""
    from kesher.accounts.access import Access
    from kesher.accounts.models import Workspace
    from kesher.contacts.models import ContactList, Field
    from kesher.journeys.actions import create_journey, publish_journey
    from kesher.lib import sql

    workspace = Workspace.objects.create(
        key="bench", name="bench", sender_email="a@b.example", postal_address="x"
    )
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    ContactList.objects.create(workspace=workspace, key="bench", name="bench")
    for key in ("children", "score"):
        Field.objects.create(workspace=workspace, key=key, label=key, type="number")
    sql.execute(_PEOPLE, {"workspace": workspace.pk, "now": NOW, "people": people})
    access = Access(workspace, "owner")
    journey = create_journey(access, name="bench", graph=graph(), now=NOW)
    publish_journey(access, journey, now=NOW)
    ids = [row[0] for row in sql.rows("SELECT id FROM contact ORDER BY id")]
    sql.execute("VACUUM ANALYZE contact")
    return workspace, ids


_PEOPLE = """
INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company, city, notes,
    fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)
SELECT %(workspace)s, 'p' || n || '@example.com', '', '', 'n' || n, '', '', '', '', '', '',
    jsonb_build_object('children', n %% 6, 'score', 0), '', CASE WHEN n %% 3 = 0 THEN 'granted' ELSE '' END, '', '',
    'bench', %(now)s, %(now)s FROM generate_series(1, %(people)s) AS g(n)
"""


def engine(workspace: Any, ids: list[int]) -> tuple[float, int]:
    """Seconds, and steps taken."""
    from kesher.events.log import record_for
    from kesher.journeys import engine as journeys
    from kesher.lib import sql

    for start in range(0, len(ids), 5_000):
        record_for(workspace.pk, kind="custom", contact_ids=ids[start : start + 5_000], at=NOW)
    began = time.perf_counter()
    now = NOW
    for _day in range(4):
        while journeys.step(now):
            pass
        now += timedelta(days=1)
    took = time.perf_counter() - began
    steps = int(sql.value("SELECT count(*) FROM journey_step"))
    open_runs = int(sql.value("SELECT count(*) FROM journey_run WHERE ended_at IS NULL"))
    assert (steps, open_runs) == (len(ids) * NODES, 0), (steps, open_runs)
    return took, steps


# The same by hand: tables alike, one statement (or two) a node for everybody.
_TABLES = """
CREATE TABLE hand_run (LIKE journey_run INCLUDING ALL);
CREATE TABLE hand_step (LIKE journey_step INCLUDING ALL);
"""
_BEGIN = """
INSERT INTO hand_run (id, workspace_id, journey_id, version_id, contact_id, node, arrived_at, started_at)
SELECT id, workspace_id, 1, 1, id, 'c1', %(now)s, %(now)s FROM contact WHERE workspace_id = %(workspace)s
"""
_STEP = """
INSERT INTO hand_step (workspace_id, run_id, visit, version_id, node, port, arrived_at, at)
SELECT workspace_id, id, visit, version_id, node, 'next', arrived_at, %(now)s FROM hand_run WHERE workspace_id = %(workspace)s {one}
"""
_ON = "UPDATE hand_run SET node = %(to)s, visit = visit + 1, arrived_at = %(now)s, due_at = %(due)s WHERE workspace_id = %(workspace)s {one}"
_CONDITION = "SELECT count(*) FROM contact c JOIN hand_run r ON r.contact_id = c.id AND r.workspace_id = c.workspace_id WHERE c.workspace_id = %(workspace)s AND (c.fields ->> 'children')::numeric >= 2 {one}"
_UPDATE = """
WITH changed AS (
    UPDATE contact SET fields = jsonb_set(fields, '{{score}}', to_jsonb((fields ->> 'score')::numeric + 1)), updated_at = %(now)s
    WHERE workspace_id = %(workspace)s {whom} RETURNING id, fields -> 'score' AS score
)
INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
SELECT %(workspace)s, 'contact.updated', id, %(now)s, 'journey', jsonb_build_object('changed', jsonb_build_object('score', score)) FROM changed
"""
_JOIN = """
WITH joined AS (
    INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
    SELECT %(workspace)s, -1, id, %(now)s, 'hand' FROM contact WHERE workspace_id = %(workspace)s {whom} RETURNING contact_id
)
INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
SELECT %(workspace)s, 'list.joined', contact_id, %(now)s, 'journey', '{{"list_id": 1}}' FROM joined
"""
_MESSAGE = """
INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority, status,
                     reason, address, due_at, attempts, queued_at)
SELECT %(workspace)s, contact_id, 'email', 'advertising', 'hand', id, 1, 40, 'queued', '', '', %(now)s, 0, %(now)s
FROM hand_run WHERE workspace_id = %(workspace)s {one}
"""
_WAYS = ("c1", "w1", "u1", "c2", "w2", "join", "mail", "c3", "w3", "u2")
_EFFECTS = {"c": _CONDITION, "u": _UPDATE, "j": _JOIN, "m": _MESSAGE}


def by_hand(workspace: Any, number: int | None = None) -> None:
    """Everybody by one statement each; or one run, each step committed, as systems without sets do."""
    from kesher.lib import sql

    one = "" if number is None else "AND {alias}id = %(number)s"
    parameters = {"workspace": workspace.pk, "now": NOW, "number": number, "due": None}
    for place_, node in enumerate(_WAYS):
        effect = _EFFECTS.get(node[0])
        if effect is not None:
            alias = "r." if effect is _CONDITION else ""
            sql.execute(
                effect.format(one=one.format(alias=alias), whom=one.format(alias="")), parameters
            )
        following = _WAYS[place_ + 1] if place_ + 1 < NODES else "end"
        due = NOW + timedelta(days=1) if following.startswith("w") else None
        sql.execute(_STEP.format(one=one.format(alias="")), parameters)
        sql.execute(
            _ON.format(one=one.format(alias="")), {**parameters, "to": following, "due": due}
        )


def sets(workspace: Any) -> float:
    from kesher.lib import sql

    sql.execute(_TABLES)
    began = time.perf_counter()
    sql.execute(_BEGIN, {"workspace": workspace.pk, "now": NOW})
    by_hand(workspace)
    took = time.perf_counter() - began
    sql.execute("DELETE FROM list_membership WHERE list_id = -1")
    sql.execute("DELETE FROM message WHERE source = 'hand'")
    sql.execute("TRUNCATE hand_step")
    return took


def one_at_a_time(workspace: Any, ids: list[int]) -> float:
    """Seconds for ONE_BY_ONE runs."""
    sample = ids[:: max(1, len(ids) // ONE_BY_ONE)][:ONE_BY_ONE]
    began = time.perf_counter()
    for number in sample:
        by_hand(workspace, number)
    return (time.perf_counter() - began) / len(sample)


_SLEEPERS = """
INSERT INTO journey_run (workspace_id, journey_id, version_id, contact_id, node, state, due_at, arrived_at, started_at)
SELECT %(workspace)s, 1, 1, n, 'wait', 'sleeping', %(now)s + n * interval '1 second', %(now)s, %(now)s
FROM generate_series(%(first)s, %(last)s) AS g(n)
"""


def due_scan(workspace: Any, sleepers: int, rounds: int) -> tuple[float, float, float]:
    """Milliseconds to claim a thousand due among so many sleepers, as the database says and as the engine waits for it;
    and to look when none is due."""
    from django.db import transaction

    from kesher.journeys.claims import claim, due_workspaces
    from kesher.lib import sql

    sql.execute("TRUNCATE journey_run")
    for first in range(1, sleepers + 1, 500_000):
        last = min(first + 499_999, sleepers)
        sql.execute(
            _SLEEPERS, {"workspace": workspace.pk, "now": NOW, "first": first, "last": last}
        )
    sql.execute("VACUUM ANALYZE journey_run")
    found, idle, inside = [], [], []
    for _round in range(rounds + 1):
        with transaction.atomic():
            began = time.perf_counter()
            rows = claim(workspace.pk, now=NOW + timedelta(seconds=DUE), limit=DUE)
            found.append((time.perf_counter() - began) * 1000)
            assert len(rows) == DUE
            inside.append(_in_the_database(workspace))
            transaction.set_rollback(True)
        began = time.perf_counter()
        assert due_workspaces(NOW) == []
        idle.append((time.perf_counter() - began) * 1000)
    return statistics.median(inside[1:]), statistics.median(found[1:]), statistics.median(idle[1:])


def _in_the_database(workspace: Any) -> float:
    from kesher.journeys.claims import CLAIM
    from kesher.lib import sql

    told = sql.value(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {CLAIM.format(mine='r.due_at <= %(now)s')}",
        {"workspace": workspace.pk, "now": NOW + timedelta(seconds=DUE), "limit": DUE},
    )
    return float((json.loads(told) if isinstance(told, str) else told)[0]["Execution Time"])


def run(options: Options) -> Result:
    people = options.sized(full=300_000, small=10_000)
    sleepers = 10_000_000 if people >= 300_000 else 30 * people
    with place.database("kesher_bench_journey"):
        place.set_up_django()
        workspace, ids = shop(people)
        hand = sets(workspace)
        single = one_at_a_time(workspace, ids)
        took, steps = engine(workspace, ids)
        scan, claimed, idle = due_scan(workspace, sleepers, options.turns(full=20, small=5))
    ours, theirs, alone = steps / took, people * NODES / hand, NODES / single
    return Result(
        "journey",
        f"{people:,} contacts through a journey of {NODES} nodes, started by an event each; {sleepers:,} sleeping runs.",
        [
            Figure(
                "steps", ours, "a second", {"one statement a node": theirs},
                f"{ours / theirs:.2f} × of sets", f"≥ {LEAST_OF_SETS} × of sets", ours >= LEAST_OF_SETS * theirs,
            ),
            Figure(
                "steps", ours, "a second", {"a row at a time": alone},
                f"{ours / alone:.0f} × a row at a time", f"≥ {LEAST_TIMES} ×", ours >= LEAST_TIMES * alone,
            ),
            Figure("steps", ours, "a second", {}, "", f"about {LEAST_STEPS:,}", ours >= LEAST_STEPS),
            Figure(f"{DUE:,} due among the sleepers", scan, "ms", {}, "", f"≤ {MOST_SCAN_MS} ms", scan <= MOST_SCAN_MS),
            Figure(f"{DUE:,} due, in the engine's hands", claimed, "ms"),
            Figure("looking when none is due", idle, "ms"),
        ],
    )  # fmt: skip
