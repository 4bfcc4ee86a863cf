"""The day that each contact's date field holds, on the workspace's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kesher.contacts.rules import moment_of
from kesher.journeys.sitting import Sitting
from kesher.lib import sql
from kesher.rules.operators import TYPES


def days_of_field(sitting: Sitting, key: str, contact_ids: Sequence[int]) -> dict[int, date]:
    """By contact id; those without a date are left out. Empty for a field that is gone."""
    found = sitting.vocabulary.field(key)
    if found is None or TYPES[found.type].key != "date":
        return {}
    parameters: dict[str, object] = {}

    def bind(value: object, cast: str) -> str:
        name = f"day{len(parameters)}"
        parameters[name] = value
        return f"%({name})s::{cast}"

    family, moment = TYPES[found.type], moment_of(sitting.workspace, sitting.now)
    if found.column is not None:
        typed = family.of_column(f"c.{found.column}", found.type, moment, bind)
    else:
        typed = family.of_json(f"(c.fields -> {bind(key, 'text')})", found.type, moment, bind)
    rows = sql.rows(
        f"SELECT c.id, ({typed}) FROM contact c WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)",
        {**parameters, "workspace": sitting.workspace.pk, "ids": list(contact_ids)},
    )
    return {number: day for number, day in rows if day is not None}
