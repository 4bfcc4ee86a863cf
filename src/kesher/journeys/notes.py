"""Notes on the drawing of a journey: for the people who draw it, never for those who walk it. Pure.

A note stands beside a step (`by`; without it beside the start) and goes along when the drawing makes room. `x` is counted
from that step's middle towards where reading goes, `y` from its top, in pixels at full size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.problems import Problem
from kesher.rules.problems import closest

MOST = 100
MOST_TEXT = 2_000
COLORS = ("amber", "coral", "moss", "blue", "plum", "slate")
FARTHEST = 50_000
WIDTHS, HEIGHTS = (140, 600), (80, 800)
_KEYS = ("id", "text", "by", "x", "y", "width", "height", "color")
_ID = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Note:
    """`by` is the key of the step it stands beside, "" beside the start."""

    id: str
    text: str
    by: str = ""
    color: str = COLORS[0]


def read_notes(json: Any, nodes: Mapping[str, Any]) -> tuple[tuple[Note, ...], list[Problem]]:
    """The notes of a graph with these nodes, and what cannot be read of them."""
    if json is None:
        return (), []
    if not isinstance(json, list) or len(json) > MOST:
        text = _("a list of at most %(most)s notes is expected here")
        return (), [Problem("not_a_list", "notes", text, {"most": MOST})]
    problems: list[Problem] = []
    notes: dict[str, Note] = {}
    for number, given in enumerate(json):
        path = f"notes[{number}]"
        if not isinstance(given, Mapping):
            problems.append(
                Problem("not_an_object", path, _('a note is an object, like {"id": …, "text": …}'))
            )
            continue
        wrong = list(_wrong(given, path, nodes))
        problems += wrong
        if wrong:
            continue
        if given["id"] in notes:
            text = _("two notes have the id “%(id)s”")
            problems.append(Problem("wrong_value", f"{path}.id", text, {"id": given["id"]}))
        notes[given["id"]] = Note(
            given["id"], given.get("text", ""), given.get("by") or "", given.get("color", COLORS[0])
        )
    return tuple(notes.values()), problems


def _wrong(given: Mapping[Any, Any], path: str, nodes: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(given, path)
    if not isinstance(given.get("id"), str) or not _ID.fullmatch(given["id"]):
        text = _("an id is up to 40 letters, digits, - and _")
        yield Problem("wrong_value", f"{path}.id", text)
    words = given.get("text", "")
    if not isinstance(words, str) or len(words) > MOST_TEXT or "\0" in words:
        text = _("a text of at most %(most)s characters is expected here")
        yield Problem("wrong_value", f"{path}.text", text, {"most": MOST_TEXT})
    yield from _place(given, path)
    color = given.get("color", COLORS[0])
    if color not in COLORS:
        text = _("one of these is expected here: %(known)s")
        meant = closest(color, ((one, ()) for one in COLORS))
        known = {"known": ", ".join(COLORS)}
        yield Problem("unknown_choice", f"{path}.color", text, known, meant)
    by = given.get("by")
    if by is not None and (not isinstance(by, str) or by not in nodes):
        meant = closest(by, ((key, ()) for key in nodes))
        text = _("there is no node “%(key)s”")
        yield Problem("unknown_node", f"{path}.by", text, {"key": str(by)}, meant)


def _unknown(given: Mapping[Any, Any], path: str) -> Iterator[Problem]:
    for key in given:
        if key not in _KEYS:
            meant = closest(key, ((one, ()) for one in _KEYS))
            text = _("“%(key)s” has no meaning here")
            yield Problem("unknown_key", f"{path}.{key}", text, {"key": str(key)}, meant)


def _place(given: Mapping[Any, Any], path: str) -> Iterator[Problem]:
    """`x` and `y` are needed; the size is the canvas's own where it is not told."""
    limits = {"x": (-FARTHEST, FARTHEST), "y": (-FARTHEST, FARTHEST)}
    sizes = {key: limit for key, limit in (("width", WIDTHS), ("height", HEIGHTS)) if key in given}
    for key, (least, most) in (limits | sizes).items():
        value: Any = given.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            text = _("a number from %(least)s to %(most)s is expected here")
            yield Problem("wrong_value", f"{path}.{key}", text, {"least": least, "most": most})
