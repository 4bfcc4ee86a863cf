"""The settings of a node as data: what the inspector shows and what a file may say. Every refusal names its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.journeys.problems import Problem, of_rule
from kesher.lib.addresses import normalise_phone
from kesher.rules.durations import read_duration
from kesher.rules.operators.days import read_day, read_instant
from kesher.rules.parse import problems_of
from kesher.rules.problems import Problem as RuleProblem
from kesher.rules.problems import closest
from kesher.rules.vocabulary import Vocabulary

Text = str | Promise
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_OFFSET = re.compile(r"-?P.+")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?")


@dataclass(frozen=True)
class Choice:
    key: str
    label: Text


@dataclass(frozen=True)
class Setting:
    """One thing that can be set. `type` is a key of CHECKS; it decides the control and the check."""

    key: str
    label: Text
    type: str = "text"
    required: bool = False
    default: Any = None
    choices: tuple[Choice, ...] = ()
    help: Text = ""
    fields: tuple[str, ...] = ()  # for "field": the types that will do; empty for any
    one_of: str = (
        ""  # of those with the same word one is set; the screen offers a choice between them
    )
    goes_with: str = ""  # says something only where that setting is given

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": str(self.label),
            "type": self.type,
            "required": self.required,
            "default": self.default,
            "choices": [{"key": one.key, "label": str(one.label)} for one in self.choices],
            "help": str(self.help),
            "fields": list(self.fields),
            "one_of": self.one_of,
            "goes_with": self.goes_with,
        }


def _nothing_wrong(given: Any, path: str) -> Iterable[RuleProblem]:
    return ()


@dataclass(frozen=True)
class World:
    """What a journey may speak of in a workspace. Functions answer problems of what other domains read.

    `event` is the kind that starts it when there is one kind only; the conditions may then ask `event.…`.
    """

    vocabulary: Vocabulary
    journeys: tuple[tuple[str, str], ...] = ()  # key, name
    staff: tuple[str, ...] = ()  # e-mails of members
    country: str = "IL"  # of phone numbers without a prefix
    has_sms: bool = True  # an account that SMS leave by
    acts: Callable[[Any, str], Iterable[RuleProblem]] = _nothing_wrong
    document: Callable[[Mapping[str, Any], str, str], Iterable[Problem]] = field(
        default=lambda given, channel, path: ()
    )


Check = Callable[[Any, Setting, str, World], Iterable[Problem]]


def check_settings(
    settings: Sequence[Setting], given: Mapping[str, Any], path: str, world: World
) -> list[Problem]:
    """Of the settings that are given, what is wrong; of those that must be, which are missing."""
    found: list[Problem] = []
    for setting in settings:
        value, place = given.get(setting.key), f"{path}.{setting.key}"
        if value is None or value == "" or value == []:
            if setting.required:
                text = _("“%(setting)s” is missing")
                found.append(Problem("missing", place, text, {"setting": str(setting.label)}))
            continue
        found.extend(CHECKS[setting.type](value, setting, place, world))
    return found


def _wrong(path: str, text: Text, **data: Any) -> list[Problem]:
    return [Problem("wrong_value", path, text, data)]


def _text(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, str) or "\x00" in value or len(value) > 20_000:
        return _wrong(path, _("a text is expected here"))
    return ()


def _rule(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    return of_rule(problems_of(value, world.vocabulary, path=path))


def _duration(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if read_duration(value) is None:
        return _wrong(path, _("a duration is expected here, like P25D or PT2H"))
    return ()


def _offset(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, str) or read_duration(value.removeprefix("-")) is None:
        return _wrong(path, _("a duration is expected here, like P3D, or -P3D for before"))
    return ()


def _time(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return _wrong(path, _("an hour is expected here, like 09:00"))
    return ()


def _moment(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    fits = isinstance(value, str) and (read_instant(value) or _LOCAL.fullmatch(value))
    if not fits or read_day(str(value)[:10]) is None:
        return _wrong(path, _("a day or a moment is expected here, like 2027-03-26T09:00"))
    return ()


def _weekdays(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, list) or any(day not in WEEKDAYS for day in value):
        return _wrong(
            path, _("days of the week are expected here: sun, mon, tue, wed, thu, fri, sat")
        )
    return ()


def _field(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    known = world.vocabulary.field(value) if isinstance(value, str) else None
    fitting = [
        one for one in world.vocabulary.fields if not setting.fields or one.type in setting.fields
    ]
    if known is None:
        meant = closest(value, ((one.key, (str(one.label), *one.names)) for one in fitting))
        text = _("there is no field “%(key)s”")
        return [Problem("unknown_field", path, text, {"key": str(value)}, meant)]
    if known not in fitting:
        return _wrong(path, _("the field “%(field)s” is of another kind"), field=str(known.label))
    return ()


def _fields(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    keys = value if isinstance(value, list) else [value]
    return [
        problem
        for number, key in enumerate(keys)
        for problem in _field(key, setting, f"{path}[{number}]", world)
    ]


def _list(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if world.vocabulary.list(value) is None:
        meant = closest(value, ((one.key, (str(one.name),)) for one in world.vocabulary.lists))
        text = _("there is no list “%(key)s”")
        return [Problem("unknown_list", path, text, {"key": str(value)}, meant)]
    return ()


def _segment(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, str) or world.vocabulary.segment(value) is None:
        meant = closest(value, ((one.key, (str(one.name),)) for one in world.vocabulary.segments))
        text = _("there is no segment “%(key)s”")
        return [Problem("unknown_segment", path, text, {"key": str(value)}, meant)]
    return ()


def _journey(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if value not in (key for key, _name in world.journeys):
        meant = closest(value, ((key, (name,)) for key, name in world.journeys))
        text = _("there is no journey “%(key)s”")
        return [Problem("unknown_journey", path, text, {"key": str(value)}, meant)]
    return ()


def _choice(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if value not in (one.key for one in setting.choices):
        known = ", ".join(one.key for one in setting.choices)
        meant = closest(value, ((one.key, (str(one.label),)) for one in setting.choices))
        text = _("one of these is expected here: %(known)s")
        return [Problem("unknown_choice", path, text, {"known": known}, meant)]
    return ()


def _toggle(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    return () if isinstance(value, bool) else _wrong(path, _("true or false is expected here"))


def _number(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong(path, _("a number is expected here"))
    return ()


def _url(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        fits = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fits = False
    return () if fits else _wrong(path, _("an address is expected here, like https://…"))


def _emails(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, list):
        return _wrong(path, _("a list of the staff's e-mail addresses is expected here"))
    text = _("nobody of this workspace has the address “%(email)s”")
    return [
        Problem("unknown_staff", path, text, {"email": str(one)}, closest(one, ((k, ()) for k in world.staff)))
        for one in value
        if one not in world.staff
    ]  # fmt: skip


def _phones(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, list):
        return _wrong(path, _("a list of phone numbers is expected here"))
    return [
        problem
        for number, one in enumerate(value)
        if not (isinstance(one, str) and normalise_phone(one, world.country))
        for problem in _wrong(
            f"{path}[{number}]", _("“%(number)s” is not a phone number"), number=str(one)
        )
    ]


def _event(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    if not isinstance(value, str) or world.vocabulary.kind(value) is None:
        known = ((one.key, (str(one.label),)) for one in world.vocabulary.kinds)
        text = _("there is no event “%(key)s”")
        return [Problem("unknown_event", path, text, {"key": str(value)}, closest(value, known))]
    return ()


def _object(value: Any, setting: Setting, path: str, world: World) -> Iterable[Problem]:
    """Checked by the kind itself."""
    return ()


CHECKS: dict[str, Check] = {
    "text": _text,
    "long_text": _text,
    "rule": _rule,
    "duration": _duration,
    "offset": _offset,
    "time": _time,
    "moment": _moment,
    "weekdays": _weekdays,
    "field": _field,
    "fields": _fields,
    "list": _list,
    "segment": _segment,
    "journey": _journey,
    "choice": _choice,
    "toggle": _toggle,
    "number": _number,
    "url": _url,
    "staff": _emails,
    "phones": _phones,
    "event": _event,
    "document": _object,
    "lists": _object,
    "changes": _object,
    "from_event": _object,
    "branches": _object,
}
