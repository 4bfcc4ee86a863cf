"""Counting, listing and asking one contact by a rule of six conditions, beside SQL written by hand for it.

Fields, consent, did, did not, how often; twenty events a contact. The same answers are asserted. Turns alternate;
medians are printed. One contact is asked as the API does: the truth of the whole and of each condition.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
EVENTS_EACH = 20
MOST_RATIO, MOST_MS, MOST_BUFFERS = 1.3, 5, 20
ASKED = 200  # contacts asked one by one

CONDITIONS: dict[str, dict[str, Any]] = {
    "consent": {"consent": "email"},
    "city": {"field": "city", "op": "one_of", "value": ["חיפה", "תל אביב", "ירושלים", "נתניה"]},
    "number": {"field": "children", "op": "gte", "value": 2},
    "did": {"did": "message.opened", "within": "P30D"},
    "did not": {"not": {"did": "message.clicked", "within": "P14D"}},
    "how often": {"did": "message.sent", "times": {"at_least": 3}, "within": "P60D"},
}
ALL = {"all": list(CONDITIONS.values())}
SOME = {
    "any": [
        CONDITIONS["city"],
        {"all": [CONDITIONS["did"], CONDITIONS["how often"]]},
        CONDITIONS["did not"],
    ]
}

_LIVING = "c.workspace_id = %(w)s AND c.deleted_at IS NULL"
_DONE = """SELECT {what} FROM event e WHERE e.workspace_id = %(w)s AND e.kind = '{kind}' AND e.at >= %(since{days})s
    AND e.at <= %(now)s AND NOT e.data ? 'machine'"""
_OPENED = _DONE.format(what="1", kind="message.opened", days=30) + " AND e.contact_id = c.id"
_CLICKED = _DONE.format(what="1", kind="message.clicked", days=14) + " AND e.contact_id = c.id"
_OFTEN = (
    _DONE.format(what="e.contact_id", kind="message.sent", days=60)
    + " GROUP BY e.contact_id HAVING count(*) >= 3"
)
_CITY = "c.city IN ('חיפה', 'תל אביב', 'ירושלים', 'נתניה')"
_CHILDREN = "(c.fields ->> 'children')::numeric >= 2"
BY_HAND = {
    "consent": "c.email_consent = 'granted'",
    "city": _CITY,
    "number": _CHILDREN,
    "did": f"EXISTS ({_OPENED})",
    "did not": f"NOT EXISTS ({_CLICKED})",
    "how often": f"c.id IN ({_OFTEN})",
}
ALL_BY_HAND = " AND ".join(BY_HAND.values())
SOME_BY_HAND = f"({_CITY} OR (c.id IN ({_DONE.format(what='e.contact_id', kind='message.opened', days=30)}) AND c.id IN ({_OFTEN})) OR c.id NOT IN ({_DONE.format(what='e.contact_id', kind='message.clicked', days=14)}))"


@dataclass(frozen=True)
class Asked:
    """A statement and its parameters."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """One question in both ways."""

    name: str
    ours: Asked
    by_hand: Asked
    most: float | None = MOST_RATIO


def given(workspace: Any) -> dict[str, Any]:
    """The parameters of what is written by hand: the days are the workspace's own."""
    from kesher.rules.durations import before, read_duration

    days = {n: read_duration(f"P{n}D") for n in (14, 30, 60)}
    since = {
        f"since{n}": before(NOW, found, workspace.time_zone) for n, found in days.items() if found
    }
    return {"w": workspace.pk, "now": NOW, **since}


def pairs(workspace: Any) -> list[Pair]:
    """Each condition alone, all six, and three of them in an "or", counted; all six as a list of ids."""
    from kesher.contacts.rules import moment_of, vocabulary_of
    from kesher.rules.parse import parse
    from kesher.rules.sql import count_where, ids_where

    words, moment = vocabulary_of(workspace), moment_of(workspace, NOW)

    def pair(name: str, rule: Any, by_hand: str, *, listed: bool = False) -> Pair:
        ask = ids_where if listed else count_where
        made = ask(parse(rule, words), words, moment, workspace_id=workspace.pk)
        what = "c.id" if listed else "count(*)"
        hand = f"SELECT {what} FROM contact c WHERE {_LIVING} AND {by_hand}"
        return Pair(name, Asked(made.text, made.parameters), Asked(hand, given(workspace)))

    alone = [pair(f"count: {name}", rule, BY_HAND[name]) for name, rule in CONDITIONS.items()]
    return [
        *alone,
        pair("count: all six", ALL, ALL_BY_HAND),
        pair("count: any of", SOME, SOME_BY_HAND),
        pair("list: all six", ALL, ALL_BY_HAND, listed=True),
    ]


def answer(asked: Asked) -> tuple[float, Any]:
    """Milliseconds, and a number to compare: the count, or how many ids and their sum."""
    from kesher.lib import sql

    start = time.perf_counter()
    rows = sql.rows(asked.text, asked.parameters)
    passed = (time.perf_counter() - start) * 1000
    return passed, rows[0][0] if len(rows) == 1 else (len(rows), sum(row[0] for row in rows))


def buffers(asked: Asked) -> int:
    from kesher.lib import sql

    found = sql.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked.text}", asked.parameters)
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def compare(pair: Pair, rounds: int) -> Figure:
    ours, hand = list[float](), list[float]()
    for _round in range(rounds + 1):
        for asked, times in ((pair.ours, ours), (pair.by_hand, hand)):
            passed, found = answer(asked)
            times.append(passed)
            if asked is pair.ours:
                expected = found
            assert found == expected, (pair.name, found, expected)
    mine, theirs = statistics.median(ours[1:]), statistics.median(hand[1:])
    beside = {
        "by hand": theirs,
        "buffers": buffers(pair.ours),
        "by hand, buffers": buffers(pair.by_hand),
    }
    return Figure(
        pair.name, mine, "ms", beside, f"{mine / theirs:.2f} × by hand",
        f"≤ {pair.most} ×", pair.most is None or mine <= pair.most * theirs,
    )  # fmt: skip


def one_contact(workspace: Any, name: str, contacts: list[int]) -> list[Figure]:
    """The whole rule for one contact, and its reasons, contact by contact."""
    from kesher.contacts.rules import moment_of, vocabulary_of
    from kesher.rules.parse import parse
    from kesher.rules.sql import truths
    from kesher.segments.explaining import explain

    words, moment = vocabulary_of(workspace), moment_of(workspace, NOW)
    rule = parse(ALL, words)

    def asked(number: int) -> Asked:
        made = truths([rule], words, moment, workspace_id=workspace.pk, contact_ids=[number])
        return Asked(made.text, made.parameters)

    def reasons(number: int) -> float:
        start = time.perf_counter()
        explain(workspace, rule, number, NOW, vocabulary=words)
        return (time.perf_counter() - start) * 1000

    hand = f"SELECT {ALL_BY_HAND} FROM contact c WHERE {_LIVING} AND c.id = %(id)s".replace(
        f"c.id IN ({_OFTEN})",
        f"(SELECT count(*) FROM ({_DONE.format(what='1', kind='message.sent', days=60)} AND e.contact_id = c.id LIMIT 3) s) >= 3",
    )

    def by_hand(number: int) -> Asked:
        return Asked(hand, {**given(workspace), "id": number})

    mine = [answer(asked(number))[0] for number in contacts]
    theirs = [answer(by_hand(number))[0] for number in contacts]
    touched = [buffers(asked(number)) for number in contacts[:50]]
    hands = [buffers(by_hand(number)) for number in contacts[:50]]
    p95 = statistics.quantiles(mine, n=20)[-1]
    return [
        Figure(
            name, statistics.median(mine), "ms",
            {"by hand": statistics.median(theirs), "p95": p95},
            f"{statistics.median(mine) / statistics.median(theirs):.2f} × by hand",
            f"{MOST_MS} ms", p95 <= MOST_MS,
        ),
        Figure(
            name, statistics.median(touched), "buffers",
            {"by hand": statistics.median(hands), "most": max(touched)},
            "", f"{MOST_BUFFERS} buffers", statistics.median(touched) <= MOST_BUFFERS,
        ),
        Figure(
            f"{name}, with reasons",
            statistics.median(reasons(number) for number in contacts), "ms",
        ),
    ]  # fmt: skip


def measure(key: str, rounds: int) -> list[Figure]:
    from kesher.accounts.models import Workspace
    from kesher.lib import sql

    workspace = Workspace.objects.get(key=key)
    found = [compare(pair, rounds) for pair in pairs(workspace)]
    sample = sql.rows(
        "SELECT id FROM contact WHERE workspace_id = %s ORDER BY md5(id::text) LIMIT %s",
        (workspace.pk, ASKED),
    )
    passing = next(pair for pair in pairs(workspace) if pair.name == "list: all six").ours
    ids = sorted(row[0] for row in sql.rows(passing.text, passing.parameters))
    every = max(1, len(ids) // ASKED)
    return [
        *found,
        *one_contact(workspace, "one contact", [row[0] for row in sample]),
        *one_contact(workspace, "one who passes all six", ids[::every][:ASKED]),
    ]


def run(options: Options) -> Result:
    contacts = options.sized(full=1_000_000, small=20_000)
    with place.database("kesher_bench_segment"):
        place.set_up_django()
        from bench import seed

        key = "big"
        seed.build(contacts=contacts, events=contacts * EVENTS_EACH, key=key)
        figures = measure(key, options.turns(full=7, small=3))
    return Result(
        "segment",
        f"{contacts:,} contacts, {contacts * EVENTS_EACH:,} events over ten months: rules as statements, beside the same"
        " questions in SQL written by hand.",
        figures,
    )
