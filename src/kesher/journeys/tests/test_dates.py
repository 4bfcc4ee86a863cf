"""Triggers by date, and waits around a date of the contact's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kesher.contacts.actions import update_contact
from kesher.journeys.checks import check, errors
from kesher.journeys.clockwork import strike
from kesher.journeys.tests.conftest import Desk
from kesher.journeys.world import world_of

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


def test_half_past_midnight_is_of_the_day_it_begins_in_jerusalem(desk: Desk, noa: Any) -> None:
    """On 26 March 2027 the clocks go forward an hour and a half later; a year after they have gone already."""
    type(noa).objects.filter(pk=noa.pk).update(birthday=date(2000, 3, 26))
    trigger = {"kind": "date", "field": "birthday", "every": "year", "at": "00:30"}
    desk.publish({"end": {"kind": "exit"}}, triggers=[trigger], reentry={"policy": "always"})

    desk.wait(days=2 * 365)

    started = [run.started_at.isoformat() for run in desk.runs(noa)]
    assert started == ["2027-03-25T22:30:00+00:00", "2028-03-25T21:30:00+00:00"]


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


def test_hebrew_birthdays_come_round_by_the_rules_of_leap_years(
    desk: Desk, noa: Any, dan: Any, yael: Any
) -> None:
    """The year is 5787, a leap year. 5785 and 5788 are plain."""
    for contact, born in (
        (noa, date(2025, 3, 14)),  # 14 Adar of a plain year: the second Adar
        (dan, date(2024, 2, 23)),  # 14 Adar I of a leap year
        (yael, date(2024, 3, 10)),  # 30 Adar I
    ):
        type(noa).objects.filter(pk=contact.pk).update(birthday=born)
    trigger = {"kind": "date", "field": "birthday", "every": "hebrew_year", "at": "09:00"}
    desk.publish(END, triggers=[trigger], reentry={"policy": "always"})

    desk.until(datetime(2028, 4, 1, tzinfo=UTC))

    days = {one.pk: [run.started_at.date() for run in desk.runs(one)] for one in (noa, dan, yael)}
    assert days == {
        noa.pk: [date(2027, 3, 23), date(2028, 3, 12)],
        dan.pk: [date(2027, 2, 21), date(2028, 3, 12)],
        yael.pk: [date(2027, 3, 9), date(2028, 3, 28)],  # in the plain year 1 Nisan
    }
    assert desk.runs(noa)[0].started_at == datetime(2027, 3, 23, 7, tzinfo=UTC)


def test_who_was_born_after_sunset_comes_a_hebrew_day_later(desk: Desk, noa: Any, dan: Any) -> None:
    evening = desk.field("evening", "yes_no").key
    for contact, after_sunset in ((noa, True), (dan, None)):
        contact.birthday = date(2024, 12, 7)  # 6 Kislev by daylight
        contact.fields = {evening: after_sunset} if after_sunset else {}
        contact.save()
    trigger = {
        "kind": "date", "field": "birthday", "every": "hebrew_year", "offset": "P3D",
        "evening": evening,
    }  # fmt: skip
    desk.publish(END, triggers=[trigger])

    desk.wait(days=10)

    assert [run.started_at.date() for run in desk.runs(dan)] == [date(2026, 11, 19)]
    assert [run.started_at.date() for run in desk.runs(noa)] == [date(2026, 11, 20)]


def test_a_holiday_and_a_hebrew_day_start_everybody_each_year(desk: Desk, noa: Any) -> None:
    triggers = [
        {"kind": "date", "holiday": "passover_eve", "offset": "-P14D", "at": "10:00"},
        {"kind": "date", "holiday": "independence_day", "at": "08:00"},
        {"kind": "date", "hebrew_month": "tishrei", "hebrew_day": 3, "every": "year"},
    ]
    desk.publish(END, triggers=triggers, reentry={"policy": "always"})

    desk.until(datetime(2028, 5, 10, tzinfo=UTC))

    assert [run.started_at for run in desk.runs(noa)] == [
        datetime(2027, 4, 7, 7, tzinfo=UTC),
        datetime(2027, 5, 12, 5, tzinfo=UTC),
        datetime(2027, 10, 4, 6, tzinfo=UTC),
        datetime(2028, 3, 27, 7, tzinfo=UTC),
        datetime(2028, 5, 2, 5, tzinfo=UTC),  # 5 Iyar is a Monday: moved to Tuesday
    ]


@pytest.mark.parametrize(
    ("wait", "ends"),
    [
        ({}, "2026-12-20T18:30"),
        ({"offset": "-PT2H"}, "2026-12-20T16:30"),
        ({"offset": "-PT20H"}, "2026-12-19T22:30"),
        ({"offset": "P1D"}, "2026-12-21T18:30"),
        ({"offset": "P1DT30M"}, "2026-12-21T19:00"),
        ({"offset": "-P1D", "at": "09:00"}, "2026-12-19T09:00"),
        ({"weekdays": ["tue"]}, "2026-12-22T18:30"),
    ],
)
def test_a_wait_until_a_date_with_an_hour_keeps_the_hour(
    desk: Desk, noa: Any, wait: dict[str, Any], ends: str
) -> None:
    meeting = desk.field("meeting", "date_time").key
    noa.fields = {meeting: "2026-12-20T16:30:00Z"}  # 18:30 in Jerusalem
    noa.save()
    step = {"kind": "wait", "until_field": meeting, "past": "late", "next": "end", **wait}
    desk.publish({"wait": step, "late": {"kind": "exit"}, **END}, triggers=[{"kind": "custom"}])
    desk.custom(noa)

    desk.wait(days=40)

    (run,) = desk.runs(noa)
    local = run.ended_at.astimezone(ZoneInfo("Asia/Jerusalem"))
    assert (run.node, f"{local:%Y-%m-%dT%H:%M}") == ("end", ends)


def test_a_wait_until_a_meeting_follows_it_across_a_spring_night(
    desk: Desk, access: Any, noa: Any
) -> None:
    """In the night to 26 March 2027 the clocks go forward at two: three hours before 04:30 it is 00:30."""
    meeting = desk.field("meeting", "date_time").key
    noa.fields = {meeting: "2027-03-20T10:00:00Z"}
    noa.save()
    step = {"kind": "wait", "until_field": meeting, "offset": "-PT3H", "next": "end"}
    desk.publish({"wait": step, **END}, triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.wait(days=3)

    update_contact(access, noa, values={meeting: "2027-03-26T01:30:00Z"}, now=desk.now)
    desk.until(datetime(2027, 4, 1, tzinfo=UTC))

    assert desk.runs(noa)[0].ended_at == datetime(2027, 3, 25, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "trigger",
    [
        {"holiday": "passover", "field": "birthday"},
        {"holiday": "christmas"},
        {"hebrew_month": "nisan"},
        {"hebrew_month": "nisan", "hebrew_day": 31},
        {"holiday": "purim", "every": "month"},
        {"field": "birthday", "offset": "-PT2H"},
        {"field": "birthday", "every": "hebrew_year", "evening": "city"},
    ],
)
def test_what_a_date_cannot_mean_is_refused(access: Any, trigger: dict[str, Any]) -> None:
    graph = {
        "format": 1, "name": "x", "start": "end", "nodes": END,
        "triggers": [{"kind": "date", **trigger}],
    }  # fmt: skip

    assert errors(check(graph, world_of(access.workspace)))


def test_after_a_year_without_a_worker_only_the_last_week_is_made_up_for(
    desk: Desk, noa: Any, dan: Any
) -> None:
    type(noa).objects.filter(pk=noa.pk).update(birthday=date(1990, 12, 1))
    type(dan).objects.filter(pk=dan.pk).update(birthday=date(1990, 11, 18))
    desk.publish(END, triggers=[{"kind": "date", "field": "birthday", "every": "year"}])

    desk.now = datetime(2027, 11, 20, 12, tzinfo=UTC)
    turns = 0
    while strike(desk.workspace, now=desk.now):
        turns += 1

    assert turns < 10
    assert [run.contact_id for run in desk.runs()] == [dan.pk]
