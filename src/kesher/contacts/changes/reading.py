"""Changes from JSON. Everything that is wrong is said at once, each with its place and a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.contacts.changes.base import CHANGES, IDENTIFYING, Change, Known, Wrong, kinds_for
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.rules.problems import Problem, closest

MOST_CHANGES = 50
_KEYS = ("field", "do", "value")
_CONSENT = ("consent", "email_consent", "sms_consent", "whatsapp_consent")


class BadChanges(ValueError):
    """Changes that cannot be read. `problems` says all that is wrong, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def known_of(workspace: Workspace, fields: Iterable[FieldInfo] | None = None) -> Known:
    """What the workspace's changes may name. An archived field is gone."""
    found = fields_of(workspace) if fields is None else fields
    return Known({info.key: info for info in found}, workspace.country)


def read_changes(workspace: Workspace, json: Any, *, path: str = "changes") -> tuple[Change, ...]:
    """Stored or sent changes, in their order. Raises BadChanges."""
    changes, problems = sift_changes(known_of(workspace), json, path=path)
    if problems:
        raise BadChanges(problems)
    return changes


def sift_changes(
    known: Known, json: Any, *, path: str = "changes"
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """The changes that can be made, and what is wrong with the others. Never raises."""
    if not isinstance(json, list | tuple):
        return (), (Problem("not_a_list", path, _("a list of changes is expected here")),)
    if len(json) > MOST_CHANGES:
        text = _("more than %(most)s changes")
        return (), (Problem("too_many", path, text, {"most": MOST_CHANGES}),)
    changes: list[Change] = []
    problems: list[Problem] = []
    for number, one in enumerate(json):
        found = _read(known, one, f"{path}[{number}]")
        if isinstance(found, Change):
            changes.append(found)
        else:
            problems += found
    return tuple(changes), tuple(problems)


def _read(known: Known, json: Any, path: str) -> Change | list[Problem]:
    if not isinstance(json, Mapping):
        text = _('a change is an object, like {"field": "clicks", "do": "add", "value": 1}')
        return [Problem("not_an_object", path, text)]
    if unknown := [key for key in json if key not in _KEYS]:
        return [_unknown_key(str(key), path) for key in unknown]
    info = known.fields.get(str(json.get("field")))
    if info is None or info.key in IDENTIFYING:
        return [_bad_field(json.get("field"), known, f"{path}.field")]
    do = json.get("do")
    if not isinstance(do, str) or do not in CHANGES:
        return [_bad_kind(do, info, f"{path}.do")]
    kind = CHANGES.get(do)
    if info.type not in kind.types:
        return [_not_for(do, info, f"{path}.do")]
    if kind.operand(info) == "none" and json.get("value") is not None:
        text = _("“%(do)s” takes no value")
        return [Problem("needless_value", f"{path}.value", text, {"do": do})]
    value = kind.check(json.get("value"), info, known)
    if isinstance(value, Wrong):
        return [Problem(value.code, f"{path}.value", value.text, value.data, value.suggestion)]
    other = known.fields[value] if kind.operand(info) == "field" else None
    return Change(info, do, value, other)


def _unknown_key(key: str, path: str) -> Problem:
    meant = closest(key, ((one, ()) for one in _KEYS))
    return Problem(
        "unknown_key", f"{path}.{key}", _("“%(key)s” has no meaning here"), {"key": key}, meant
    )


def _bad_field(key: Any, known: Known, path: str) -> Problem:
    named = {"key": str(key)}
    if key in _CONSENT:
        text = _("consent is given by the person, and never set by a change")
        return Problem("consent", path, text, named)
    if key in IDENTIFYING:
        text = _("“%(key)s” tells people apart and cannot be changed this way")
        return Problem("identifying", path, text, named)
    names = (
        (info.key, (str(info.label), *info.names))
        for info in known.fields.values()
        if info.key not in IDENTIFYING
    )
    text = _("there is no field “%(key)s”")
    return Problem("unknown_field", path, text, named, closest(key, names))


def _bad_kind(do: Any, info: FieldInfo, path: str) -> Problem:
    offered = [kind.key for kind in kinds_for(info)]
    text = _("“%(do)s” is no change; known: %(known)s")
    named = {"do": str(do), "known": ", ".join(offered)}
    return Problem("unknown_change", path, text, named, closest(do, ((one, ()) for one in offered)))


def _not_for(do: str, info: FieldInfo, path: str) -> Problem:
    offered = ", ".join(kind.key for kind in kinds_for(info))
    text = _("“%(do)s” is not for a field like “%(field)s”; use one of %(known)s")
    named = {"do": do, "field": str(info.label), "known": offered}
    return Problem("not_for_type", path, text, named)
