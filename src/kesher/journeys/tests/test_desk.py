"""The staff's desk: tasks are done once and told, alerts are read, an alert goes out by SMS once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.accounts.undo import apply_undo
from kesher.channels.accounts import default_account
from kesher.contacts.errors import Refused
from kesher.contacts.privacy import erase_contact
from kesher.events.models import Event
from kesher.journeys import alerts, texting
from kesher.journeys.checks import check
from kesher.journeys.desk import actions, queries
from kesher.journeys.models import StaffAlert, StaffTask
from kesher.journeys.tests.conftest import Desk
from kesher.journeys.world import world_of
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db


def titles(rows: Any) -> list[str]:
    return [row.title for row in rows]


def told(desk: Desk, **more: Any) -> StaffAlert:
    return StaffAlert.objects.create(
        workspace_id=desk.workspace.pk, text="שימו לב", created_at=desk.now, **more
    )


def test_what_is_overdue_stands_first_and_what_has_no_day_last(
    desk: Desk, access: Access, noa: Any
) -> None:
    days = {"מחר": 1, "בלי יום": None, "אתמול": -1, "היום": 0}
    for title, day in days.items():
        due = None if day is None else desk.now + timedelta(days=day)
        actions.add_task(access, noa, title=title, due_at=due, now=desk.now)

    found = queries.open_tasks(desk.workspace.pk)

    assert titles(found) == ["אתמול", "היום", "מחר", "בלי יום"]


def test_my_tasks_are_mine_and_anybodys(desk: Desk, access: Access, owner: Any, noa: Any) -> None:
    actions.add_task(access, noa, title="שלי", assignee=owner.email, now=desk.now)
    actions.add_task(access, noa, title="של מי שפנוי", now=desk.now)
    theirs = actions.add_task(access, noa, title="של אחרים", now=desk.now)
    StaffTask.objects.filter(pk=theirs.pk).update(assignee="gone@shop.example")

    assert titles(queries.open_tasks(desk.workspace.pk, mine=owner.email)) == ["שלי", "של מי שפנוי"]
    assert len(queries.open_tasks(desk.workspace.pk)) == 3


def test_a_task_done_twice_is_told_once(desk: Desk, access: Access, owner: Any, noa: Any) -> None:
    task = actions.add_task(access, noa, title="להתקשר", now=desk.now)

    first = actions.finish_task(access, task, now=desk.now)
    second = actions.finish_task(access, task, now=desk.now)

    assert (first is not None, second) == (True, None)
    (event,) = Event.objects.filter(kind="task.done")
    assert (event.contact_id, event.data["title"], event.data["by"]) == (
        noa.pk, "להתקשר", owner.name,
    )  # fmt: skip
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (desk.now, owner)


def test_a_task_done_by_mistake_is_opened_again(desk: Desk, access: Access, noa: Any) -> None:
    task = actions.add_task(access, noa, title="להתקשר", now=desk.now)
    entry = actions.finish_task(access, task, now=desk.now)
    assert entry is not None

    apply_undo(access, entry.pk)

    assert titles(queries.open_tasks(desk.workspace.pk)) == ["להתקשר"]
    assert Event.objects.filter(kind="task.reopened", contact_id=noa.pk).count() == 1


def test_another_day_or_another_person_can_be_taken_back(
    desk: Desk, access: Access, owner: Any, noa: Any
) -> None:
    task = actions.add_task(access, noa, title="להתקשר", due_at=desk.now, now=desk.now)

    moved = actions.move_task(access, task, due_at=None)
    given = actions.reassign_task(access, task, assignee=owner.email.upper())
    assert StaffTask.objects.get().assignee == owner.email
    for entry in (moved, given):
        apply_undo(access, entry.pk)

    task = StaffTask.objects.get()
    assert (task.due_at, task.assignee) == (desk.now, "")


def test_a_task_says_what_and_is_given_to_one_of_the_team(
    desk: Desk, access: Access, noa: Any
) -> None:
    with pytest.raises(Refused, match="title"):
        actions.add_task(access, noa, title="  ", now=desk.now)
    with pytest.raises(Refused, match="assignee"):
        actions.add_task(access, noa, title="x", assignee="a@b.example", now=desk.now)

    assert not StaffTask.objects.exists()


def test_a_journey_goes_on_when_its_task_is_done(desk: Desk, access: Access, noa: Any) -> None:
    nodes = {
        "call": {"kind": "task", "title": "להתקשר אל [[first_name]]", "next": "wait"},
        "wait": {"kind": "wait_until", "event": "task.done", "timeout": "P9D", "yes": "end"},
        "end": {"kind": "exit"},
    }
    desk.publish(nodes, triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()
    assert desk.runs(noa)[0].ended_at is None

    actions.finish_task(access, StaffTask.objects.get(), now=desk.now + timedelta(hours=1))
    desk.wait(hours=2)

    assert desk.path(desk.runs(noa)[0])[-1] == "end"


def test_unread_alerts_come_first_and_all_are_read_at_once(desk: Desk, access: Access) -> None:
    old, new, newer = (told(desk).pk for _ in range(3))
    actions.read_alert(access, StaffAlert.objects.get(pk=newer), now=desk.now)
    found = [row.pk for row in queries.alerts_of(desk.workspace.pk)]
    assert found == [new, old, newer]

    count, entry = actions.read_all_alerts(access, now=desk.now + timedelta(minutes=1))
    assert (count, queries.counts(desk.workspace.pk, mine="", now=desk.now).unread) == (2, 0)
    assert entry is not None
    apply_undo(access, entry.pk)

    assert {row.pk for row in queries.unread_alerts(desk.workspace.pk)} == {old, new}


def test_five_thousand_alerts_are_counted_up_to_a_hundred(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    rows = [
        StaffAlert(workspace_id=desk.workspace.pk, text=str(number), created_at=desk.now)
        for number in range(5_000)
    ]
    StaffAlert.objects.bulk_create(rows)

    with django_assert_max_num_queries(3):
        counted = queries.counts(desk.workspace.pk, mine="", now=desk.now)

    assert counted.unread == queries.MOST_COUNTED


def texting_journey(desk: Desk, **more: Any) -> None:
    node = {"kind": "alert", "text": "[[first_name]] מחכה", "next": None, **more}
    desk.publish({"tell": node}, triggers=[{"kind": "custom"}])


def test_an_alert_is_texted_once_with_a_link(desk: Desk, noa: Any, settings: Any) -> None:
    default_account(desk.workspace, "sms")
    texting_journey(desk, phones=["050-1234567", "+972501234567", "052-7654321"])
    desk.custom(noa)
    desk.settle()

    assert texting.text_alerts(desk.now) == 1
    assert texting.text_alerts(desk.now) == 0

    sent = Message.objects.filter(source="alert").order_by("pk")
    assert [one.data["to"] for one in sent] == ["+972501234567", "+972527654321"]
    values = sent[0].data["values"]
    assert values["text"] == "נועה מחכה"
    assert values["link"] == f"{settings.BASE_URL}/a/{StaffAlert.objects.get().pk}"
    assert all(one.contact_id is None and one.channel == "sms" for one in sent)


def test_without_an_sms_account_the_alert_says_so(desk: Desk, noa: Any) -> None:
    texting_journey(desk, phones=["0501234567"])
    desk.custom(noa)
    desk.settle()

    texting.text_alerts(desk.now)

    assert StaffAlert.objects.get().trouble == StaffAlert.Trouble.NO_ACCOUNT
    assert not Message.objects.exists()


def test_publishing_warns_of_phones_without_an_account_and_of_what_is_no_number(desk: Desk) -> None:
    node = {"kind": "alert", "text": "x", "phones": ["0501234567", "מוקד"], "next": None}
    graph = {"format": 1, "start": "n", "nodes": {"n": node}, "triggers": [{"kind": "custom"}]}

    found = {(one.path, one.level) for one in check(graph, world_of(desk.workspace))}

    assert ("nodes.n.phones", "warning") in found
    assert ("nodes.n.phones[1]", "error") in found
    default_account(desk.workspace, "sms")
    found = {(one.path, one.level) for one in check(graph, world_of(desk.workspace))}
    assert ("nodes.n.phones", "warning") not in found


def test_an_alert_of_no_journey_is_mailed_too(desk: Desk, mailoutbox: Any, owner: Any) -> None:
    told(desk, emails=[owner.email])

    alerts.mail_alerts(desk.now)

    (sent,) = mailoutbox
    assert "/desk/" in sent.body


def test_erasing_a_person_takes_their_tasks_and_alerts(
    desk: Desk, access: Access, noa: Any
) -> None:
    default_account(desk.workspace, "sms")
    actions.add_task(access, noa, title="להתקשר", now=desk.now)
    told(desk, contact_id=noa.pk, phones=["+972501234567"])
    texting.text_alerts(desk.now)

    erase_contact(access, noa, now=desk.now)

    assert not StaffTask.objects.exists()
    assert not StaffAlert.objects.exists()
    assert Message.objects.get(source="alert").data is None
