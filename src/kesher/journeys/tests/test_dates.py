"""Triggers by date, and waits around a date of the contact's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from kesher.contacts.actions import update_contact
from kesher.journeys.tests.conftest import Desk

END = {"end": {"kind": "exit"}}


def test_a_birthday_starts_a_week_ahead_each_year_at_its_hour(
    desk: Desk, noa: Any, dan: Any
) -> None:
    type(noa).objects.filter(pk=noa.pk).update(birthday=date(1990, 11, 27))
    type(dan).objects.filter(pk=dan.pk).update(birthday=date(1990, 11, 28))
    trigger = {
        "kind": "date",
        "field": "birthday",
        "offset": "-P7D",
        "at": "08:30",
        "every": "year",
    }
    desk.publish(END, triggers=[trigger], reentry={"policy": "always"})

    desk.until(datetime(2027, 12, 1, tzinfo=UTC))

    assert [run.started_at for run in desk.runs(noa)] == [
        datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
        datetime(2027, 11, 20, 6, 30, tzinfo=UTC),
    ]
    assert [run.started_at.date() for run in desk.runs(dan)] == [
        date(2026, 11, 21),
        date(2027, 11, 21),
    ]


def test_29_february_is_greeted_every_year(desk: Desk, noa: Any) -> None:
    type(noa).objects.filter(pk=noa.pk).update(birthday=date(2000, 2, 29))
    trigger = {"kind": "date", "field": "birthday", "at": "09:00", "every": "year"}
    desk.publish(END, triggers=[trigger], reentry={"policy": "always"})

    desk.until(datetime(2028, 4, 1, tzinfo=UTC))

    assert [run.started_at.date() for run in desk.runs(noa)] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_a_renewal_comes_once_before_its_own_date_and_asks_the_rule(
    desk: Desk, noa: Any, dan: Any
) -> None:
    desk.field("renewal", "date")
    for contact in (noa, dan):
        contact.fields = {"renewal": "2026-12-20"}
        contact.save()
    trigger = {
        "kind": "date", "field": "renewal", "offset": "-P30D", "at": "10:00",
        "rule": {"field": "city", "op": "equals", "value": "חיפה"},
    }  # fmt: skip
    desk.publish(END, triggers=[trigger])

    desk.wait(days=60)

    assert [run.started_at for run in desk.runs()] == [datetime(2026, 11, 20, 8, tzinfo=UTC)]
    assert desk.runs()[0].contact_id == noa.pk


def test_a_fixed_day_starts_everybody(desk: Desk, noa: Any, dan: Any) -> None:
    desk.publish(END, triggers=[{"kind": "date", "on": "2026-12-01", "at": "12:00"}])

    desk.wait(days=30)

    assert {run.contact_id for run in desk.runs()} == {noa.pk, dan.pk}
    assert {run.started_at for run in desk.runs()} == {datetime(2026, 12, 1, 10, tzinfo=UTC)}


def test_a_month_day_comes_round_each_month(desk: Desk, noa: Any) -> None:
    desk.field("paid_on", "date")
    noa.fields = {"paid_on": "2026-08-31"}
    noa.save()
    desk.publish(
        END,
        triggers=[{"kind": "date", "field": "paid_on", "every": "month"}],
        reentry={"policy": "always"},
    )

    desk.until(datetime(2027, 4, 1, tzinfo=UTC))

    days = [run.started_at.date().isoformat() for run in desk.runs(noa)]
    assert days == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]


def test_a_wait_follows_a_date_that_moves(desk: Desk, access: Any, noa: Any) -> None:
    desk.field("flight", "date")
    noa.fields = {"flight": "2026-12-20"}
    noa.save()
    nodes = {
        "wait": {
            "kind": "wait",
            "until_field": "flight",
            "offset": "-P2D",
            "at": "09:00",
            "next": "end",
        },
        **END,
    }
    desk.publish(nodes, triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.wait(days=3)

    update_contact(access, noa, values={"flight": "2026-12-30"}, now=desk.now)
    desk.until(datetime(2026, 12, 25, tzinfo=UTC))
    assert desk.runs(noa)[0].ended_at is None
    desk.wait(days=10)

    assert desk.runs(noa)[0].ended_at == datetime(2026, 12, 28, 7, tzinfo=UTC)


def test_who_has_no_date_or_a_past_one_goes_another_way(
    desk: Desk, noa: Any, dan: Any, yael: Any
) -> None:
    desk.field("flight", "date")
    for contact, day in ((dan, "2026-11-01"), (yael, "2026-11-18")):
        contact.fields = {"flight": day}
        contact.save()
    nodes = {
        "wait": {"kind": "wait", "until_field": "flight", "past": "late", "no_date": "none", "next": "end"},
        "late": {"kind": "exit"}, "none": {"kind": "exit"}, **END,
    }  # fmt: skip
    desk.publish(nodes, triggers=[{"kind": "custom"}])
    for contact in (noa, dan, yael):
        desk.custom(contact)
    desk.wait(days=5)

    assert {run.contact_id: run.node for run in desk.runs()} == {
        noa.pk: "none",
        dan.pk: "late",
        yael.pk: "end",
    }


def test_days_missed_while_nothing_ran_are_made_up_for(desk: Desk, noa: Any) -> None:
    type(noa).objects.filter(pk=noa.pk).update(birthday=date(1990, 11, 19))
    desk.publish(END, triggers=[{"kind": "date", "field": "birthday", "every": "year"}])

    desk.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    desk.settle()

    assert len(desk.runs(noa)) == 1
