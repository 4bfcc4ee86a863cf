"""The form of a rehearsal: what it offers, and what was chosen as wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact, ContactList, Field
from kesher.events.kinds import EVENT_KINDS
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey
from kesher.lib.bidi import isolated
from kesher.segments.models import Segment
from kesher.web.contacts.card import full_name
from kesher.web.journeys.sentences import Teller

if TYPE_CHECKING:
    from kesher.journeys.rehearsal.wishes import Wishes

HAPPENINGS = 3  # rows of the form; the API takes more
SAMPLE = 1_000


class BadWish(Exception):
    """The text says what is wrong, for people; `field` is the name of the input."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


@dataclass(frozen=True)
class Choices:
    """What the form offers, as (key, label)."""

    lists: list[tuple[str, str]]
    segments: list[tuple[str, str]]
    periods: list[tuple[str, str]]
    happenings: list[tuple[str, list[tuple[str, str]]]]
    messages: list[tuple[str, str]]
    versions: list[int] = field(default_factory=list)


def choices(workspace: Workspace, journey: Journey) -> Choices:
    graph = parse(journey.draft)
    teller = Teller(workspace, graph, journey.pk)
    lists = ContactList.objects.filter(workspace=workspace, archived_at=None)
    named = [(one.key, one.name) for one in lists.order_by("-is_all", "name")]
    segments = Segment.objects.filter(workspace=workspace, archived_at=None).order_by("name")
    fields = Field.objects.filter(workspace=workspace, archived_at=None).order_by("position", "pk")
    return Choices(
        named,
        [(one.key, one.name) for one in segments],
        periods(),
        [
            (_("They join a list"), [(f"join:{key}", name) for key, name in named]),
            (_("A field is filled in"), [(f"field:{one.key}", one.label) for one in fields]),
            (_("Something happens"), _kinds()),
        ],
        [
            (node.key, f"{teller.title(node)}: {teller.sentence(node)}")
            for node in graph.nodes.values()
            if node.kind.startswith("send_")
        ],
        list(journey.versions.order_by("-number").values_list("number", flat=True)[:50]),
    )


def _kinds() -> list[tuple[str, str]]:
    found = [(f"event:{kind.key}", str(kind.label)) for kind in EVENT_KINDS if kind.starts_journeys]
    return sorted(found, key=lambda one: one[1])


def periods() -> list[tuple[str, str]]:
    return [
        ("P7D", _("A week")), ("P30D", _("30 days")), ("P90D", _("90 days")),
        ("P180D", _("Half a year")), ("P365D", pgettext("period", "A year")),
    ]  # fmt: skip


def read(workspace: Workspace, given: Mapping[str, str], *, offered: Choices) -> tuple[Wishes, str]:
    """What was chosen, and who it is about in words. Raises BadWish."""
    from pydantic import ValidationError

    from kesher.journeys.rehearsal.wishes import Wishes

    people, audience, shown = _people(workspace, given, offered)
    asked: dict[str, Any] = {
        "people": people,
        "sample": _number(given, "sample", 1, 10_000, SAMPLE),
        "show": shown,
        "period": given.get("period") or "P90D",
        "start": _start(workspace, given),
        "begin": "triggers" if given.get("begin") == "triggers" else "all",
        "rates": _rates(given, offered),
        "happenings": _happenings(given),
        "version": _version(given, "version"),
        "compare_with": _version(given, "compare_with"),
        "daily": _number(given, "daily", 1, 100, 2),
    }
    try:
        return Wishes.model_validate(asked), audience
    except ValidationError as bad:
        where = str(bad.errors()[0]["loc"][0]) if bad.errors()[0]["loc"] else ""
        raise BadWish(where, _("This cannot be read. Choose again.")) from bad


def _people(
    workspace: Workspace, given: Mapping[str, str], offered: Choices
) -> tuple[dict[str, Any], str, list[int]]:
    match given.get("who"):
        case "segment":
            key = given.get("segment", "")
            name = dict(offered.segments).get(key)
            if name is None:
                raise BadWish("segment", _("Choose a segment."))
            return {"segment": key}, _("Segment: %(name)s") % {"name": isolated(name)}, []
        case "contact":
            contact = _contact(workspace, given.get("contact", "").strip())
            return {"contacts": [contact.pk]}, full_name(contact), [contact.pk]
        case _:
            key = given.get("list", "")
            name = dict(offered.lists).get(key)
            if name is None:
                raise BadWish("list", _("Choose a list."))
            return {"list": key}, _("List: %(name)s") % {"name": isolated(name)}, []


def _contact(workspace: Workspace, text: str) -> Contact:
    """By address, number, or the whole name."""
    if not text:
        raise BadWish("contact", _("Write an address, a phone number or a name."))
    people = Contact.objects.filter(workspace=workspace, deleted_at=None)
    first, _space, last = text.partition(" ")
    digits = "".join(one for one in text if one.isdigit()).lstrip("0")
    wanted = Q(email=text.lower()) | Q(first_name=first, last_name=last.strip())
    if len(digits) >= 7:
        wanted |= Q(mobile__endswith=digits)
    found = list(people.filter(wanted)[:2])
    if not found:
        raise BadWish("contact", _("Nobody is called that, and nobody has this address or number."))
    if len(found) > 1:
        raise BadWish("contact", _("This is several people: write the address."))
    return found[0]


def _number(given: Mapping[str, str], name: str, least: int, most: int, usual: int) -> int:
    text = given.get(name, "").strip().replace(",", "")
    if not text:
        return usual
    if not text.isdecimal() or not least <= int(text[:9]) <= most:
        told = {"least": f"{least:,}", "most": f"{most:,}"}
        raise BadWish(name, _("A number from %(least)s to %(most)s.") % told)
    return int(text)


def _percent(given: Mapping[str, str], name: str) -> float | None:
    text = given.get(name, "").strip().rstrip("%").replace(",", ".")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not 0 <= found <= 100:
        raise BadWish(name, _("A share from 0 to 100."))
    return found


def _start(workspace: Workspace, given: Mapping[str, str]) -> datetime | None:
    text = given.get("start", "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise BadWish("start", _("A day and an hour are expected here."))
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(workspace.time_zone))


def _rates(given: Mapping[str, str], offered: Choices) -> dict[str, Any]:
    nodes = {}
    for key, _name in offered.messages:
        own = {what: _percent(given, f"{what}.{key}") for what in ("open", "click")}
        if any(rate is not None for rate in own.values()):
            nodes[key] = own
    match given.get("rates"):
        case "history":
            return {"history": True, "nodes": nodes}
        case "share":
            return {
                "open": _percent(given, "open") or 0,
                "click": _percent(given, "click") or 0,
                "nodes": nodes,
            }
        case _:
            return {"nodes": nodes}


def _happenings(given: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for row in range(HAPPENINGS):
        what, _colon, key = given.get(f"what{row}", "").partition(":")
        if not key:
            continue
        days = _number(given, f"days{row}", 0, 730, 1)
        share = _percent(given, f"share{row}")
        one: dict[str, Any] = {"after": f"P{days}D", "share": 100 if share is None else share}
        if what == "join":
            one["acts"] = {"add_to_lists": [key]}
        elif what == "field":
            value = given.get(f"value{row}", "").strip()
            one["acts"] = {"changes": [{"field": key, "do": "set", "value": value}]}
        else:
            one["event"] = {"kind": key}
        found.append(one)
    return found


def _version(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else None
