"""A rehearsal's result as lines for a terminal: what its pages say, in the active language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.contacts.channels import CHANNELS
from kesher.journeys.reasons import in_words as left_in_words
from kesher.journeys.rehearsal.words import CUTS
from kesher.lib.bidi import isolated
from kesher.web import formats
from kesher.web.journeys.outline import Line
from kesher.web.rehearsals.telling import Result, Step, names_of

MOST_ABOUT = 80  # letters of a message
MOST_CROWDED = 5


def printed(result: Result) -> Iterator[str]:
    """The sums first, then part by part; a part of which there is nothing to say is left out."""
    yield from _sums(result)
    yield from _part(
        _("Who goes where, and when"), (_step(result, step) for step in result.steps())
    )
    yield from _part(_("Messages"), _messages(result))
    yield from _part(_("To look at"), _looks(result))
    if result.told.get("compared"):
        heading = _("Beside version %(n)s") % {"n": result.told["compared"]["version"]}
        yield from _part(heading, _compared(result))
    for way in result.told["ways"]:
        if way["contact"] in result.told["asked"]["show"]:
            yield from _part(way["name"] or str(way["contact"]), _way(result, way["steps"]))


def _part(heading: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield heading
        yield from (f"  {line}" for line in found)


def _sums(result: Result) -> Iterator[str]:
    told = result.told
    yield ngettext(
        "%(people)s person, from %(start)s to %(end)s",
        "%(people)s people, from %(start)s to %(end)s",
        told["people"],
    ) % {
        "people": formats.number(told["people"]),
        "start": formats.moment(result.start),
        "end": formats.moment(result.until),
    }
    if told["cut"]:
        yield str(CUTS[told["cut"]])
    yield _(
        "Began: %(begun)s · on the way at the end: %(standing)s · reached the goal: %(goal)s"
    ) % {key: formats.number(told[key]) for key in ("begun", "standing", "goal")}
    for words, count in result.ended():
        yield f"  {formats.number(count)} · {words}"


def _step(result: Result, step: Step) -> str:
    """A step with who came, what left and on which days; or the way over its steps."""
    line, indent = step.line, "  " * step.line.depth
    if line.is_way:
        return f"{indent}↳ {line.title}: {formats.number(line.count or 0)}"
    if line.goes_to:
        return indent + _("goes on at: %(step)s") % {"step": line.title}
    told = [_figures(line)]
    if step.first and step.last:
        days = dict.fromkeys((formats.day(step.first), formats.day(step.last)))
        told.append(" – ".join(days))
    sentence = result.sentence(line.node)[:MOST_ABOUT] if line.node else ""
    about = f"{line.title}: {isolated(sentence)}" if sentence else line.title
    return f"{indent}{about} ({' · '.join(told)})"


def _figures(line: Line) -> str:
    numbers = line.numbers
    if numbers is None or not numbers.entered:
        return _("nobody came")
    told = [_("%(count)s came") % {"count": formats.number(numbers.entered)}]
    if sent := numbers.messages.get("sent"):
        told.append(_("%(count)s sent") % {"count": formats.number(sent)})
        if opened := numbers.messages.get("opened"):
            told.append(_("%(share)s opened") % {"share": formats.share(opened, sent)})
    if numbers.waiting:
        told.append(_("%(count)s there at the end") % {"count": formats.number(numbers.waiting)})
    return " · ".join(told)


def _messages(result: Result) -> Iterator[str]:
    """Each that differs, then what they come to."""
    if not result.told["messages"]:
        yield _("None would leave.")
    for one in result.told["messages"]:
        yield _message(one)
    for name, count, units in result.channels():
        yield f"{name}: {formats.number(count)}" + (f" · {_units(units)}" if units else "")
    if cost := result.cost:
        yield _("Texts would cost %(cost)s") % {"cost": cost}


def _message(one: Mapping[str, Any]) -> str:
    sample = one["samples"][0]
    about = sample["subject"] or " ".join(sample["text"].split())
    first = formats.moment(datetime.fromisoformat(one["first_at"]))
    channel = CHANNELS[one["channel"]].label
    return f"{channel} × {formats.number(one['count'])} · {first} · {about[:MOST_ABOUT]}"


def _units(units: int) -> str:
    words = ngettext("%(count)s unit to pay", "%(count)s units to pay", units)
    return words % {"count": formats.number(units)}


def _looks(result: Result) -> Iterator[str]:
    """As on the page, and by name who gets the most on one day."""
    found = result.looks()
    if not found:
        yield _("Every message leaves, and nothing collides.")
    for look in found:
        count = f"{formats.number(look.count)} · " if look.count else ""
        yield f"{count}{look.words}" + (f" ({look.note})" if look.note else "")
        if look.what == "person":
            yield from _crowded(result)


def _crowded(result: Result) -> Iterator[str]:
    worst = result.told["crowded"]["worst"][:MOST_CROWDED]
    names = names_of(result.rehearsal, [one["contact"] for one in worst])
    for one in worst:
        name = names.get(one["contact"], _("a deleted contact"))
        day = formats.day(date.fromisoformat(one["day"]))
        yield f"  {formats.number(one['count'])} · {name} · {day}"


def _compared(result: Result) -> Iterator[str]:
    """Only what differs."""
    rows = [row for row in result.compared() if row[1] != row[2]]
    if not rows:
        yield _("Nothing is otherwise.")
    for words, here, there in rows:
        told = {
            "what": words,
            "here": _("not there") if here is None else formats.number(here),
            "there": _("not there") if there is None else formats.number(there),
        }
        yield _("%(what)s: %(here)s instead of %(there)s") % told


def _way(result: Result, steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        node = result.graph.nodes.get(step["node"])
        at = formats.moment(datetime.fromisoformat(step["arrived_at"]))
        port = step["port"]
        way = result.teller.way(node, port) if node and port and port != "next" else ""
        why = left_in_words(step["reason"]) if step["reason"] else ""
        title = result.titles.get(step["node"], step["node"])
        yield " · ".join(part for part in (at, title, way, why) if part)
    if not steps:
        yield _("No trigger fits this person, so they did not begin.")
