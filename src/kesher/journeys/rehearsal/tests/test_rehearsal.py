"""A rehearsal tells what would come, with the real engine, and leaves nothing behind."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.contacts.models import Contact, ContactList
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.lib import sql
from kesher.segments.actions import create_segment
from kesher.segments.models import Segment

Graph = dict[str, Any]


def letter(text: str = "שלום [[first_name|חבר]]", **more: Any) -> Graph:
    return {
        "kind": "send_email",
        "subject": "היי [[first_name]]",
        "document": {
            "format": 1, "language": "he", "direction": "rtl",
            "blocks": [
                {"id": "b1", "kind": "text", "html": f"<p>{text}</p>"},
                {"id": "b2", "kind": "button", "text": "לחנות", "url": "https://shop.example/"},
                {"id": "b3", "kind": "footer"},
            ],
        },
        **more,
    }  # fmt: skip


NODES: Graph = {
    "mail": letter(next="wait"),
    "wait": {"kind": "wait", "for": "P3D", "next": "ask"},
    "ask": {
        "kind": "condition",
        "rule": {"did": "message.opened", "where": {"message": "previous"}},
        "yes": "thanks",
        "no": "end",
    },
    "thanks": letter("תודה", next="end"),
    "end": {"kind": "exit"},
}


@pytest.fixture
def journey(access: Access, now: datetime) -> Journey:
    graph = {"format": 1, "start": "mail", "nodes": NODES, "triggers": [{"kind": "manual"}]}
    return create_journey(access, name="מסע", graph=graph, now=now)


def ask(*people: Contact, **more: Any) -> Wishes:
    return Wishes.model_validate({"people": {"contacts": [one.pk for one in people]}, **more})


def counts() -> dict[str, int]:
    names = sql.rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    return {name: int(sql.value(f'SELECT count(*) FROM public."{name}"')) for (name,) in names}


def test_nothing_is_left_and_no_socket_is_opened(
    access: Access,
    journey: Journey,
    noa: Contact,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = counts()
    real = noa.updated_at

    def refuse(*_args: object) -> None:
        raise AssertionError("a socket was opened")

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect", refuse)
        told = rehearse(access, journey, ask(noa, rates={"open": 100, "click": 100}), now=now)

    assert told["sent"] == {"email": 2}
    assert counts() == before
    noa.refresh_from_db()
    assert noa.updated_at == real
    assert not sql.value("SELECT to_regclass('pg_temp.journey_run')")


def test_who_opens_goes_another_way_than_who_does_not(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    opening = rehearse(access, journey, ask(noa, rates={"open": 100}), now=now)
    silent = rehearse(access, journey, ask(noa), now=now)

    assert opening["nodes"]["ask"]["ports"]["yes"] == {"to": "thanks", "count": 1}
    assert opening["ended"] == silent["ended"] == {"done": 1}
    assert silent["nodes"]["ask"]["ports"]["no"]["count"] == 1
    assert silent["sent"] == {"email": 1}
    [way] = opening["ways"]
    assert [step["node"] for step in way["steps"]] == ["mail", "wait", "ask", "thanks", "end"]
    assert way["steps"][-1]["arrived_at"] == "2026-11-20T08:00:00+00:00"


def test_messages_are_shown_as_they_would_be_and_refusals_with_their_reason(
    access: Access, journey: Journey, noa: Contact, dan: Contact, oren: Contact, now: datetime
) -> None:
    told = rehearse(access, journey, ask(noa, dan, oren), now=now)

    [message] = told["messages"]
    [sample] = message["samples"]
    assert (sample["contact"], message["node"], message["count"]) == (noa.pk, "mail", 1)
    assert noa.first_name in sample["subject"]
    assert f"שלום {noa.first_name}" in sample["text"].replace("\u2068", "").replace("\u2069", "")
    assert {(one["reason"], one["count"]) for one in told["refused"]} == {
        ("consent_withdrawn", 1),
        ("bounced", 1),
    }


def test_what_happens_meanwhile_is_heard(
    access: Access, noa: Contact, workspace: Any, now: datetime
) -> None:
    ContactList.objects.create(workspace=workspace, key="vip", name="VIP")
    graph = {
        "format": 1,
        "start": "wait",
        "triggers": [{"kind": "list.joined", "list": "vip"}],
        "nodes": {
            "wait": {"kind": "wait", "for": "P1D", "next": "end"},
            "end": {"kind": "exit"},
        },
    }
    journey = create_journey(access, name="מצטרפים", graph=graph, now=now)
    happenings = [{"after": "P2D", "acts": {"add_to_lists": ["vip"]}}]

    told = rehearse(access, journey, ask(noa, begin="triggers", happenings=happenings), now=now)
    nobody = rehearse(access, journey, ask(noa, begin="triggers"), now=now)

    assert (told["begun"], nobody["begun"]) == (1, 0)
    assert told["ways"][0]["steps"][0]["arrived_at"].startswith("2026-11-19")


def test_other_live_journeys_and_crowded_days_are_told(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    nodes = {"one": letter(next="two"), "two": letter(next="end"), "end": {"kind": "exit"}}
    graph = {
        "format": 1, "start": "one", "nodes": nodes,
        "triggers": [{"kind": "journey.started"}],
    }  # fmt: skip
    other = create_journey(access, name="אחר", graph=graph, now=now)
    publish_journey(access, other, now=now)

    told = rehearse(access, journey, ask(noa), now=now)

    [met] = told["others"]
    assert (met["journey"], met["people"], met["before"]) == (other.pk, 1, 0)
    assert met["messages"] >= 2
    assert told["crowded"]["people"] == 1


def test_two_versions_are_compared(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    publish_journey(access, journey, now=now)
    journey.draft = {**journey.draft, "nodes": {**NODES, "mail": {**NODES["mail"], "next": "end"}}}
    journey.save()

    told = rehearse(access, journey, ask(noa, compare_with=1), now=now)

    assert told["compared"]["nodes"]["wait"]["entered"] == [0, 1]
    assert told["compared"]["sent"] == {"email": [1, 1]}
    journey.refresh_from_db()
    assert journey.versions.count() == 1


def test_a_crash_in_the_middle_leaves_nothing(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    before = counts()

    def crash(_share: float) -> None:
        raise RuntimeError("the machine stumbles")

    with pytest.raises(RuntimeError):
        rehearse(access, journey, ask(noa), now=now, look=crash)

    assert counts() == before
    assert not sql.value("SELECT to_regclass('pg_temp.journey_run')")


def written() -> dict[str, int]:
    """How many rows this transaction has written, by live table."""
    rows = sql.rows(
        "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE schemaname = 'public'"
    )
    return dict(rows)


def test_live_rows_are_neither_written_nor_locked(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    before = written()
    seen: list[dict[str, int]] = []
    locks: set[str] = set()

    def look(_share: float) -> None:
        seen.append(written())
        locks.update(
            row[0]
            for row in sql.rows(
                "SELECT c.relname || ' ' || l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                " WHERE l.pid = pg_backend_pid() AND c.relnamespace = 'public'::regnamespace"
                " AND c.relname IN ('message', 'journey_run', 'inbox', 'counter', 'event')"
                " AND l.mode <> 'AccessShareLock'"
            )
        )

    rehearse(access, journey, ask(noa, rates={"open": 100, "click": 100}), now=now, look=look)

    advisory = (
        "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'"
    )
    assert sql.value(advisory) == 0
    assert seen
    assert all(one == before for one in seen)
    assert {lock for lock in locks if "Exclusive" in lock and "message" in lock} == set()


def test_a_draft_with_errors_is_refused_with_their_paths(
    access: Access, noa: Contact, now: datetime
) -> None:
    graph = {"format": 1, "start": "mail", "nodes": {"mail": {"kind": "send_email"}}}
    journey = create_journey(access, name="חסר", graph=graph, now=now)

    with pytest.raises(BadJourney) as refused:
        rehearse(access, journey, ask(noa), now=now)

    assert any(problem.path.startswith("nodes.mail") for problem in refused.value.problems)
    journey.refresh_from_db()
    assert journey.status == "draft"


def test_segments_are_followed_without_their_lock(
    access: Access, noa: Contact, workspace: Any, now: datetime
) -> None:
    ContactList.objects.create(workspace=workspace, key="vip", name="VIP")
    create_segment(access, name="טובים", rule={"list": "vip"}, now=now)
    key = Segment.objects.get(workspace=workspace).key
    graph = {
        "format": 1,
        "start": "wait",
        "triggers": [{"kind": "segment.entered", "segment": key}],
        "nodes": {
            "wait": {"kind": "wait", "for": "P1D", "next": "end"},
            "end": {"kind": "exit"},
        },
    }
    journey = create_journey(access, name="נכנסים", graph=graph, now=now)
    happenings = [{"after": "P2D", "acts": {"add_to_lists": ["vip"]}}]
    locks: set[int] = set()

    told = rehearse(
        access,
        journey,
        ask(noa, begin="triggers", happenings=happenings, period="P10D"),
        now=now,
        look=lambda share: locks.add(
            sql.value(
                "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'"
            )
        ),
    )

    assert told["begun"] == 1
    assert told["cut"] == ""
    assert locks == {0}
