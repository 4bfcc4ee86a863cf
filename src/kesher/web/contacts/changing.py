"""The form of a change of one field for many: which field, what becomes of it, and the operand it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.contacts.changes import (
    BadChanges,
    Change,
    ChangeKind,
    kinds_for,
    known_of,
    read_changes,
)
from kesher.contacts.changes.days import NOW, TODAY
from kesher.contacts.errors import Refused
from kesher.contacts.fields import FIELD_TYPES, BadValue
from kesher.contacts.values import context_of
from kesher.contacts.vocabulary import FieldInfo, fields_of

# Drawn by people, or chosen by ticking several: no one line of a form asks for them.
_NOT_ASKED = ("signature",)


@dataclass(frozen=True)
class Offer:
    """What the form shows: the chosen field and deed, and the widget of the operand ("" when it takes none)."""

    fields: Sequence[FieldInfo]
    field: FieldInfo | None
    kinds: Sequence[ChangeKind] = ()
    kind: ChangeKind | None = None
    widget: str = ""
    choices: Sequence[Mapping[str, Any]] = ()


def offer_of(
    workspace: Workspace, fields: Sequence[FieldInfo], key: str = "", do: str = ""
) -> Offer:
    """The form for this field and deed; for the first of each when they are not named."""
    able = [info for info in fields if info.type not in _NOT_ASKED and kinds_for(info)]
    info = next((info for info in able if info.key == key), able[0] if able else None)
    if info is None:
        return Offer(able, None)
    others = _copied_from(info, workspace, fields)
    kinds = [kind for kind in kinds_for(info) if kind.operand(info) != "field" or others]
    kind = next((kind for kind in kinds if kind.key == do), kinds[0])
    widget, choices = _operand(kind.operand(info), info, others)
    return Offer(able, info, kinds, kind, widget, choices)


def _copied_from(
    info: FieldInfo, workspace: Workspace, fields: Sequence[FieldInfo]
) -> list[dict[str, str]]:
    """The fields whose value this one can take over."""
    copying = next((kind for kind in kinds_for(info) if kind.operand(info) == "field"), None)
    schema = copying.schema(info, known_of(workspace, fields)) if copying else None
    able = (schema or {}).get("enum", ())
    return [{"key": other.key, "label": str(other.label)} for other in fields if other.key in able]


def _operand(
    operand: str, info: FieldInfo, others: list[dict[str, str]]
) -> tuple[str, Sequence[Mapping[str, Any]]]:
    if operand in ("number", "days", "none", "day"):
        return {"days": "number", "none": "", "day": info.field_type.widget}.get(
            operand, operand
        ), ()
    if operand == "field":
        return "select", others
    widget = info.field_type.widget
    if widget == "yes_no":
        return "select", [{"key": "yes", "label": _("Yes")}, {"key": "no", "label": _("No")}]
    if widget == "rating":
        most = int(info.options.get("max") or 5)
        return "select", [{"key": str(n), "label": str(n)} for n in range(1, most + 1)]
    choices = info.options.get("choices", ())
    return ("select" if choices else widget), choices


@workspace_view("editor")
def form(request: WorkspaceRequest) -> HttpResponse:
    """The form again, when another field or deed was chosen."""
    workspace = request.access.workspace
    offer = offer_of(
        workspace, fields_of(workspace), request.GET.get("change_field", ""), request.GET.get("change_do", "")
    )  # fmt: skip
    return render(request, "contacts/_change.html", {"offer": offer})


def read_change(workspace: Workspace, given: Mapping[str, str]) -> Change:
    """The change that the form says. Raises Refused, in words."""
    key, do = given.get("change_field", ""), given.get("change_do", "")
    info = known_of(workspace).fields.get(key)
    kind = next((kind for kind in kinds_for(info) if kind.key == do), None) if info else None
    if info is None or kind is None:
        raise Refused("", _("Choose a field and what becomes of it."), code="no_change")
    change: dict[str, Any] = {"field": key, "do": do}
    operand = kind.operand(info)
    if operand != "none":
        change["value"] = _value(workspace, operand, info, given.get("change_value", "").strip())
    try:
        return read_changes(workspace, [change])[0]
    except BadChanges as bad:
        words = " ".join(str(problem.words) for problem in bad.problems)
        raise Refused(key, f"{info.label}: {words}", code="bad_change") from bad


def _value(workspace: Workspace, operand: str, info: FieldInfo, text: str) -> Any:
    if operand in ("field", "choice"):
        return text
    if operand == "day" and not text:
        return TODAY if info.type == "date" else NOW
    if not text:
        raise Refused(info.key, _("Write a value, or choose to clear the field."), code="required")
    field_type = FIELD_TYPES.get("number") if operand in ("number", "days") else info.field_type
    options = {} if operand in ("number", "days") else info.options
    typed = field_type.parse(text, options, context_of(workspace))
    if isinstance(typed, BadValue):
        raise Refused(info.key, f"{info.label}: {typed.words}", code=typed.reason)
    if isinstance(typed, float) and typed.is_integer():
        return int(typed)
    return typed
