"""Why somebody never began a journey: what each of its triggers lacked; and whether somebody may come in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from kesher.accounts.models import AuditEntry
from kesher.contacts.models import Contact
from kesher.events.inbox import Happened
from kesher.events.kinds import EVENT_KINDS
from kesher.journeys.graph import Trigger
from kesher.journeys.knowing import Asked
from kesher.journeys.matching import CONSUMER, MACHINE, passing
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.sitting import Sitting
from kesher.journeys.triggers import DATE, MANUAL
from kesher.journeys.versions import Live, ready, version_of
from kesher.journeys.whywords import moment
from kesher.lib import sql
from kesher.lib.bidi import isolated
from kesher.rules.durations import before, read_duration
from kesher.rules.problems import BadRule
from kesher.rules.words import in_words

MOST_EVENTS = 50


def never(journey: Journey, contact: Contact, now: datetime) -> tuple[str, list[str]]:
    """A sentence, and one for each trigger."""
    if contact.deleted_at is not None:
        return _("Never began: the contact was deleted."), []
    match Journey.Status(journey.status):
        case Journey.Status.DRAFT:
            return _("Never began: the journey has not been published. A rehearsal sends nothing."), []  # fmt: skip
        case Journey.Status.ARCHIVED:
            return _("Never began: the journey is archived."), []
        case Journey.Status.PAUSED:
            summary = _("Never began; the journey is paused now and takes nobody in.")
        case _:
            summary = _("Never began: nothing that starts the journey has happened to them since it was published.")  # fmt: skip
    if journey.live_version is None:
        return summary, []
    live = Live(journey.pk, journey.key, journey.name, ready(journey.live_version))
    if not live.version.graph.triggers:
        return _("Never began: people come into this journey by hand or from another journey, and nobody has taken them in."), []  # fmt: skip
    asking = _Asking(journey, contact, live, now)
    return summary, [asking.trigger(one) for one in live.version.graph.triggers]


_EVENTS = """
SELECT e.id, e.at, e.source, e.data::text, e.depth,
       EXISTS (SELECT 1 FROM inbox i WHERE i.workspace_id = e.workspace_id AND i.event_id = e.id AND i.consumer = %(consumer)s)
FROM event e WHERE e.workspace_id = %(workspace)s AND e.contact_id = %(contact)s AND e.kind = %(kind)s
ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
"""


class _Asking:
    """One contact at one journey's door."""

    def __init__(self, journey: Journey, contact: Contact, live: Live, now: datetime) -> None:
        self.journey, self.contact, self.live, self.now = journey, contact, live, now
        self.sitting = Sitting(journey.workspace, now)
        self.published_at = min(journey.versions.values_list("created_at", flat=True))
        self.pauses = list(_pauses(journey))

    def trigger(self, trigger: Trigger) -> str:
        name = self._name(trigger)
        if trigger.kind == MANUAL:
            return _("%(trigger)s: nobody has taken them in.") % {"trigger": name}
        if trigger.kind == DATE:
            return self._date(trigger, name)
        words = {"trigger": name}
        events = list(self._events(trigger.kind))
        since = [one for one in events if one[0].at >= self.published_at]
        if not events:
            if trigger.kind == "segment.entered" and self._is_member(trigger):
                return _("%(trigger)s: they were in it already; only who comes into it later begins.") % words  # fmt: skip
            return _("%(trigger)s: this has not happened to them.") % words
        if not since:
            words |= {"day": self._day(events[0][0].at), "published": self._day(self.published_at)}
            return _("%(trigger)s: this happened on %(day)s, before the journey was published on %(published)s.") % words  # fmt: skip
        happened, waits = since[0]
        return self._one(trigger, happened, waits, words | {"day": self._day(happened.at)})

    def _one(self, trigger: Trigger, event: Happened, waits: bool, words: dict[str, str]) -> str:
        if waits:
            return _("%(trigger)s: this happened on %(day)s, and is just being taken up.") % words
        if MACHINE in event.data:
            return _("%(trigger)s: on %(day)s a machine did this, not they themselves.") % words
        plain = replace(trigger, given={k: v for k, v in trigger.given.items() if k != "rule"})
        if not passing(self.sitting, self.live, plain, [event]):
            return _("%(trigger)s: what happened on %(day)s was not what the trigger asks for.") % words  # fmt: skip
        if any(start <= event.at < end for start, end in self.pauses):
            return _("%(trigger)s: this happened on %(day)s, while the journey was paused.") % words
        if not passing(self.sitting, self.live, trigger, [event]):
            rule = self._rule(trigger)
            return _("%(trigger)s: this happened on %(day)s, but this was not so: %(rule)s.") % (words | {"rule": rule})  # fmt: skip
        return _("%(trigger)s: this happened on %(day)s, when the trigger asked for something else or they did not fit it yet.") % words  # fmt: skip

    def _events(self, kind: str) -> Iterator[tuple[Happened, bool]]:
        parameters = {
            "workspace": self.journey.workspace_id, "contact": self.contact.pk, "kind": kind,
            "limit": MOST_EVENTS, "consumer": CONSUMER,
        }  # fmt: skip
        for number, at, source, data, depth, waits in sql.rows(_EVENTS, parameters):
            happened = Happened(0, number, kind, self.contact.pk, at, source, json.loads(data), depth)  # fmt: skip
            yield happened, waits

    def _name(self, trigger: Trigger) -> str:
        given, vocabulary = trigger.given, self.sitting.vocabulary
        if trigger.kind == MANUAL:
            return _("By hand")
        if trigger.kind == DATE:
            return _("Date")
        name = (
            str(EVENT_KINDS.get(trigger.kind).label)
            if trigger.kind in EVENT_KINDS
            else trigger.kind
        )
        which = vocabulary.list(given["list"]) if given.get("list") else None
        segment = vocabulary.segment(str(given["segment"])) if given.get("segment") else None
        about = which.name if which else segment.name if segment else ""
        return f"{name}: {isolated(str(about))}" if about else name

    def _rule(self, trigger: Trigger) -> str:
        rule = trigger.given.get("rule")
        try:
            read = self.sitting.rule(rule, kind=trigger.kind)
        except BadRule:
            return _("the condition asks for something that is no longer there")
        return in_words(read, self.sitting.words_for(rule, trigger.kind))

    def _date(self, trigger: Trigger, name: str) -> str:
        key = str(trigger.given.get("field") or "")
        known = self.sitting.vocabulary.field(key)
        words = {"trigger": name, "field": isolated(str(known.label) if known else key)}
        if key and not self._value(key):
            return _("%(trigger)s: “%(field)s” of this contact is empty.") % words
        if key:
            return _("%(trigger)s: the day of “%(field)s” has not come since the journey was published.") % words  # fmt: skip
        return _("%(trigger)s: the day has not come since the journey was published.") % words

    def _value(self, key: str) -> object:
        return getattr(self.contact, key, None) or self.contact.fields.get(key)

    def _is_member(self, trigger: Trigger) -> bool:
        try:
            rule = self.sitting.rule({"segment": trigger.given.get("segment")})
        except BadRule:
            return False
        return self.sitting.holds_for(rule, [Asked(self.contact.pk)])[0]

    def _day(self, at: datetime) -> str:
        return moment(at, self.journey.workspace.time_zone)


def _pauses(journey: Journey) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it was paused, as the audit log tells."""
    acts = AuditEntry.objects.filter(
        workspace_id=journey.workspace_id, object_kind="journey", object_id=str(journey.pk),
        action__in=("journey.paused", "journey.resumed"),
    ).order_by("pk")  # fmt: skip
    since: datetime | None = None
    for action, at in acts.values_list("action", "at"):
        if action == "journey.paused":
            since = at
        elif since is not None:
            yield since, at
            since = None
    if journey.paused_at is not None:
        yield journey.paused_at, datetime.max.replace(tzinfo=journey.paused_at.tzinfo)


def again_words(journey: Journey, last: JourneyRun, now: datetime) -> str:
    """Whether they may come in again, by the journey's policy; "" when nothing keeps them out."""
    version = journey.live_version
    if version is None or journey.status != Journey.Status.LIVE:
        return ""
    reentry = version_of(version.pk).graph.reentry
    match reentry.policy:
        case "never":
            return _("Comes in once only, so does not come in again.")
        case "one_at_a_time" if last.ended_at is None:
            return _("Is inside already, and comes in again only after leaving.")
        case "after":
            duration = read_duration(reentry.after)
            zone = journey.workspace.time_zone
            if duration and before(now, duration, zone) < last.started_at:
                began = moment(last.started_at, zone)
                return _("Began on %(day)s, and it is too early to come in again.") % {"day": began}
    return ""
