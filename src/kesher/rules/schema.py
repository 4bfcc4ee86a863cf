"""The JSON schema of a rule for one vocabulary, and the vocabulary as the builder reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kesher.rules.operators import operators_of
from kesher.rules.operators.base import Operator
from kesher.rules.parse import MOST_TIMES
from kesher.rules.tree import PREVIOUS
from kesher.rules.vocabulary import Field, Kind, Vocabulary

Schema = dict[str, Any]
_RULE: Schema = {"$ref": "#/$defs/rule"}
_DURATION: Schema = {"type": "string", "pattern": "^P"}
_TIME: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}
_PERIOD: Schema = {"within": _DURATION, "since": _TIME, "until": _TIME}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": MOST_TIMES}


def rule_schema(vocabulary: Vocabulary) -> Schema:
    """JSON Schema 2020-12. What only `parse` can know (circles of segments, from above to) it does not say."""
    forms = [
        _object({"all": {"type": "array", "items": _RULE}}),
        _object({"any": {"type": "array", "items": _RULE}}),
        _object({"not": _RULE}),
        _object({"identified": {"type": "boolean"}}),
        *_named("consent", [known.key for known in vocabulary.channels]),
        *_named("segment", [known.key for known in vocabulary.segments]),
        *_lists(vocabulary),
        *(form for known in vocabulary.fields for form in _comparisons(known)),
        *(_did(kind, vocabulary) for kind in vocabulary.kinds),
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/rule",
        "$defs": {"rule": {"oneOf": forms}},
    }


def _object(properties: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def _named(form: str, keys: list[str]) -> list[Schema]:
    return [_object({form: {"enum": keys}})] if keys else []


def _lists(vocabulary: Vocabulary) -> list[Schema]:
    names = [name for known in vocabulary.lists for name in (known.key, known.id)]
    joined = {
        "type": "object",
        "properties": _PERIOD,
        "minProperties": 1,
        "additionalProperties": False,
    }
    return [_object({"list": {"enum": names}}, {"joined": joined})] if names else []


def _comparisons(field: Field) -> Iterable[Schema]:
    for operator in operators_of(field.type):
        yield _object({"field": {"const": field.key}, **_operation(operator, field)})


def _operation(operator: Operator, field: Field) -> Schema:
    value = operator.operand.schema(field)
    return {"op": {"const": operator.name}, **({"value": value} if value else {})}


def _did(kind: Kind, vocabulary: Vocabulary) -> Schema:
    messages = [PREVIOUS, *(message.key for message in vocabulary.messages)]
    entries: Schema = {known.key: _entry(known) for known in kind.data}
    where = {
        "type": "object",
        "properties": {**entries, "message": {"enum": messages}},
        "additionalProperties": kind.is_open,
    }
    times = {
        "type": "object",
        "properties": {"at_least": _COUNT, "at_most": _COUNT, "exactly": _COUNT},
        "minProperties": 1,
        "additionalProperties": False,
    }
    by = {"enum": ["human", "any"]}
    return _object(
        {"did": {"const": kind.key}}, {"where": where, "times": times, **_PERIOD, "by": by}
    )


def _entry(field: Field) -> Schema:
    """A comparison, or a bare value that it must equal."""
    spelled = [_object(_operation(operator, field)) for operator in operators_of(field.type)]
    return {"anyOf": [{"type": ["string", "number", "boolean"]}, *spelled]}


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """What a rule may say, in words of the active language: for the builder and the API."""
    return {
        "fields": [_field_json(known) for known in vocabulary.fields],
        "lists": [
            {"key": known.key, "id": known.id, "label": str(known.name), "is_all": known.is_all}
            for known in vocabulary.lists
        ],
        "segments": [{"key": one.key, "label": str(one.name)} for one in vocabulary.segments],
        "messages": [{"key": one.key, "label": str(one.name)} for one in vocabulary.messages],
        "channels": [{"key": one.key, "label": str(one.label)} for one in vocabulary.channels],
        "kinds": [
            {
                "key": kind.key,
                "label": str(kind.label),
                "is_open": kind.is_open,
                "data": [_field_json(known) for known in kind.data],
            }
            for kind in vocabulary.kinds
        ],
    }


def _field_json(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": str(field.label),
        "type": field.type,
        "archived": field.archived,
        "most": field.most,
        "choices": [{"key": choice.key, "label": str(choice.label)} for choice in field.choices],
        "operators": [
            {"op": one.name, "label": str(one.label), "editor": one.operand.editor}
            for one in operators_of(field.type)
        ],
    }
