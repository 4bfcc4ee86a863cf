"""Steps that add up the answers of one submission: from nothing each time (T2), and only when all are there (T4). Pure.

Their journey is to be entered by the policy "restart": two submissions side by side would add to one sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kesher.journeys.recipes.kit import Json, Kit, Words


@dataclass(frozen=True)
class Question:
    """A field by the recipe's name for it. `worth`: answers with the points that each of them brings."""

    field: str
    words: Words
    worth: Sequence[tuple[Words, Sequence[Any], int]]


def summing(
    kit: Kit, total: str, result: str | None, questions: Sequence[Question], next: str
) -> dict[str, Json]:
    """Nodes that leave the sum in the field `total` and go on to `next`; while answers are missing it is cleared, and so
    is `result`, a field that says what the sum means."""
    fields = [question.field for question in questions]
    unknown = [{"field": field, "do": "clear"} for field in (total, result) if field]
    nodes = {
        "complete": kit.ask(
            Words("ענו על הכול?", "All answered?"),
            {"all": [kit.is_set(field) for field in fields]}, yes="reset", no="unknown",
        ),
        "unknown": kit.change(
            Words("עוד אין ציון", "No score yet"), *unknown
        ),
        "reset": kit.change(
            Words("מתחילים מאפס", "Start from nothing"), {"field": total, "do": "reset"}, next=fields[0]
        ),
    }  # fmt: skip
    for question, following in zip(questions, [*fields[1:], next], strict=True):
        nodes |= _asked(kit, total, question, following)
    return nodes


def _asked(kit: Kit, total: str, question: Question, following: str) -> dict[str, Json]:
    name = question.field
    ways = [
        (words, values, f"{name}_{number}")
        for number, (words, values, _points) in enumerate(question.worth, 1)
    ]
    split = kit.by_value(question.words, name, *ways, otherwise=following)
    adds = {
        f"{name}_{number}": kit.change(
            Words(f"עוד {points}", f"{points} more"),
            {"field": total, "do": "add", "value": points},
            next=following,
        )
        for number, (_words, _values, points) in enumerate(question.worth, 1)
    }
    return {name: split, **adds}
