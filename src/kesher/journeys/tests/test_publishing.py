"""Drafts and versions: what publishing keeps, pausing, going on, and what is asked at the moment of sending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.accounts.undo import apply_undo
from kesher.channels.models import LocalMessage
from kesher.contacts.actions import update_contact
from kesher.contacts.rules import vocabulary_of
from kesher.events.models import EventListener
from kesher.journeys import queries
from kesher.journeys.actions import (
    archive_journey,
    create_journey,
    duplicate_journey,
    pause_journey,
    problems_of,
    publish_journey,
    resume_journey,
    save_draft,
)
from kesher.journeys.problems import BadJourney
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.why import why
from kesher.messages import sender
from kesher.messages.models import Message
from kesher.messages.sources import refusals_of
from kesher.segments.actions import create_segment

CUSTOM = [{"kind": "custom"}]


def mailing(**rest: Any) -> dict[str, Any]:
    return {
        "mail": {
            "kind": "send_email",
            "subject": "שלום",
            "document": mail(),
            "next": "wait",
            **rest,
        },
        "wait": {"kind": "wait", "for": "P1D", "next": "end"},
        "end": {"kind": "exit"},
    }


def test_who_is_on_the_way_finishes_on_the_version_they_began_with(
    desk: Desk, noa: Any, dan: Any
) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    graph = {
        **journey.draft,
        "nodes": {**mailing(), "wait": {"kind": "wait", "for": "P9D", "next": "end"}},
    }
    saved = save_draft(desk.access, journey, graph=graph, revision=1, now=desk.now)
    publish_journey(desk.access, journey, now=desk.now)
    desk.custom(dan)
    desk.wait(days=2)

    assert not isinstance(saved, type(None))
    assert [(run.contact_id, run.reason) for run in desk.runs()] == [(noa.pk, "done"), (dan.pk, "")]
    first, second = queries.versions_of(journey)[::-1]
    assert first.messages == second.messages  # the mail did not change, so it is the same version


def test_an_earlier_version_can_be_published_again(desk: Desk, noa: Any) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    first = journey.live_version
    save_draft(
        desk.access,
        journey,
        graph={**journey.draft, "nodes": {"mail": {"kind": "exit"}}},
        revision=1,
        now=desk.now,
    )
    publish_journey(desk.access, journey, now=desk.now)

    again = publish_journey(desk.access, journey, now=desk.now, version=first)
    desk.custom(noa)
    desk.settle()

    assert (again.number, len(desk.messages(noa))) == (3, 1)


def test_a_journey_with_errors_is_not_published(desk: Desk) -> None:
    nodes = {
        "ask": {
            "kind": "condition",
            "rule": {"field": "ctiy", "op": "equals", "value": "x"},
            "yes": None,
            "no": None,
        }
    }
    journey = create_journey(
        desk.access, name="x", graph={"start": "ask", "nodes": nodes}, now=desk.now
    )

    with pytest.raises(BadJourney) as bad:
        publish_journey(desk.access, journey, now=desk.now)

    assert [problem.path for problem in bad.value.problems] == ["nodes.ask.rule.field"]
    assert bad.value.problems[0].suggestion == "city"


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"mail": {"next": "mail"}}, "loop", "nodes.mail"),
        ({"mail": {"next": "end"}}, "unreachable", "nodes.wait"),
        ({}, "no_control", "nodes.mail"),
        ({}, "no_consent_asked", "nodes.mail"),
        ({"wait": {"next": None}}, "dead_end", "nodes.wait.next"),
        ({"wait": {"for": None}}, "missing", "nodes.wait"),
        ({"mail": {"document": {"blocks": [{"id": "b", "kind": "txet"}]}}}, "document", "nodes.mail.document.blocks.b.kind"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(
    desk: Desk, change: dict[str, Any], code: str, path: str
) -> None:
    nodes = {key: {**node, **change.get(key, {})} for key, node in mailing().items()}
    journey = create_journey(
        desk.access,
        name="x",
        graph={"start": "mail", "nodes": nodes, "triggers": CUSTOM},
        now=desk.now,
    )

    found = {(problem.code, problem.path) for problem in problems_of(desk.access, journey)}

    assert (code, path) in found
    with translation.override("he"):
        assert all(problem.words for problem in problems_of(desk.access, journey))


def test_a_split_without_otherwise_and_with_a_gap_is_told(desk: Desk) -> None:
    desk.field("score")
    bands = [
        {"between": [50, 60], "to": "end"},
        {"between": [60, 80], "to": "end", "label": "high"},
    ]
    nodes = {"s": {"kind": "split", "field": "score", "branches": bands}, "end": {"kind": "exit"}}
    journey = create_journey(
        desk.access,
        name="x",
        graph={"start": "s", "nodes": nodes, "triggers": CUSTOM},
        now=desk.now,
    )

    told = {problem.code: problem.words for problem in problems_of(desk.access, journey)}

    assert {"no_otherwise", "uncovered", "overlap"} <= told.keys()
    assert told["overlap"].endswith("(דרך 1, ״\u2068high\u2069״)")


def test_a_paused_journey_stands_still_and_goes_on_with_what_fell_due(
    desk: Desk, noa: Any, dan: Any
) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    pause_journey(desk.access, journey, now=desk.now)
    desk.custom(dan)
    desk.wait(days=3)
    assert [(run.contact_id, run.state) for run in desk.runs()] == [(noa.pk, "held")]

    resume_journey(desk.access, journey, now=desk.now)
    desk.settle()
    assert desk.runs(noa)[0].reason == "done"


def test_what_fell_due_may_leave_instead(desk: Desk, noa: Any) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()
    pause_journey(desk.access, journey, now=desk.now)
    desk.wait(days=3)

    resume_journey(desk.access, journey, now=desk.now, meanwhile="exit")

    assert desk.runs(noa)[0].reason == "taken_out"


def test_an_archived_journey_lets_everybody_go_and_hears_nothing(
    desk: Desk, owner: Any, noa: Any
) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    undo = archive_journey(desk.access, journey, now=desk.now)

    assert desk.runs(noa)[0].reason == "archived"
    assert not EventListener.objects.filter(listener=f"journey:{journey.pk}").exists()
    apply_undo(desk.access, undo)
    journey.refresh_from_db()
    assert (journey.status, journey.archived_at) == ("draft", None)


def test_a_copy_is_a_draft_of_its_own(desk: Desk) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)

    copy = duplicate_journey(desk.access, journey, now=desk.now)

    assert copy.status == "draft"
    assert copy.draft["nodes"] == journey.draft["nodes"]
    assert copy.key != journey.key


def against(desk: Desk, message: Message) -> str:
    asked = (message.source, message.source_id, message.contact_id)
    return refusals_of(desk.workspace, [asked]).get((*asked[:2], message.contact_id or 0), "")


def test_a_payment_between_check_and_send_wins(desk: Desk, access: Any, noa: Any) -> None:
    """T11: the step's condition and the exit rule are asked again at the moment of sending."""
    desk.field("paid", "yes_no")
    unpaid = {"not": {"field": "paid", "op": "is", "value": True}}
    desk.publish(mailing(only_if=unpaid), triggers=CUSTOM)
    desk.publish(mailing(), triggers=CUSTOM, exit_if={"field": "paid", "op": "is", "value": True})
    desk.custom(noa)
    desk.settle()
    messages = desk.messages(noa)
    assert [against(desk, message) for message in messages] == ["", ""]

    update_contact(access, noa, values={"paid": True}, now=desk.now)

    assert sorted(against(desk, message) for message in messages) == [
        "condition_gone",
        "journey_left",
    ]
    sender.send_due(desk.now + timedelta(days=3650))
    assert {message.status for message in desk.messages(noa)} == {"refused"}
    assert not LocalMessage.objects.exists()


def test_a_message_is_counted_and_told_under_its_node(desk: Desk, noa: Any) -> None:
    journey = desk.publish(
        {
            "mail": {"kind": "send_email", "subject": "שלום", "document": mail(), "next": "ask"},
            "ask": {"kind": "wait_until", "rule": {"did": "message.opened", "where": {"message": "previous"}}, "timeout": "P2D", "yes": "in", "timed_out": "out"},
            "in": {"kind": "exit"}, "out": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )  # fmt: skip
    desk.custom(noa)
    desk.settle()
    sender.send_due(desk.now + timedelta(days=3650))
    (message,) = desk.messages(noa)

    about = {"message_id": message.pk, "source": "journey", "group": f"{journey.pk}.mail"}
    desk.happens("message.opened", noa, **about)
    desk.settle()

    assert queries.numbers_of(journey).nodes["mail"].messages["sent"] == 1
    assert desk.path(desk.runs(noa)[0])[-1] == "in"
    named = vocabulary_of(desk.workspace).message(f"{journey.key}.mail")
    assert named is not None
    assert named.match == {"source": "journey", "group": f"{journey.pk}.mail"}


def test_a_segment_starts_a_journey_when_somebody_enters(
    desk: Desk, access: Any, noa: Any, dan: Any
) -> None:
    create_segment(
        access, name="חיפאים", rule={"field": "city", "op": "equals", "value": "חיפה"}, now=desk.now
    )
    desk.publish(
        {"end": {"kind": "exit"}}, triggers=[{"kind": "segment.entered", "segment": "חיפאים"}]
    )
    desk.settle()
    assert not desk.runs()  # noa is in it already: she did not enter

    update_contact(access, dan, values={"city": "חיפה"}, now=desk.now)
    desk.settle()

    assert [run.contact_id for run in desk.runs()] == [dan.pk]


def test_why_tells_the_way_in_both_languages(desk: Desk, noa: Any, dan: Any) -> None:
    journey = desk.publish(mailing(), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    with translation.override("en"):
        english, never = why(journey, noa), why(journey, dan)
    with translation.override("he"):
        hebrew = why(journey, noa)

    assert english.summary.startswith("Stands at Wait, until")
    assert [line.text for line in english.runs[0].lines][1].endswith("waits to be sent")
    assert never.summary.startswith("Never began")
    assert "המתנה" in hebrew.summary
