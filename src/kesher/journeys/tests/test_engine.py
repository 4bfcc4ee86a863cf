"""The engine as people use it: somebody does something, time passes, the right things happen once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kesher.contacts.actions import update_contact
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.lists import join_list
from kesher.contacts.models import ContactList
from kesher.contacts.privacy import erase_contact
from kesher.journeys.claims import next_due
from kesher.journeys.models import StaffAlert, WebhookDelivery
from kesher.journeys.tests.conftest import Desk, mail

CUSTOM = [{"kind": "custom"}]


def test_an_event_starts_a_run_that_sends_waits_and_ends(desk: Desk, noa: Any) -> None:
    desk.publish(
        {
            "mail": {
                "kind": "send_email",
                "subject": "ברוכים הבאים",
                "document": mail(),
                "next": "wait",
            },
            "wait": {"kind": "wait", "for": "P2D", "next": "end"},
            "end": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )

    desk.custom(noa)
    desk.settle()

    (run,) = desk.runs(noa)
    assert desk.path(run) == ["mail>next", "wait"]
    assert run.until == desk.now + timedelta(days=2)
    (message,) = desk.messages(noa)
    assert (message.source, message.priority, message.id) == ("journey", 40, run.message_id)
    desk.wait(days=1, hours=23)
    assert desk.runs(noa)[0].ended_at is None
    desk.wait(hours=1)
    (run,) = desk.runs(noa)
    assert (run.reason, desk.path(run)) == ("done", ["mail>next", "wait>next", "end"])


def test_the_worker_knows_when_the_next_run_falls_due(desk: Desk, noa: Any, dan: Any) -> None:
    desk.publish({"wait": {"kind": "wait", "for": "P2D"}}, triggers=CUSTOM)
    assert next_due(desk.now) is None
    desk.custom(noa)
    desk.settle()
    first = desk.now + timedelta(days=2)
    desk.wait(hours=1)
    desk.custom(dan)
    desk.settle()

    assert next_due(desk.now) == first
    assert next_due(first) == first + timedelta(hours=1)
    assert next_due(first + timedelta(hours=1)) is None


def test_a_condition_parts_everybody_into_two(desk: Desk, noa: Any, dan: Any, yael: Any) -> None:
    desk.publish(
        {
            "ask": {"kind": "condition", "rule": {"field": "city", "op": "equals", "value": "חיפה"}, "yes": "a", "no": "b"},
            "a": {"kind": "exit"},
            "b": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )  # fmt: skip

    for contact in (noa, dan, yael):
        desk.custom(contact)
    desk.settle()

    paths = {run.contact_id: desk.path(run) for run in desk.runs()}
    assert paths == {
        noa.pk: ["ask>yes", "a"],
        dan.pk: ["ask>no", "b"],
        yael.pk: ["ask>no", "b"],
    }


def test_a_trigger_asks_about_the_event_and_the_contact_together(
    desk: Desk, noa: Any, dan: Any
) -> None:
    rule = {
        "all": [
            {"field": "event.total", "op": "gt", "value": 200},
            {"field": "city", "op": "equals", "value": "חיפה"},
        ]
    }
    desk.publish({"end": {"kind": "exit"}}, triggers=[{"kind": "custom", "rule": rule}])

    desk.custom(noa, total=200.00)
    desk.custom(noa, total=200.01)
    desk.custom(dan, total=500)
    desk.settle()

    assert [run.contact_id for run in desk.runs()] == [noa.pk]


def test_one_submission_of_many_fields_starts_a_journey_on_any_of_them_once(
    desk: Desk, access: Any, noa: Any
) -> None:
    """T1."""
    for key in ("service", "product", "recommend"):
        desk.field(key)
    triggers = [
        {"kind": "contact.updated", "changed": [key]} for key in ("service", "product", "recommend")
    ]
    desk.publish({"end": {"kind": "exit"}}, triggers=triggers, reentry={"policy": "always"})

    update_contact(access, noa, values={"service": 5, "product": 4, "recommend": 5}, now=desk.now)
    desk.settle()

    assert len(desk.runs(noa)) == 1


def test_a_change_is_told_from_what_to_what(desk: Desk, access: Any, noa: Any) -> None:
    rule = {"all": [
        {"field": "event.before.city", "op": "equals", "value": "חיפה"},
        {"field": "event.after.city", "op": "equals", "value": "עכו"},
    ]}  # fmt: skip
    desk.publish(
        {"end": {"kind": "exit"}},
        triggers=[{"kind": "contact.updated", "changed": ["city"], "rule": rule}],
    )

    update_contact(access, noa, values={"city": "עכו"}, now=desk.now)
    update_contact(access, noa, values={"city": "לוד"}, now=desk.now)
    desk.settle()

    assert len(desk.runs(noa)) == 1


def test_waiting_for_something_ends_when_it_happens_or_when_the_time_is_up(
    desk: Desk, noa: Any, yael: Any
) -> None:
    vip = ContactList.objects.create(workspace=desk.workspace, key="vip", name="VIP")
    desk.publish(
        {
            "wait": {
                "kind": "wait_until",
                "rule": {"list": "vip"},
                "timeout": "P3D",
                "yes": "in",
                "timed_out": "out",
            },
            "in": {"kind": "exit"},
            "out": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )
    desk.custom(noa)
    desk.custom(yael)
    desk.wait(days=1)

    join_list(desk.workspace.pk, list_id=vip.pk, contact_ids=[noa.pk], now=desk.now)
    desk.wait(days=5)

    assert desk.path(desk.runs(noa)[0]) == ["wait>yes", "in"]
    assert desk.path(desk.runs(yael)[0]) == ["wait>timed_out", "out"]


def test_waiting_for_an_event_hears_only_those_that_fit_and_come_later(
    desk: Desk, noa: Any
) -> None:
    rule = {"field": "event.name", "op": "equals", "value": "paid"}
    desk.publish(
        {
            "wait": {"kind": "wait_until", "event": "custom", "rule": rule, "timeout": "P3D", "yes": "in", "timed_out": "out"},
            "in": {"kind": "exit"},
            "out": {"kind": "exit"},
        },
        triggers=[{"kind": "custom", "rule": rule}],
    )  # fmt: skip
    desk.custom(noa, "paid")
    desk.settle()
    assert desk.path(desk.runs(noa)[0]) == ["wait"]

    desk.custom(noa, "looked")
    desk.settle()
    assert desk.path(desk.runs(noa)[0]) == ["wait"]
    desk.custom(noa, "paid")
    desk.settle()

    assert desk.path(desk.runs(noa)[0]) == ["wait>yes", "in"]


def test_a_restart_ends_the_run_before_it(desk: Desk, noa: Any) -> None:
    """T12: bought on day 0 and again on day 20, reminded on day 45 and not on day 25."""
    desk.publish(
        {
            "wait": {"kind": "wait", "for": "P25D", "next": "mail"},
            "mail": {
                "kind": "send_email",
                "subject": "הגיע הזמן",
                "document": mail(),
                "next": None,
            },
        },
        triggers=CUSTOM,
        reentry={"policy": "restart"},
    )
    start = desk.now

    desk.custom(noa)
    desk.wait(days=20)
    desk.custom(noa)
    desk.wait(days=24)
    assert not desk.messages(noa)
    desk.wait(days=1)

    assert [message.queued_at - start for message in desk.messages(noa)] == [timedelta(days=45)]
    assert [run.reason for run in desk.runs(noa)] == ["restarted", "done"]


def test_an_exit_rule_takes_people_out_as_soon_as_it_holds(
    desk: Desk, access: Any, noa: Any
) -> None:
    desk.field("paid", "yes_no")
    desk.publish(
        {
            "wait": {"kind": "wait", "for": "P5D", "next": "mail"},
            "mail": {"kind": "send_email", "subject": "תזכורת", "document": mail()},
        },
        triggers=CUSTOM,
        exit_if={"field": "paid", "op": "is", "value": True},
    )
    desk.custom(noa)
    desk.wait(days=1)

    update_contact(access, noa, values={"paid": True}, now=desk.now)
    desk.settle()

    (run,) = desk.runs(noa)
    assert (run.reason, run.ended_at) == ("exit_rule", desk.now)
    assert not desk.messages(noa)


def test_who_is_deleted_leaves(desk: Desk, noa: Any) -> None:
    desk.publish(
        {
            "wait": {"kind": "wait", "for": "P5D", "next": "mail"},
            "mail": {"kind": "send_email", "subject": "x", "document": mail()},
        },
        triggers=CUSTOM,
    )
    desk.custom(noa)
    desk.settle()

    type(noa).objects.filter(pk=noa.pk).update(deleted_at=desk.now)
    desk.wait(days=6)

    assert [run.reason for run in desk.runs(noa)] == ["contact_gone"]
    assert not desk.messages()


def test_journeys_that_set_each_other_off_are_cut_and_say_so(desk: Desk, noa: Any) -> None:
    desk.field("ping"), desk.field("pong")
    for mine, other in (("ping", "pong"), ("pong", "ping")):
        desk.publish(
            {
                "up": {
                    "kind": "update_contact",
                    "changes": [{"field": other, "do": "add", "value": 1}],
                }
            },
            triggers=[{"kind": "contact.updated", "changed": [mine]}],
            reentry={"policy": "always"},
            name=mine,
        )

    desk.happens("contact.updated", noa, changed={"ping": [0, 1]})
    desk.settle()

    reasons = [run.reason for run in desk.runs(noa)]
    assert reasons == ["done"] * 5 + ["loop"]


def test_a_wait_ends_on_the_next_working_morning(desk: Desk, noa: Any) -> None:
    desk.publish(
        {"wait": {"kind": "wait", "for": "P3D", "at": "09:00", "weekdays": ["sun", "mon", "tue", "wed", "thu"], "next": "end"}, "end": {"kind": "exit"}},
        triggers=CUSTOM,
    )  # fmt: skip

    desk.custom(noa)  # Tuesday, 10:00: three days later is Friday
    desk.settle()

    assert desk.runs(noa)[0].until == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def test_who_is_deleted_while_listening_leaves_at_once(desk: Desk, access: Any, noa: Any) -> None:
    desk.publish(
        {"wait": {"kind": "wait_until", "event": "custom", "yes": "end"}, "end": {"kind": "exit"}},
        triggers=[{"kind": "contact.updated"}],
    )
    update_contact(access, noa, values={"city": "עכו"}, now=desk.now)
    desk.settle()

    delete_contacts(access, ids=[noa.pk], now=desk.now)
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["contact_gone"]


def test_who_is_forgotten_leaves_nothing_said_about_them(desk: Desk, access: Any, noa: Any) -> None:
    desk.publish(
        {
            "call": {"kind": "webhook", "url": "https://hooks.example/in", "next": "tell"},
            "tell": {"kind": "alert", "text": "[[email]]", "next": "end"},
            "end": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )
    desk.custom(noa, secret="לא לומר")
    desk.settle()

    erase_contact(access, noa, now=desk.now)

    assert [run.data for run in desk.runs(noa)] == [{}]
    assert not WebhookDelivery.objects.exists()
    assert not StaffAlert.objects.exists()
