"""The vocabulary as the builder's pickers offer it: each operator also in its negated words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.operators import operators_of
from kesher.rules.operators.base import Operator
from kesher.rules.schema import vocabulary_json
from kesher.rules.vocabulary import Field, Vocabulary

_HOLE = "…"
# Where a sentence without its value says too little: by the operator's name, what a picker shows, and negated.
_SHORT = {
    "equals": (_("is exactly"), _("is not")),
    "is": (_("is"), _("is not")),
    "one_of": (_("is one of"), _("is none of")),
    "on": (_("is on"), _("is not on")),
    "in_last": (_("is in the last"), _("is not in the last")),
    "in_next": (_("is in the next"), _("is not in the next")),
    "month_is": (_("falls in the month"), _("does not fall in the month")),
    "anniversary_in": (_("has its anniversary within"), _("has no anniversary within")),
    "hebrew_on": (_("has its Hebrew anniversary on"), _("has no Hebrew anniversary on")),
    "hebrew_in": (_("has its Hebrew anniversary within"), _("has no Hebrew anniversary within")),
}
_RARE = {"hebrew_eve_on"}  # for files, the API and triggers by date: not offered


def pickable(words: Vocabulary) -> dict[str, Any]:
    """`vocabulary_json`, and for each operator "label" and "negation" as a picker shows them."""
    told = vocabulary_json(words)
    _tell(told["fields"], words.fields)
    for shown, kind in zip(told["kinds"], words.kinds, strict=True):
        _tell(shown["data"], kind.data)
    told["types"] = {
        kind: [_operator(one) for one in operators_of(kind)]
        for kind in ("text", "number", "yes_no")
    }
    return told


def _tell(shown: Iterable[dict[str, Any]], fields: Iterable[Field]) -> None:
    for entry, field in zip(shown, fields, strict=True):
        entry["names"] = list(field.names)
        entry["decimals"] = field.decimals
        entry["operators"] = [
            _operator(one) for one in operators_of(field.type) if one.name not in _RARE
        ]


def _operator(one: Operator) -> dict[str, str]:
    label, negation = _words(one)
    return {"op": one.name, "label": label, "negation": negation, "editor": one.operand.editor}


def _words(one: Operator) -> tuple[str, str]:
    short = _SHORT.get(one.name)
    if short is None:
        return _said(str(one.sentence)), _said(str(one.negation))
    is_exact = one.name != "equals" or one.family == "number"
    return str(short[0] if is_exact else one.label), str(short[1])


def _said(sentence: str) -> str:
    """ "%(field)s is %(value)s or more" as "is … or more": a hole only where words follow it."""
    words = sentence % {"field": "", "value": _HOLE}
    return words.strip().removeprefix(":").strip().removesuffix(_HOLE).strip().rstrip(":–").strip()
