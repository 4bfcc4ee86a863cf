"""Journeys for the photographs of the canvas: one with sixty steps, long names and much to put right; and an empty one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesher.accounts.access import Access
from kesher.contacts.custom_fields import create_field
from kesher.journeys.actions import create_journey

LONG = "שליחת הודעה אישית למצטרפים חדשים מהצפון שעדיין לא ביקרו בסניף ולא הזמינו קטלוג מודפס"
ROWS = 17


def add_canvases(access: Access, now: datetime) -> dict[str, int | str]:
    score = create_field(access, label="ציון בשאלון", type="number")
    many = create_journey(access, name=LONG[:60], graph=_many(score.key), now=now)
    empty = create_journey(access, name="מסע ריק", now=now)
    noted = create_journey(access, name="גבייה, עם פתקים", graph=_noted(), now=now)
    return {"journey_many": many.pk, "journey_empty": empty.pk, "journey_noted": noted.pk}


def _noted() -> dict[str, Any]:
    """A few steps with notes of all colours, in both languages, one of them long."""
    nodes = {
        "rest": {"kind": "wait", "for": "P3D", "next": "tell"},
        "tell": {"kind": "alert", "text": "עוד לא שילמו", "next": "end"},
        "end": {"kind": "exit"},
    }
    texts = (
        "לשאול את דנה לפני שינוי", "Three days, as agreed with Noa\nסוכם גם עם הנהלת החשבונות",
        f"{LONG}. " * 3, "https://example.org/an/address/that/is/longer/than/any/note/is/wide",
        "✔ נבדק", "1. להמתין\n2. להתקשר",
    )  # fmt: skip
    colors = ("amber", "blue", "moss", "coral", "plum", "slate")
    notes = [
        {
            "id": f"note_{at + 1}", "text": text, "color": color, "y": 0,
            "x": 160 if at % 2 else -368, **({"by": by} if by else {}),
        }
        for at, (text, color, by) in enumerate(
            zip(texts, colors, ("", "", "rest", "rest", "tell", "tell"), strict=True)
        )
    ]  # fmt: skip
    return {
        "format": 1, "name": "גבייה", "start": "rest", "nodes": nodes, "notes": notes,
        "triggers": [{"kind": "manual"}],
    }  # fmt: skip


def _many(field: str) -> dict[str, Any]:
    """A split by bands with a gap, and below each of its ways conditions in conditions."""
    nodes: dict[str, Any] = {
        "split_1": {
            "kind": "split", "field": field, "name": LONG, "note": "לבדוק עם נועה לפני הפרסום",
            "branches": [
                {"between": [0, 50], "to": "a1"}, {"between": [61, 80], "to": "b1"},
                {"label": LONG, "between": [75, None], "to": "end"},
            ],
        },
        "end": {"kind": "exit"},
    }  # fmt: skip
    for side in ("a", "b"):
        for row in range(1, ROWS + 1):
            below = f"{side}{row + 1}" if row < ROWS else "end"
            nodes |= _row(side, row, below)
    return {
        "format": 1, "name": LONG[:60], "start": "split_1", "nodes": nodes,
        "triggers": [{"kind": "contact.updated", "changed": [field]}, {"kind": "manual"}],
    }  # fmt: skip


def _row(side: str, row: int, below: str) -> dict[str, Any]:
    key = f"{side}{row}"
    if row % 4 == 1:
        rule = {"field": "city", "op": "equals", "value": "חיפה"}
        beside = f"{key}w"
        return {
            key: {"kind": "condition", "rule": rule, "yes": beside, "no": below},
            beside: {"kind": "wait", "for": "P2D", "next": below},
        }
    if row % 4 == 2:
        return {key: {"kind": "alert", "name": LONG, "next": below}}
    return {key: {"kind": "task", "title": "לחזור אל [[שם פרטי|איש הקשר]]", "next": below}}
