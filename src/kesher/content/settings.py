"""The settings of a block, as data: what the inspector shows, and how a stored value is checked.

A setting of any block is one `Setting`; its type decides the control on screen and the check here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kesher.content.problems import Problem, unknown
from kesher.content.richtext import clean_rich, clean_text

Text = str | Promise
LONGEST_TEXT = 20_000
LONGEST_URL = 2_000
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "whatsapp"})


@dataclass(frozen=True)
class Choice:
    key: str
    label: Text


@dataclass(frozen=True)
class Setting:
    """`type` is one of text, rich, url, image, color, number, range, choice, toggle, align, items.

    `min` and `max` bound numbers and ranges, and the count of items. `of` are the settings of one item.
    """

    key: str
    label: Text
    type: str
    default: Any = ""
    group: str = "content"
    choices: tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    of: tuple[Setting, ...] = ()
    hint: Text = ""
    starter: Text = ""  # what a newly added block begins with, where that is not the default

    def to_json(self) -> dict[str, Any]:
        """The entry of the inspector's schema, words in the active language."""
        entry: dict[str, Any] = {
            "key": self.key,
            "label": str(self.label),
            "type": self.type,
            "default": self.default,
            "group": self.group,
        }
        if self.choices:
            entry["choices"] = [
                {"key": choice.key, "label": str(choice.label)} for choice in self.choices
            ]
        if self.min is not None:
            entry["min"] = self.min
        if self.max is not None:
            entry["max"] = self.max
        if self.of:
            entry["of"] = [setting.to_json() for setting in self.of]
        if self.hint:
            entry["hint"] = str(self.hint)
        return entry


@dataclass(frozen=True)
class Refusal:
    """Why a value was not taken; `path` is below the setting ("" for itself, "[2].url" inside items)."""

    message: str
    path: str = ""


Check = Callable[[Setting, Any], Any]


def _text(setting: Setting, value: Any) -> Any:
    if not isinstance(value, str):
        return Refusal(_("must be text"))
    if len(value) > LONGEST_TEXT:
        return Refusal(_("is longer than %(count)s characters") % {"count": LONGEST_TEXT})
    return clean_text(value)


def _rich(setting: Setting, value: Any) -> Any:
    taken = _text(setting, value)
    return taken if isinstance(taken, Refusal) else clean_rich(taken)


def _url(setting: Setting, value: Any) -> Any:
    if not isinstance(value, str):
        return Refusal(_("must be an address"))
    if len(value) > LONGEST_URL:
        return Refusal(_("is longer than %(count)s characters") % {"count": LONGEST_URL})
    address = re.sub(
        r"[\t\r\n]", "", clean_text(value)
    ).strip()  # as browsers do before they follow it
    scheme = _SCHEME.match(address)
    # "localhost:8000" and "shop.example:81/x" look like schemes; only refuse what a browser would run.
    if scheme and scheme[1].lower() in {"javascript", "data", "vbscript", "file", "blob"}:
        return Refusal(
            _("addresses of the kind “%(scheme)s:” are not allowed") % {"scheme": scheme[1]}
        )
    return address


def _color(setting: Setting, value: Any) -> Any:
    if value == "" or (isinstance(value, str) and _COLOR.match(value)):
        return value
    return Refusal(_("must be a colour such as #0c6b68, or empty"))


def _number(setting: Setting, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return Refusal(_("must be a number"))
    low, high = setting.min, setting.max
    if (low is not None and value < low) or (high is not None and value > high):
        return Refusal(_("must lie between %(low)s and %(high)s") % {"low": low, "high": high})
    return int(value) if value == int(value) else value


def _choice(setting: Setting, value: Any) -> Any:
    keys = [choice.key for choice in setting.choices]
    if value in keys:
        return value
    return Refusal(unknown(str(value), keys))


def _toggle(setting: Setting, value: Any) -> Any:
    return value if isinstance(value, bool) else Refusal(_("must be true or false"))


def _align(setting: Setting, value: Any) -> Any:
    sides = ("start", "center", "end")
    return value if value in sides else Refusal(unknown(str(value), sides))


def _items(setting: Setting, value: Any) -> Any:
    if not isinstance(value, list):
        return Refusal(_("must be a list"))
    if setting.max is not None and len(value) > setting.max:
        return Refusal(_("has more than %(count)s entries") % {"count": setting.max})
    taken = []
    for place, item in enumerate(value):
        if not isinstance(item, dict):
            return Refusal(_("must be an object"), f"[{place}]")
        checked = dict(item)
        for problem in check_settings(setting.of, checked):
            return Refusal(problem.message, f"[{place}].{problem.path}")
        taken.append(checked)
    return taken


CHECKS: dict[str, Check] = {
    "text": _text,
    "rich": _rich,
    "url": _url,
    "image": _url,
    "color": _color,
    "number": _number,
    "range": _number,
    "choice": _choice,
    "toggle": _toggle,
    "align": _align,
    "items": _items,
}


def check_settings(settings: tuple[Setting, ...], values: dict[str, Any]) -> Iterator[Problem]:
    """Replace each value in `values` by its checked form; yields what is wrong, paths from here."""
    known = {setting.key: setting for setting in settings}
    for key in list(values):
        setting = known.get(key)
        if setting is None:
            yield Problem(key, unknown(key, known))
            continue
        taken = CHECKS[setting.type](setting, values[key])
        if isinstance(taken, Refusal):
            yield Problem(key + taken.path, taken.message)
        else:
            values[key] = taken
