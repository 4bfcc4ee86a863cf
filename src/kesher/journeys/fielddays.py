"""The day, and of a date with a time the hour, that each contact's field holds, on the workspace's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from kesher.journeys.sitting import Sitting
from kesher.lib import sql
from kesher.rules.operators import TYPES
from kesher.rules.operators.days import read_day, read_instant


@dataclass(frozen=True, slots=True)
class FieldDay:
    """`hour` is None where only a day is held."""

    day: date
    hour: time | None = None


def days_of_field(sitting: Sitting, key: str, contact_ids: Sequence[int]) -> dict[int, FieldDay]:
    """By contact id; those without a date are left out. Empty for a field that is gone."""
    found = sitting.vocabulary.field(key)
    if found is None or TYPES[found.type].key != "date":
        return {}
    held = f"c.{found.column}" if found.column is not None else "c.fields ->> %(key)s"
    rows = sql.rows(
        f"SELECT c.id, {held} FROM contact c WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)",
        {"key": key, "workspace": sitting.workspace.pk, "ids": list(contact_ids)},
    )
    days = ((number, _read(value, sitting.zone)) for number, value in rows)
    return {number: day for number, day in days if day is not None}


def _read(value: Any, zone: str) -> FieldDay | None:
    if instant := read_instant(value):
        local = instant.astimezone(ZoneInfo(zone))
        return FieldDay(local.date(), local.time())
    day = read_day(value)
    return FieldDay(day) if day else None
