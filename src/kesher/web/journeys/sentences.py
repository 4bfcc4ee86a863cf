"""Steps, ways and triggers of a journey in sentences: one telling for the page, the canvas and the list of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kesher.accounts.models import Workspace
from kesher.contacts.acts import ActWords, act_words, acts_in_words, sift_acts
from kesher.contacts.channels import CHANNELS
from kesher.contacts.rules import vocabulary_of
from kesher.events.kinds import EVENT_KINDS
from kesher.journeys.eventwords import with_event
from kesher.journeys.graph import Graph, Reentry, Trigger
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.models import Journey
from kesher.journeys.nodes.split import branches_of, rule_of, typed
from kesher.journeys.nodes.update import ACT_KEYS
from kesher.journeys.ownmessages import own_messages
from kesher.journeys.settings import World
from kesher.journeys.triggers import DATE, MANUAL
from kesher.lib.bidi import isolated
from kesher.rules.durations import duration_words, read_duration
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words
from kesher.web.journeys.datewords import day_words, rounds_words

LONGEST = 160


class Teller:
    """Tells one graph. The workspace's words are read once, when a step has need of them."""

    def __init__(
        self,
        workspace: Workspace,
        graph: Graph,
        journey_id: int,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.graph = graph
        self._workspace = workspace
        self._vocabulary = vocabulary or vocabulary_of(workspace)
        self._own = own_messages(graph, journey_id)

    @cached_property
    def _acts(self) -> ActWords:
        return act_words(self._workspace)

    @cached_property
    def _journeys(self) -> dict[str, str]:
        rows = Journey.objects.filter(workspace=self._workspace)
        return dict(rows.values_list("key", "name"))

    def title(self, node: Node) -> str:
        """The step's own name, else what it does."""
        return str(node.given.get("name") or "") or str(NODES.get(node.kind).label)

    def sentence(self, node: Node) -> str:
        """What the step does, with its settings; "" where there is nothing to add to its title."""
        told = _TELLERS[node.kind](self, node.given) if node.kind in _TELLERS else ""
        return _short(told)

    def way(self, node: Node, port: str) -> str:
        """What stands on the way out of a step."""
        if port in _WAYS:
            return _WAYS[port]()
        branches = branches_of(node.given)
        if not port.isdigit() or not 0 < int(port) <= len(branches):
            return port
        branch = branches[int(port) - 1]
        if label := branch.get("label"):
            return str(label)
        if "share" in branch:
            return f"{branch['share']}%"
        return (
            _short(self.rule(typed(rule_of(node.given, branch), World(self._vocabulary)))) or port
        )

    def rule(self, json: Any, kind: str = "") -> str:
        """A rule in words; "" for none, or one that cannot be read."""
        if not json:
            return ""
        words = with_event(self._vocabulary, json, kind, self._own)
        try:
            return in_words(parse(json, words), words)
        except BadRule:
            return ""

    def trigger(self, trigger: Trigger) -> str:
        """What starts the journey."""
        given, name = trigger.given, trigger_label(trigger.kind)
        if trigger.kind == DATE:
            name = self._date(given)
        for key in ("list", "segment"):
            if given.get(key):
                name = f"{name}: {isolated(self._named(key, given[key]))}"
        if trigger.kind == "contact.updated" and given.get("changed"):
            keys = given["changed"] if isinstance(given["changed"], list) else [given["changed"]]
            name = f"{name}: {', '.join(isolated(self._field(key)) for key in keys)}"
        rule = self.rule(given.get("rule"), "" if trigger.kind == DATE else trigger.kind)
        return _("%(trigger)s, if %(rule)s") % {"trigger": name, "rule": rule} if rule else name

    def reentry(self, reentry: Reentry) -> str:
        """How often the same person may come in."""
        if reentry.policy == "after":
            return _("Again no earlier than %(duration)s after the last time") % {
                "duration": span(reentry.after)
            }
        return policy_words()[reentry.policy]

    def _named(self, what: str, key: Any) -> str:
        found = self._vocabulary.list(key) if what == "list" else self._vocabulary.segment(str(key))
        return str(found.name) if found else str(key)

    def _field(self, key: Any) -> str:
        found = self._vocabulary.field(str(key))
        return str(found.label) if found else str(key)

    def _date(self, given: Mapping[str, Any]) -> str:
        told = offset_words(given.get("offset"), day_words(given, self._field))
        if given.get("at"):
            told = _("%(day)s, at %(hour)s") % {"day": told, "hour": isolated(str(given["at"]))}
        return ", ".join(one for one in (told, rounds_words(given)) if one)

    def condition(self, given: Mapping[str, Any]) -> str:
        return self.rule(given.get("rule")) or _("No condition yet")

    def split(self, given: Mapping[str, Any]) -> str:
        count = len(branches_of(given))
        words = ngettext("%(count)s way", "%(count)s ways", count) % {"count": count}
        return f"{self._field(given['field'])}: {words}" if given.get("field") else words

    def random(self, given: Mapping[str, Any]) -> str:
        return " · ".join(f"{one.get('share', 0)}%" for one in branches_of(given))

    def mail(self, given: Mapping[str, Any]) -> str:
        subject = str(given.get("subject") or "").strip()
        return subject or self.text(given)

    def text(self, given: Mapping[str, Any]) -> str:
        return text_of(given.get("document")) or _("Nothing is written yet")

    def acts(self, given: Mapping[str, Any]) -> str:
        wanted = {key: given[key] for key in ACT_KEYS if given.get(key)}
        return acts_in_words(sift_acts(self._acts, wanted)[0]) or _("Nothing is changed yet")

    def wait(self, given: Mapping[str, Any]) -> str:
        told = []
        if given.get("for"):
            told.append(span(given["for"]))
        elif given.get("until_field"):
            day = offset_words(given.get("offset"), isolated(self._field(given["until_field"])))
            told.append(_("until %(day)s") % {"day": day})
            told.extend(one for one in (rounds_words(given),) if one)
        elif given.get("until"):
            day = isolated(str(given["until"]).replace("T", " "))
            told.append(_("until %(day)s") % {"day": day})
        if given.get("weekdays"):
            names = weekday_words()
            told.append(", ".join(names.get(day, day) for day in given["weekdays"]))
        if given.get("at"):
            told.append(_("at %(hour)s") % {"hour": isolated(str(given["at"]))})
        return ", ".join(told) or _("Nothing says how long yet")

    def wait_until(self, given: Mapping[str, Any]) -> str:
        event = trigger_label(str(given["event"])) if given.get("event") else ""
        rule = self.rule(given.get("rule"), str(given.get("event") or ""))
        told = ": ".join(one for one in (event, rule) if one) or _("Nothing says for what yet")
        if not given.get("timeout"):
            return told
        limit = {"told": told, "duration": span(given["timeout"])}
        return _("%(told)s; at most %(duration)s") % limit

    def consent(self, given: Mapping[str, Any]) -> str:
        channel = CHANNELS.get(str(given.get("channel")))
        state = {"withdrawn": _("refuses"), "granted": _("agrees")}.get(str(given.get("state")))
        return f"{channel.label}: {state}" if channel and state else _("Not chosen yet")

    def journey(self, given: Mapping[str, Any]) -> str:
        key = str(given.get("journey") or "")
        return self._journeys.get(key, key) or _("Not chosen yet")


def _given(key: str) -> Callable[[Teller, Mapping[str, Any]], str]:
    return lambda _teller, given: strip_tags(str(given.get(key) or ""))


_TELLERS: dict[str, Callable[[Teller, Mapping[str, Any]], str]] = {
    "condition": Teller.condition,
    "split": Teller.split,
    "random_split": Teller.random,
    "send_email": Teller.mail,
    "send_sms": Teller.text,
    "send_whatsapp": Teller.text,
    "update_contact": Teller.acts,
    "add_to_lists": Teller.acts,
    "remove_from_lists": Teller.acts,
    "wait": Teller.wait,
    "wait_until": Teller.wait_until,
    "consent": Teller.consent,
    "start_journey": Teller.journey,
    "stop_journey": Teller.journey,
    "alert": _given("text"),
    "task": _given("title"),
    "webhook": _given("url"),
}
_WAYS: dict[str, Callable[[], str]] = {
    "next": lambda: _("on"),
    "yes": lambda: _("Yes"),
    "no": lambda: _("No"),
    "timed_out": lambda: _("The time is up"),
    "otherwise": lambda: _("Otherwise"),
    "past": lambda: _("The date is over"),
    "no_date": lambda: _("There is no date"),
    "failed": lambda: _("No answer"),
}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def text_of(document: Any) -> str:
    """The first words of a message made in place."""
    blocks = document.get("blocks") if isinstance(document, Mapping) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Mapping):
            words = strip_tags(str(block.get("html") or block.get("text") or "")).strip()
            if words:
                return words
    return ""


def trigger_label(kind: str) -> str:
    if kind == DATE:
        return _("Date")
    if kind == MANUAL:
        return _("By hand")
    return str(EVENT_KINDS.get(kind).label) if kind in EVENT_KINDS else kind


def span(text: Any) -> str:
    """A duration in words; as it stands when it cannot be read."""
    found = read_duration(text)
    return duration_words(found) if found else str(text or "…")


def offset_words(offset: Any, day: str) -> str:
    """ "3 days before Birthday"."""
    if not isinstance(offset, str) or not read_duration(offset.removeprefix("-")):
        return day
    told = {"duration": span(offset.removeprefix("-")), "day": day}
    if offset.startswith("-"):
        return _("%(duration)s before %(day)s") % told
    return _("%(duration)s after %(day)s") % told


def weekday_words() -> dict[str, str]:
    """By key, in the order of the week here."""
    return {
        "sun": pgettext("day", "Sun"), "mon": pgettext("day", "Mon"), "tue": pgettext("day", "Tue"),
        "wed": pgettext("day", "Wed"), "thu": pgettext("day", "Thu"), "fri": pgettext("day", "Fri"),
        "sat": pgettext("day", "Sat"),
    }  # fmt: skip


def policy_words() -> dict[str, str]:
    """The policies of coming back."""
    return {
        "one_at_a_time": _("Again and again, but not while still inside"),
        "never": _("Once only"),
        "always": _("Each time, also side by side"),
        "restart": _("Each time, beginning again from the start"),
        "after": _("Again, but only after a while"),
    }
