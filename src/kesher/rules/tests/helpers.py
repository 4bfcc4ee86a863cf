"""The shared cases, the words they use, and the tables filled from a case: by SQL, for rules know no models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from kesher.rules.memory import Facts, Happened
from kesher.rules.moment import Moment
from kesher.rules.sql import Statement
from kesher.rules.vocabulary import (
    Choice,
    ContactList,
    Field,
    Kind,
    Message,
    Segment,
    Vocabulary,
)

CASES = Path(__file__).resolve().parent.parent / "cases"
NOW = "2026-11-17T08:00:00Z"


@dataclass(frozen=True)
class Case:
    file: str
    name: str
    rule: Any
    contact: Mapping[str, Any]
    expected: bool
    now: str = NOW
    identified: bool = False
    previous: tuple[int, ...] | None = None
    events: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def moment(self) -> Moment:
        now = datetime.fromisoformat(self.now)
        return Moment(now, "Asia/Jerusalem", self.identified, self.previous)


def cases() -> list[Case]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")).get("cases", ()):
            lists = {key: tuple(case[key]) for key in ("previous", "events") if key in case}
            found.append(Case(path.stem, **{**case, **lists}))
    return found


def vocabulary() -> Vocabulary:
    words = json.loads((CASES / "vocabulary.json").read_text(encoding="utf-8"))
    return Vocabulary(
        fields=tuple(map(_field, words["fields"])),
        lists=tuple(ContactList(**known) for known in words["lists"]),
        segments=tuple(Segment(**known) for known in words["segments"]),
        kinds=tuple(
            Kind(**{**known, "data": tuple(map(_field, known["data"]))}) for known in words["kinds"]
        ),
        messages=tuple(Message(**known) for known in words["messages"]),
    )


def _field(known: Mapping[str, Any]) -> Field:
    choices = tuple(Choice(**choice) for choice in known.get("choices", ()))
    return Field(**{**known, "choices": choices})


VOCABULARY = vocabulary()


def facts(contact: Mapping[str, Any], events: Iterable[Mapping[str, Any]] = ()) -> Facts:
    return Facts(
        {key: value for key, value in contact.items() if key not in ("lists", "consent")},
        {key: datetime.fromisoformat(at) for key, at in contact.get("lists", {}).items()},
        frozenset(contact.get("consent", ())),
        [Happened(e["kind"], datetime.fromisoformat(e["at"]), e["data"]) for e in events],
    )


class _Json(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def insert(
    workspace_id: int, contact_id: int, contact: Mapping[str, Any], events: Iterable[Any] = ()
) -> None:
    """One contact with its memberships and events. Unknown columns go to `fields`."""
    columns = {known.key for known in VOCABULARY.fields if known.column}
    values = {key: value for key, value in contact.items() if key not in ("lists", "consent")}
    custom = {key: value for key, value in values.items() if key not in columns}
    row: dict[str, Any] = {
        "id": contact_id, "workspace_id": workspace_id, "created_at": NOW, "updated_at": NOW,
        **{key: value for key, value in values.items() if key in columns},
        "fields": json.dumps(custom, cls=_Json),
        **{f"{channel}_consent": "granted" for channel in contact.get("consent", ())},
    }  # fmt: skip
    texts = (
        "email", "mobile", "external_id", "first_name", "last_name", "phone", "role", "company", "city",
        "notes", "language", "email_consent", "sms_consent", "whatsapp_consent", "source",
    )  # fmt: skip
    row = {**dict.fromkeys(texts, ""), **row}
    names = ", ".join(row)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO contact ({names}) VALUES ({marks})", list(row.values()))
        for key, at in contact.get("lists", {}).items():
            found = VOCABULARY.list(key)
            cursor.execute(
                "INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)"
                " VALUES (%s, %s, %s, %s, '')",
                [workspace_id, found and found.id, contact_id, at],
            )
        for event in events:
            cursor.execute(
                "INSERT INTO event (workspace_id, contact_id, kind, at, data) VALUES (%s, %s, %s, %s, %s)",
                [workspace_id, contact_id, event["kind"], event["at"], json.dumps(event["data"])],
            )


def clear() -> None:
    with connection.cursor() as cursor:
        for table in ("event", "list_membership", "contact"):
            cursor.execute(f"DELETE FROM {table}")


def rows(statement: Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        return list(cursor.fetchall())
