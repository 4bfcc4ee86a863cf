"""The workspace's own fields: adding, renaming, choices, order, archiving. A field's key and type never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.accounts.undo import offer_undo
from kesher.contacts.errors import Refused
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.models import Field
from kesher.contacts.vocabulary import DEFAULT_FIELDS, folded
from kesher.lib.slugs import make_key

MOST_FIELDS = 500
_RESERVED = {info.key for info in DEFAULT_FIELDS} | {
    "external_id",
    "language",
    "lists",
    "consent",
    "event",
}


def create_field(
    access: Access, *, label: str, type: str, options: Mapping[str, Any] | None = None
) -> Field:
    """Raises Refused: no name, a name in use, a type that is not there, options that do not fit."""
    if type not in FIELD_TYPES:
        raise Refused("type", _("There is no field of this kind."), code="unknown_type")
    with transaction.atomic():
        tidy = _free_label(access.workspace, label)
        rows = Field.objects.filter(workspace=access.workspace)
        if rows.filter(archived_at=None).count() >= MOST_FIELDS:
            raise Refused("", _("A workspace has at most 500 fields."), code="too_many")
        taken = set(rows.values_list("key", flat=True)) | _RESERVED
        last = rows.aggregate(last=Max("position"))["last"]
        made = Field.objects.create(
            workspace=access.workspace, key=make_key(tidy, taken), label=tidy, type=type,
            options=clean_options(type, options or {}, {}), position=(last or 0) + 1,
        )  # fmt: skip
        access.audit("field.created", made, made.label)
    return made


def change_field(access: Access, row: Field, *, label: str, options: Mapping[str, Any]) -> Field:
    """Another name, other choices or ends. A choice that keeps its key keeps its people. Raises Refused."""
    with transaction.atomic():
        row.label = _free_label(access.workspace, label, but=row.pk)
        row.options = clean_options(row.type, options, row.options)
        row.save(update_fields=["label", "options"])
        access.audit("field.changed", row, row.label)
    return row


def archive_field(access: Access, row: Field, *, now: datetime) -> int:
    """Out of sight; the values stay on the contacts. Answers the id of the undo offered."""
    with transaction.atomic():
        Field.objects.filter(pk=row.pk).update(archived_at=now)
        access.audit("field.archived", row, row.label)
        return offer_undo(access, kind="field.archived", data={"field_id": row.pk}).pk


def unarchive_field(access: Access, row: Field) -> None:
    """Into use again, with all its values. Raises Refused when another field has its name now."""
    with transaction.atomic():
        row.label, row.archived_at = _free_label(access.workspace, row.label, but=row.pk), None
        row.save(update_fields=["label", "archived_at"])


def move_field(access: Access, row: Field, *, by: int) -> None:
    """Up (-1) or down (+1) among the fields in use."""
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=access.workspace.pk)
        rows = list(
            Field.objects.filter(workspace=access.workspace, archived_at=None).order_by(
                "position", "id"
            )
        )
        keys = [each.pk for each in rows]
        place = keys.index(row.pk)
        keys.insert(max(0, min(len(keys) - 1, place + by)), keys.pop(place))
        for position, pk in enumerate(keys):
            Field.objects.filter(pk=pk).update(position=position)


def _free_label(workspace: Workspace, label: str, but: int | None = None) -> str:
    tidy = " ".join(label.split())[:120]
    if not tidy:
        raise Refused("label", _("Give the field a name."), code="required")
    if any(mark in tidy for mark in "[]|"):
        raise Refused("label", _("A name cannot contain [ ] or |."), code="bad_name")
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    others = Field.objects.filter(workspace=workspace, archived_at=None).exclude(id=but or 0)
    taken = {folded(name) for name in others.values_list("label", flat=True)}
    for info in DEFAULT_FIELDS:
        taken |= {folded(str(info.label)), folded(info.key), *map(folded, info.names)}
    if folded(tidy) in taken:
        raise Refused("label", _("There is already a field of this name."), code="duplicate")
    return tidy


def clean_options(type: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The options that this type has, checked. `given["choices"]` are labels or {"key", "label"}."""
    match type:
        case "choice" | "choices":
            return {"choices": _choices(given.get("choices") or [], before.get("choices") or [])}
        case "rating":
            return {
                "max": _whole(given.get("max") or 5, 2, 10, "max"),
                "low": str(given.get("low") or "").strip()[:60],
                "high": str(given.get("high") or "").strip()[:60],
            }
        case "number":
            places = given.get("decimals")
            return {} if places in (None, "") else {"decimals": _whole(places, 0, 6, "decimals")}
    return {}


def _choices(given: Sequence[Any], before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """A label that was there before keeps its key; a given key is kept."""
    known = {folded(choice["label"]): choice["key"] for choice in before}
    found: list[dict[str, str]] = []
    labels: set[str] = set()
    for entry in given:
        label = " ".join(str(entry["label"] if isinstance(entry, Mapping) else entry).split())[:120]
        if not label or folded(label) in labels:
            continue
        labels.add(folded(label))
        key = entry.get("key") if isinstance(entry, Mapping) else known.get(folded(label))
        taken = {choice["key"] for choice in found} | set(known.values())
        found.append({"key": str(key or make_key(label, taken)), "label": label})
    if not found:
        raise Refused("choices", _("Write at least one choice."), code="required")
    if len({choice["key"] for choice in found}) < len(found):
        raise Refused("choices", _("Two choices have the same key."), code="duplicate")
    return found[:300]


def _whole(value: Any, least: int, most: int, field: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        words = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise Refused(field, words, code="out_of_range")
    return number
