"""Waiting for a time: so long, until a moment, an hour or a day of the week, or around a date of the contact's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kesher.journeys.fielddays import FieldDay, days_of_field
from kesher.journeys.kinds import (
    NEXT,
    NODES,
    Cohort,
    Go,
    Listen,
    Node,
    Outcome,
    Sleep,
    Stay,
    Walker,
    WithPorts,
)
from kesher.journeys.problems import Problem
from kesher.journeys.settings import Setting, World
from kesher.journeys.triggers import EVERY_HELP, ROUNDS
from kesher.journeys.when import (
    after,
    instant,
    next_opening,
    occurrence,
    read_moment,
    read_time,
    signed,
)
from kesher.rules.durations import read_duration

WAYS = ("for", "until", "until_field")
PAST, NO_DATE = "past", "no_date"
MORNING = time(9)


class Wait(WithPorts):
    """`past` and `no_date` are the ways of those for whom a date of theirs is over, or not known; else `next`."""

    key = "wait"
    label = _("Wait")
    help = _("A while, until a date, or until a good hour")
    icon = "clock"
    tone = "amber"
    group = "wait"
    port_keys = (NEXT, PAST, NO_DATE)
    waits = True
    settings = (
        Setting("for", _("For so long"), "duration", one_of="wait"),
        Setting("until", _("Until a moment"), "moment", one_of="wait"),
        Setting(
            "until_field", _("Until a date of the contact"), "field",
            fields=("date", "date_time"), one_of="wait",
            help=_("each person on their own day, at the hour it holds; who has none goes another way"),
        ),
        Setting("offset", _("So long before or after it"), "offset", goes_with="until_field"),
        Setting(
            "every", _("The date comes round"), "choice", goes_with="until_field",
            help=EVERY_HELP, choices=ROUNDS,
        ),
        Setting("at", _("Then until this hour"), "time", help=_("by the clock of the workspace")),
        Setting(
            "weekdays", _("On these days"), "weekdays", help=_("none chosen: on any day"),
        ),
    )  # fmt: skip

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        given = [key for key in WAYS if node.given.get(key)]
        if len(given) > 1:
            text = _("“for”, “until” and “until_field” exclude each other")
            return [Problem("wrong_value", f"{path}.{given[1]}", text)]
        if not given and not node.given.get("at") and not node.given.get("weekdays"):
            return [Problem("missing", path, _("nothing says how long to wait"))]
        return ()

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        if cohort.node.given.get("until_field"):
            return self._around_field(cohort)
        now = cohort.sitting.now
        arriving = self._by_clock(cohort.node.given, now, cohort.sitting.zone)
        return [
            arriving
            if not walker.woken
            else Stay()
            if walker.until is not None and walker.until > now
            else GO
            for walker in cohort.walkers
        ]

    def _by_clock(self, given: Any, now: datetime, zone: str) -> Outcome:
        """The same for everybody who comes now."""
        until = until_by_clock(given, now, zone)
        return Sleep(until) if until > now else GO

    def _around_field(self, cohort: Cohort) -> Sequence[Outcome]:
        """Asked again whenever the contact changes: a moved date moves the wait."""
        given, now, zone = cohort.node.given, cohort.sitting.now, cohort.sitting.zone
        days = days_of_field(cohort.sitting, given["until_field"], cohort.contact_ids)
        return [
            self._to(cohort.node, walker, days.get(walker.contact_id), now, zone)
            for walker in cohort.walkers
        ]

    def _to(
        self, node: Node, walker: Walker, held: FieldDay | None, now: datetime, zone: str
    ) -> Outcome:
        if held is None:
            return way(node, NO_DATE)
        # Counted from the day the wait began, so that a date which has just come is not "next year's".
        began = walker.arrived_at.astimezone(ZoneInfo(zone)).date()
        comes = occurrence(held.day, node.given.get("offset"), node.given.get("every") or "", began)
        if comes is None:
            return way(node, PAST)
        until = around(node.given, comes, held.hour, zone)
        if until <= now:
            return GO if walker.woken or until >= walker.arrived_at else way(node, PAST)
        return Listen(frozenset({"contact.updated"}), until)


def way(node: Node, port: str) -> Go:
    return Go(port) if node.ports.get(port) else GO


def around(given: Any, comes: date, own: time | None, zone: str) -> datetime:
    """When it is time, for a date that comes on this day. Where hours are counted, the date's own hour is before all."""
    at, weekdays = read_time(given.get("at")), given.get("weekdays") or ()
    duration, sign = signed(given.get("offset"))
    hour = (own or at if duration.seconds else at or own) or MORNING
    start = instant(comes, hour, zone) + sign * timedelta(seconds=duration.seconds)
    if not weekdays:
        return start
    clock = start.astimezone(ZoneInfo(zone)).time()
    return next_opening(start, zone, at=clock, weekdays=weekdays)


def until_by_clock(given: Any, arrived: datetime, zone: str) -> datetime:
    """Until when those wait who came at this time, where it is not a date of theirs."""
    start = arrived
    if duration := read_duration(given.get("for")):
        start = after(arrived, duration, zone)
    elif text := given.get("until"):
        start = max(read_moment(text, zone) or arrived, arrived)
    return opened(given, start, zone)


def opened(given: Any, start: datetime, zone: str) -> datetime:
    at, weekdays = read_time(given.get("at")), given.get("weekdays") or ()
    if at is None and not weekdays:
        return start
    return next_opening(start, zone, at=at, weekdays=weekdays)


GO = Go()
NODES.register(Wait())
