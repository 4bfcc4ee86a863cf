"""Changes of any field: set a value, copy another field's, clear."""

from __future__ import annotations

import json
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.changes.base import CHANGES, Change, Known, Row, Schema, Wrong
from kesher.contacts.changes.pieces import day_of, number_of
from kesher.contacts.fields import FIELD_TYPES, BadValue
from kesher.contacts.fields.rating import highest
from kesher.contacts.vocabulary import FieldInfo
from kesher.rules.problems import closest

_TYPES = frozenset(member.key for member in FIELD_TYPES)
_TEXTS = frozenset({"text", "long_text", "email", "phone", "url"})
# Which types a field of a type may be filled from, besides its own.
_FROM = {
    "text": _TEXTS,
    "long_text": _TEXTS,
    "number": frozenset({"rating"}),
    "rating": frozenset({"number"}),
    "date": frozenset({"date_time"}),
}


class Set:
    key, label = "set", _("set to")
    types = _TYPES - {"signature"}

    def operand(self, info: FieldInfo) -> str:
        return "value"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        typed = info.field_type.check(value, {**info.options, "country": known.country})
        if isinstance(typed, BadValue):
            return Wrong(typed.reason, typed.words, suggestion=_meant(value, info))
        return (
            Wrong("missing_value", _("say which value; to empty it use “clear”"), suggestion=None)
            if typed is None
            else typed
        )

    def sql(self, change: Change, current: str, row: Row) -> str:
        return row.put(json.dumps(change.value), "jsonb")

    def words(self, change: Change) -> str:
        language = translation.get_language() or "en"
        info = change.field
        named = {
            "field": str(info.label),
            "value": info.field_type.show(change.value, info.options, language),
        }
        return gettext("Set “%(field)s” to “%(value)s”") % named

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return _schema_of(info)


def _meant(value: Any, info: FieldInfo) -> str | None:
    choices = info.options.get("choices")
    word = value[0] if isinstance(value, list) and value else value
    if not choices or not isinstance(word, str):
        return None
    return closest(word, ((choice["key"], (choice["label"],)) for choice in choices))


def _schema_of(info: FieldInfo) -> Schema:
    keys = [choice["key"] for choice in info.options.get("choices", ())]
    match info.type:
        case "number":
            return {"type": "number"}
        case "rating":
            return {"type": "integer", "minimum": 1, "maximum": highest(info.options)}
        case "yes_no":
            return {"type": "boolean"}
        case "choice":
            return {"enum": keys}
        case "choices":
            return {"type": "array", "items": {"enum": keys}, "minItems": 1}
        case "date" | "date_time":
            return {"type": "string", "format": "date" if info.type == "date" else "date-time"}
    return {"type": "string", "minLength": 1}


class CopyFrom:
    """From another field of this contact, as it stands after the steps before. Nothing known there clears."""

    key, label = "copy_from", _("copy from another field")
    types = _TYPES - {"signature"}

    def operand(self, info: FieldInfo) -> str:
        return "field"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        other = known.fields.get(value) if isinstance(value, str) else None
        if other is None:
            names = ((one.key, (str(one.label), *one.names)) for one in copied_from(info, known))
            return Wrong(
                "unknown_field",
                _("there is no field “%(key)s”"),
                {"key": str(value)},
                closest(value, names),
            )
        if other.key == info.key or not _goes_into(other, info):
            return Wrong(
                "other_type",
                _("“%(field)s” cannot be filled from “%(other)s”"),
                {"field": str(info.label), "other": str(other.label)},
            )
        return other.key

    def sql(self, change: Change, current: str, row: Row) -> str:
        value, into = row.of(change.origin), change.field
        if into.type == "rating":
            number = f"(CASE WHEN {number_of(value)} = trunc({number_of(value)}) THEN {number_of(value)} END)"
            return f"CASE WHEN {number} BETWEEN 1 AND {highest(into.options)} THEN {value} END"
        if into.type == "date" and change.origin.type == "date_time":
            return f"to_jsonb({day_of(value, row)})"
        if into.type == "text" and change.origin.type == "long_text":
            return f"to_jsonb(left(regexp_replace({value} #>> '{{}}', '\\s+', ' ', 'g'), 1000))"
        return value

    def words(self, change: Change) -> str:
        named = {"field": str(change.field.label), "other": str(change.origin.label)}
        return gettext("Copy “%(other)s” into “%(field)s”") % named

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return {"enum": [other.key for other in copied_from(info, known)]}


def copied_from(info: FieldInfo, known: Known) -> list[FieldInfo]:
    """The fields that this one can be filled from."""
    return [
        other
        for other in known.fields.values()
        if other.key != info.key and _goes_into(other, info)
    ]


def _goes_into(other: FieldInfo, info: FieldInfo) -> bool:
    if info.type in ("choice", "choices"):
        keys = {choice["key"] for choice in info.options["choices"]}
        return other.type == info.type and keys >= {c["key"] for c in other.options["choices"]}
    return other.type == info.type or other.type in _FROM.get(info.type, ())


class Clear:
    key, label = "clear", _("clear")
    types = _TYPES

    def operand(self, info: FieldInfo) -> str:
        return "none"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        return value

    def sql(self, change: Change, current: str, row: Row) -> str:
        return "NULL::jsonb"

    def words(self, change: Change) -> str:
        return gettext("Clear “%(field)s”") % {"field": str(change.field.label)}

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return None


CHANGES.register(Set())
CHANGES.register(CopyFrom())
CHANGES.register(Clear())
