"""Waiting for something: until a rule holds, or an event happens, or the time is up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kesher.journeys.asking import happened_since, mark_heard, read, truths_of
from kesher.journeys.eventwords import with_event
from kesher.journeys.kinds import (
    NODES,
    Cohort,
    Go,
    Listen,
    Node,
    Outcome,
    Stay,
    Stop,
    Walker,
    WithPorts,
)
from kesher.journeys.listening import changes_with_time, kinds_that_change
from kesher.journeys.problems import WARNING, Problem, of_rule
from kesher.journeys.settings import Setting, World
from kesher.journeys.when import after, instant
from kesher.rules.durations import read_duration
from kesher.rules.parse import problems_of
from kesher.rules.problems import BadRule

YES, TIMED_OUT = Go("yes"), Go("timed_out")


class WaitUntil(WithPorts):
    """With `event`: for the next event of that kind, whose data pass the rule. Else: until the rule holds."""

    key = "wait_until"
    label = _("Wait until")
    help = _("Goes on as soon as something happens, or when the time is up")
    icon = "hourglass"
    tone = "amber"
    group = "wait"
    port_keys = ("yes", "timed_out")
    waits = True
    settings = (
        Setting(
            "event",
            _("Until this happens"),
            "event",
            help=_("counts from the moment the person gets here"),
        ),
        Setting(
            "rule", _("Until this holds"), "branches", help=_("who fits already goes on at once")
        ),
        Setting("timeout", _("But no longer than"), "duration", help=_("then “the time is up”")),
    )

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        given, found = node.given, []
        if not given.get("event") and not given.get("rule"):
            found.append(Problem("missing", path, _("nothing says what to wait for")))
        elif given.get("rule") is not None:
            words = with_event(world.vocabulary, given["rule"], given.get("event") or "")
            found.extend(of_rule(problems_of(given["rule"], words, path=f"{path}.rule")))
        if not given.get("timeout"):
            text = _("without a time limit, those for whom it never happens stay here for good")
            found.append(Problem("no_timeout", f"{path}.timeout", text, {}, None, WARNING))
        return found

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        given, sitting = cohort.node.given, cohort.sitting
        kinds, look_at = _heard(cohort)
        if kinds is None:
            return [Stop("broken_rule")] * len(cohort.walkers)
        if event := given.get("event"):
            mark_heard(sitting, event, [walker for walker in cohort.walkers if not walker.woken])
            waiting = [walker for walker in cohort.walkers if walker.woken]
            found = happened_since(sitting, cohort.version, event, given.get("rule"), waiting)
            came = {
                one.run_id for one, data in zip(waiting, found, strict=True) if data is not None
            }
        else:
            truths = truths_of(sitting, cohort.version, given.get("rule"), cohort.walkers)
            came = {one.run_id for one, truth in zip(cohort.walkers, truths, strict=True) if truth}
        return [
            self._of(cohort, walker, walker.run_id in came, kinds, look_at)
            for walker in cohort.walkers
        ]

    def _of(
        self,
        cohort: Cohort,
        walker: Walker,
        came: bool,
        kinds: frozenset[str],
        look_at: datetime | None,
    ) -> Outcome:
        now, zone = cohort.sitting.now, cohort.sitting.zone
        if came:
            return YES
        if walker.woken:
            if walker.until is not None and walker.until <= now:
                return TIMED_OUT
            return Listen(kinds, walker.until, look_at) if look_at else Stay()
        timeout = read_duration(cohort.node.given.get("timeout"))
        return Listen(kinds, after(now, timeout, zone) if timeout else None, look_at)


def _heard(cohort: Cohort) -> tuple[frozenset[str] | None, datetime | None]:
    """What to listen to, and when the mere passing of a day may make the rule true. None: the rule cannot be read."""
    given, sitting = cohort.node.given, cohort.sitting
    if event := given.get("event"):
        return frozenset({event}), None
    try:
        rule = read(sitting, cohort.version, given.get("rule"))
    except BadRule:
        return None, None
    words = sitting.own_words(cohort.version.graph, cohort.version.journey_id, given.get("rule"))
    look_at = None
    if changes_with_time(rule, words):
        today = sitting.now.astimezone(ZoneInfo(sitting.zone)).date()
        look_at = instant(today + timedelta(days=1), time(), sitting.zone)
    return kinds_that_change(rule, words), look_at


NODES.register(WaitUntil())
