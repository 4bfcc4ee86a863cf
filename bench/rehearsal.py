"""A rehearsal: chosen people through a journey of ten nodes over ninety days, with opens and clicks; all beginning at
once, and each on a day of their own as a trigger by date says. Beside it, the sixth part of the people.

Two conditions, three waits (one for an open), two updates, three mails, to everybody who agreed.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
MOST_SECONDS = 30.0
PERIOD = "P90D"
ADD = [{"field": "score", "do": "add", "value": 1}]


def letter(text: str, following: str | None = None) -> dict[str, Any]:
    blocks = [
        {"id": "b1", "kind": "text", "html": f"<p>{text} [[first_name|חבר]]</p>"},
        {
            "id": "b2", "kind": "text", "html": "<p>למשפחות</p>",
            "show_if": {"field": "children", "op": "gt", "value": 2},
        },
        {"id": "b3", "kind": "button", "text": "לחנות", "url": "https://shop.example/"},
        {"id": "b4", "kind": "footer"},
    ]  # fmt: skip
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    way = {"next": following} if following else {}
    return {"kind": "send_email", "subject": "היי [[first_name]]", "document": document, **way}


def graph() -> dict[str, Any]:
    opened = {"did": "message.opened", "where": {"message": "previous"}}
    return {
        "format": 1, "name": "bench", "reentry": {"policy": "never"}, "start": "m1",
        "triggers": [{"kind": "date", "field": "birthday", "every": "year", "at": "09:00"}],
        "nodes": {
            "m1": letter("ברוכים הבאים", "w1"),
            "w1": {"kind": "wait_until", "rule": opened, "timeout": "P3D", "yes": "u1", "timed_out": "w2"},
            "u1": {"kind": "update_contact", "changes": ADD, "next": "w2"},
            "w2": {"kind": "wait", "for": "P10D", "next": "m2"},
            "m2": letter("עוד משהו", "w3"),
            "w3": {"kind": "wait", "for": "P20D", "next": "c1"},
            "c1": {"kind": "condition", "rule": opened, "yes": "c2", "no": "u2"},
            "c2": {
                "kind": "condition", "rule": {"field": "children", "op": "gte", "value": 2},
                "yes": "u2", "no": "m3",
            },
            "u2": {"kind": "update_contact", "changes": ADD, "next": "m3"},
            "m3": letter("תודה"),
        },
    }  # fmt: skip


_PEOPLE = """
INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company, city, notes,
    fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at, birthday)
SELECT %(workspace)s, 'p' || n || '@example.com', '', '', 'n' || n, '', '', '', '', '', '',
    jsonb_build_object('children', n %% 6, 'score', 0), '', CASE WHEN n %% 8 <> 0 THEN 'granted' ELSE '' END, '', '',
    'bench', %(now)s, %(now)s, date '1980-11-18' + n %% 85 FROM generate_series(1, %(people)s) AS g(n)
"""


def shop(people: int) -> tuple[Any, Any]:
    """Access to a workspace of so many contacts, all born within the period, and its journey."""
    from kesher.accounts.access import Access
    from kesher.accounts.models import Workspace
    from kesher.contacts.models import ContactList, Field
    from kesher.journeys.actions import create_journey
    from kesher.lib import sql

    workspace = Workspace.objects.create(
        key="bench",
        name="bench",
        sender_email="a@b.example",
        postal_address="x",
        language="he",
        time_zone="Asia/Jerusalem",
    )
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    for key in ("children", "score"):
        Field.objects.create(workspace=workspace, key=key, label=key, type="number")
    sql.execute(_PEOPLE, {"workspace": workspace.pk, "now": NOW, "people": people})
    sql.execute("ANALYZE contact")
    access = Access(workspace, "owner")
    return access, create_journey(access, name="bench", graph=graph(), now=NOW)


def play(access: Any, journey: Any, *, begin: str, people: int) -> tuple[float, dict[str, Any]]:
    """Seconds, and what it tells."""
    from kesher.journeys.rehearsal.playing import rehearse
    from kesher.journeys.rehearsal.wishes import Wishes

    asked = {
        "people": {"rule": {"all": []}}, "sample": people, "period": PERIOD,
        "rates": {"open": 40, "click": 8}, "begin": begin,
    }  # fmt: skip
    began = time.perf_counter()
    told = rehearse(access, journey, Wishes.model_validate(asked), now=NOW)
    return time.perf_counter() - began, told


def run(options: Options) -> Result:
    people = min(options.sized(full=10_000, small=1_000), 10_000)
    with place.database("kesher_bench_rehearsal"):
        place.set_up_django()
        access, journey = shop(people)
        figures = []
        for begin, words in (("all", "all begin at once"), ("triggers", "each on their own day")):
            few, _told = play(access, journey, begin=begin, people=max(1, people // 6))
            took, told = play(access, journey, begin=begin, people=people)
            assert (told["begun"], told["cut"]) == (people, ""), (told["begun"], told["cut"])
            figures.append(
                Figure(
                    f"{people:,} people, {words}", took, "s",
                    beside={f"{max(1, people // 6):,} people": few},
                    target=f"≤ {MOST_SECONDS:.0f} s", met=took <= MOST_SECONDS,
                )
            )  # fmt: skip
            figures.append(Figure(f"messages, {words}", sum(told["sent"].values()), "messages"))
            figures.append(Figure(f"moments, {words}", told["moments"], "moments"))
    work = f"A journey of ten nodes over ninety days, rehearsed with {people:,} people of whom 40 % open and 8 % click."
    return Result("rehearsal", work, figures)
