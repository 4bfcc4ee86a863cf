"""The values of a plan for many contacts at once: one statement, each value formatted once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from kesher.contacts.fields import FIELD_TYPES
from kesher.content.plan import Plan, ValueSpec
from kesher.lib import sql

Values = tuple[str, ...]

# Columns of the contact that a plan may name; a plan stored by someone else's code names nothing more.
_COLUMNS = frozenset(
    {
        "first_name",
        "last_name",
        "email",
        "mobile",
        "phone",
        "role",
        "company",
        "city",
        "birthday",
        "notes",
        "external_id",
    }
)
_TEXTS = frozenset({"text", "long_text", "email", "url"})


def values_of(workspace_id: int, plan: Plan, contact_ids: Sequence[int]) -> dict[int, Values]:
    """By contact: one text per field of the plan, in order, then the truth of each of its rules.

    An unknown value is "". Contacts that are not of the workspace are left out.
    """
    if not contact_ids:
        return {}
    picked = ", ".join(
        ["c.id", *(_expression(place, spec) for place, spec in enumerate(plan.values))]
    )
    parameters: dict[str, Any] = {"workspace": workspace_id, "ids": list(contact_ids)}
    parameters |= {f"key{place}": spec.key for place, spec in enumerate(plan.values)}
    found = sql.rows(
        f"SELECT {picked} FROM contact c WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)",
        parameters,
    )
    shows = [_show(spec, plan.language) for spec in plan.values]
    truths = ("1",) * len(plan.rules)
    return {
        row[0]: (*(show(value) for show, value in zip(shows, row[1:], strict=True)), *truths)
        for row in found
    }


def _expression(place: int, spec: ValueSpec) -> str:
    if spec.column is None:
        return f"(c.fields -> %(key{place})s)::text"
    if spec.column not in _COLUMNS:
        raise ValueError(f"{spec.column!r} is no column of a contact")
    return f"c.{spec.column}"


def _show(spec: ValueSpec, language: str) -> Callable[[Any], str]:
    """What makes a stored value readable. Columns come typed, custom fields as JSON."""
    if spec.column is not None and spec.type in _TEXTS:
        return lambda value: value or ""
    kind = FIELD_TYPES.get(spec.type)
    is_json = spec.column is None

    def show(value: Any) -> str:
        if value is None or value == "":
            return ""
        if is_json:
            value = json.loads(value)
        elif isinstance(value, date):
            value = value.isoformat()
        return kind.show(value, spec.options, language) if value not in (None, "", []) else ""

    return show


def values_from(contact_values: dict[str, Any], plan: Plan) -> Values:
    """The values of a plan from a plain mapping of field keys: for samples that are no contacts."""
    shown = (str(contact_values.get(spec.key, "")) for spec in plan.values)
    return (*shown, *("1",) * len(plan.rules))
