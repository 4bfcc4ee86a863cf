"""A contact's values in short texts for the staff (alerts, tasks) and in calls outside: one statement a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kesher.contacts.models import Contact
from kesher.contacts.values import COLUMNS, current_value
from kesher.contacts.vocabulary import FieldInfo, fields_of, resolve
from kesher.content.tags import Tag, split
from kesher.journeys.kinds import Cohort
from kesher.journeys.sitting import Sitting


def filled(cohort: Cohort, text: str) -> list[str]:
    """The text for each run of the cohort, its merge tags filled in."""
    pieces = list(split(text))
    if all(isinstance(piece, str) for piece in pieces):
        return [text] * len(cohort.walkers)
    sitting = cohort.sitting
    fields = fields_of(sitting.workspace)
    people = contacts_of(sitting, cohort.contact_ids)
    language = sitting.workspace.language
    return [
        "".join(
            piece if isinstance(piece, str) else _value(piece, people.get(one), fields, language)
            for piece in pieces
        )
        for one in cohort.contact_ids
    ]


def _value(tag: Tag, contact: Contact | None, fields: list[FieldInfo], language: str) -> str:
    info = resolve(tag.name, fields)
    value = current_value(contact, info.key) if info and contact else None
    if info is None or value in (None, ""):
        return tag.fallback
    return info.field_type.show(value, info.options, language)


def contacts_of(sitting: Sitting, contact_ids: Sequence[int]) -> dict[int, Contact]:
    return Contact.objects.filter(workspace=sitting.workspace).in_bulk(list(contact_ids))


def contacts_as_json(sitting: Sitting, contact_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What a call outside tells of each contact."""
    return {
        number: {
            "id": number,
            **{key: value for key in COLUMNS if (value := current_value(contact, key)) is not None},
            "fields": contact.fields,
        }
        for number, contact in contacts_of(sitting, contact_ids).items()
    }
