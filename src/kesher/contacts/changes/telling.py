"""Changes for people and for builders: in words, and as a schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kesher.contacts.changes.base import Change, Known, Schema, kinds_for
from kesher.contacts.changes.reading import MOST_CHANGES
from kesher.contacts.vocabulary import FieldInfo


def changes_in_words(changes: Iterable[Change]) -> str:
    """The changes in their order as one sentence without a full stop; "" when there are none."""
    return _("; ").join(change.kind.words(change) for change in changes)


def changes_schema(known: Known) -> Schema:
    """JSON Schema of a list of changes: one form for each field and what can be done to it."""
    forms = [form for info in known.fields.values() for form in _forms(info, known)]
    return {"type": "array", "maxItems": MOST_CHANGES, "items": {"oneOf": forms}}


def _forms(info: FieldInfo, known: Known) -> Iterable[Schema]:
    for kind in kinds_for(info):
        value = kind.schema(info, known)
        properties: Schema = {"field": {"const": info.key}, "do": {"const": kind.key}}
        if value is not None:
            properties["value"] = value
        yield {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def changes_vocabulary(known: Known) -> list[dict[str, Any]]:
    """What a builder offers: each field that can be changed, how, and what is asked for."""
    return [_offer(info, known) for info in known.fields.values() if kinds_for(info)]


def _offer(info: FieldInfo, known: Known) -> dict[str, Any]:
    kinds = []
    for kind in kinds_for(info):
        operand = kind.operand(info)
        offer: dict[str, Any] = {"do": kind.key, "label": str(kind.label), "operand": operand}
        if operand == "field":
            offer["fields"] = (kind.schema(info, known) or {}).get("enum", [])
        if operand != "field" or offer["fields"]:
            kinds.append(offer)
    return {
        "key": info.key,
        "label": str(info.label),
        "type": info.type,
        "choices": list(info.options.get("choices", ())),
        "most": int(info.options.get("max") or 5) if info.type == "rating" else None,
        "kinds": kinds,
    }
