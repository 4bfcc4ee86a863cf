"""A rehearsal's result for reading: steps with their numbers, what to look at, two versions side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.models import Workspace
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import fields_of
from kesher.content.tags import in_words as tags_in_words
from kesher.journeys.graph import parse
from kesher.journeys.kinds import Node
from kesher.journeys.queries import NodeNumbers
from kesher.journeys.reasons import in_words as left_in_words
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.lib.bidi import isolated
from kesher.messages.reasons import in_words
from kesher.web import formats
from kesher.web.contacts.card import full_name
from kesher.web.journeys.outline import Line, outline
from kesher.web.journeys.sentences import Teller

MOST_BARS = 60


@dataclass(frozen=True)
class Bar:
    """One day, or several where there are many. `height` is of a hundred."""

    words: str
    count: int
    height: int


@dataclass(frozen=True)
class Step:
    """A line of the outline, with the days on which people came."""

    line: Line
    first: date | None
    last: date | None
    bars: list[Bar]


@dataclass(frozen=True)
class Look:
    """Something to look at. `node` and `what` lead to the people or the messages it is about."""

    words: str
    icon: str
    count: int = 0
    node: str = ""
    what: str = ""  # "refused", "person" or ""
    contact: int = 0
    note: str = ""


class Result:
    """One result, told. `Teller` reads the workspace's words once."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal, self.told = rehearsal, rehearsal.result
        self.workspace: Workspace = rehearsal.workspace
        self.zone = ZoneInfo(self.workspace.time_zone)
        self.graph = parse(rehearsal.graph)
        self.teller = Teller(self.workspace, self.graph, rehearsal.journey_id)
        self._fields = fields_of(self.workspace)
        self.titles = {key: self.teller.title(node) for key, node in self.graph.nodes.items()}
        self.labels = {key: self._label(key) for key in self.graph.nodes}
        self.start = datetime.fromisoformat(self.told["start"]).astimezone(self.zone)
        self.until = datetime.fromisoformat(self.told["until"]).astimezone(self.zone)

    def _label(self, key: str) -> str:
        """Which step it is: of messages, several of which are called alike, what stands in their subject."""
        node = self.graph.nodes[key]
        if not node.kind.startswith("send_") or node.given.get("name"):
            return self.titles[key]
        return self.sentence(node) or self.titles[key]

    def sentence(self, node: Node) -> str:
        """Merge tags are said by the names of their fields."""
        return tags_in_words(self.teller.sentence(node), self._fields)

    def sending(self) -> list[tuple[str, str]]:
        """The steps that send."""
        nodes = self.graph.nodes
        return [
            (key, name) for key, name in self.labels.items() if nodes[key].kind.startswith("send_")
        ]

    def steps(self) -> list[Step]:
        given: Mapping[str, Any] = self.told["nodes"]
        numbers = {
            key: NodeNumbers(
                one["entered"], one["left"],
                {port: way["count"] for port, way in one["ports"].items()}, one.get("messages", {}),
            )
            for key, one in given.items()
        }  # fmt: skip
        return [
            self._step(line, given.get(line.key, {}).get("days", {}))
            for line in outline(self.graph, self.teller, numbers)
        ]

    def _step(self, line: Line, days: Mapping[str, int]) -> Step:
        known = sorted(date.fromisoformat(one) for one in days)
        first, last = (known[0], known[-1]) if known else (None, None)
        return Step(line, first, last, self.bars(days) if len(known) > 1 else [])

    def bars(self, days: Mapping[str, int]) -> list[Bar]:
        """The whole period, so that bars of different steps stand under each other."""
        first, last = self.start.date(), self.until.date()
        size = -(-((last - first).days + 1) // MOST_BARS)
        sums: dict[int, int] = {}
        for text, count in days.items():
            place = (date.fromisoformat(text) - first).days // size
            sums[place] = sums.get(place, 0) + count
        most = max(sums.values(), default=0)
        return [
            Bar(
                _span(first + timedelta(days=place * size), size),
                count := sums.get(place, 0),
                max(4, count * 100 // most) if count else 0,
            )
            for place in range(((last - first).days // size) + 1)
        ]

    def sent_bars(self) -> list[Bar]:
        days = self.told.get("sent_by_day", {})
        return self.bars(days) if len(days) > 1 else []

    def title(self, node: str | None) -> str:
        return isolated(self.labels.get(node or "", node or _("another journey")))

    # What to look at.

    def looks(self) -> list[Look]:
        """The heaviest first: what would not go out, what people would see wrongly, what comes too much."""
        return [
            *self._refused(), *self._moved(), *self._contents(), *self._repeats(), *self._parts(),
            *self._crowded(), *self._others(), *self._effects(),
        ]  # fmt: skip

    def _refused(self) -> Iterable[Look]:
        for one in self.told["refused"]:
            words = _("%(step)s: %(reason)s") % {
                "step": self.title(one["node"]),
                "reason": in_words(one["reason"]),
            }
            yield Look(words, "mail-off", one["count"], one["node"] or "", "refused")

    def _moved(self) -> Iterable[Look]:
        if count := self.told.get("moved"):
            yield Look(_("Waited for the sending hours before they left"), "clock-pause", count)

    def _contents(self) -> Iterable[Look]:
        """What the checks found in the messages, each once."""
        seen = set()
        for one in self.told["messages"]:
            for problem in one["problems"]:
                if (one["node"], problem) not in seen:
                    seen.add((one["node"], problem))
                    told = {"step": self.title(one["node"]), "problem": problem}
                    yield Look(
                        _("%(step)s: %(problem)s") % told, "alert-triangle", node=one["node"] or ""
                    )

    def _repeats(self) -> Iterable[Look]:
        for one in self.told.get("overlaps", {}).get("repeated", ()):
            told = {
                "first": self.title(one["first"]["node"]),
                "again": self.title(one["again"]["node"]),
            }
            if told["first"] == told["again"]:
                words = _("%(again)s says the same words to a person more than once") % told
            else:
                words = _("%(again)s says the same words as %(first)s did before") % told
            yield Look(words, "copy", one["count"], one["again"]["node"] or "")

    def _parts(self) -> Iterable[Look]:
        for one in self.told.get("overlaps", {}).get("parts", ()):
            told = {"step": self.title(one["node"]), "of": one["of"]}
            if one["none"]:
                words = _("%(step)s: none of its %(of)s targeted parts is shown") % told
                yield Look(words, "eye-off", one["none"], one["node"] or "")
            if one["several"]:
                words = _("%(step)s: more than one of its %(of)s targeted parts is shown") % told
                yield Look(words, "target", one["several"], one["node"] or "")

    def _crowded(self) -> Iterable[Look]:
        crowded = self.told["crowded"]
        if not crowded["people"]:
            return
        words = _crowd(crowded["people"], crowded["more_than"])
        worst = crowded["worst"][0]
        day = formats.day(date.fromisoformat(worst["day"]))
        note = _("the most: %(count)s on %(day)s") % {"count": worst["count"], "day": day}
        yield Look(
            words, "users", crowded["people"], what="person", contact=worst["contact"], note=note
        )

    def _others(self) -> Iterable[Look]:
        for one in self.told["others"]:
            words = _("also in the journey “%(name)s”") % {"name": one["name"]}
            count = one["messages"]
            sends = ngettext(
                "it sends them %(count)s message in this time",
                "it sends them %(count)s messages in this time",
                count,
            ) % {"count": formats.number(count)}
            yield Look(words, "route", one["people"], note=sends if count else "")

    def _effects(self) -> Iterable[Look]:
        words = {
            "webhooks": _("calls to other systems would be made"),
            "alerts": _("alerts would go to the staff"),
            "tasks": _("tasks would be opened for the staff"),
        }
        for key, count in self.told["effects"].items():
            if count:
                yield Look(words[key], "bolt", count)

    # Sums.

    def channels(self) -> list[tuple[str, int, int]]:
        """Channel in words, messages, units to pay for."""
        units = self.told["units"]
        return [
            (str(CHANNELS[key].label), count, units.get(key, 0))
            for key, count in self.told["sent"].items()
        ]

    @property
    def cost(self) -> str:
        """What texts would cost; "" where the account knows no price."""
        cost = self.told["cost"]
        return formats.money(Decimal(cost["amount"]), cost["currency"]) if cost else ""

    def ended(self) -> list[tuple[str, int]]:
        return [(left_in_words(reason), count) for reason, count in self.told["ended"].items()]

    def compared(self) -> list[tuple[str, Any, Any]]:
        """In words what differs, here and there. None: the step is not there."""
        compared = self.told.get("compared")
        if not compared:
            return []
        rows = [(str(CHANNELS[key].label), *counts) for key, counts in compared["sent"].items()]
        rows += [
            (_("Reached the goal"), *compared["goal"]),
            (_("On the way at the end"), *compared["standing"]),
            (_("Would not be sent"), *compared["refused"]),
        ]
        rows += [
            (self.labels.get(key, one["title"]), *one["entered"])
            for key, one in compared["nodes"].items()
        ]
        return rows


def _crowd(people: int, most: int) -> str:
    """What so many people have in common, without their number."""
    if most == 1:
        return ngettext(
            "gets more than one message on one day", "get more than one message on one day", people
        )
    words = ngettext(
        "gets more than %(most)s messages on one day",
        "get more than %(most)s messages on one day",
        people,
    )
    return words % {"most": most}


def _span(first: date, days: int) -> str:
    if days == 1:
        return formats.day(first)
    return f"{formats.day(first)} – {formats.day(first + timedelta(days=days - 1))}"


def names_of(rehearsal: Rehearsal, contacts: Sequence[int]) -> dict[int, str]:
    """By id; those who are gone are missing."""
    found = Contact.objects.filter(workspace_id=rehearsal.workspace_id, pk__in=set(contacts))
    return {one.pk: full_name(one) for one in found}
