"""What a list of journeys shows of each, in one statement for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kesher.events import counters
from kesher.journeys.counting import ended_name
from kesher.journeys.reasons import REASONS


@dataclass(frozen=True)
class Summary:
    """`active` is who is on the way now."""

    started: int = 0
    active: int = 0
    goal: int = 0


def summaries_of(workspace_id: int, journeys: Iterable[int]) -> dict[int, Summary]:
    """By the ids of journeys."""
    ids = list(journeys)
    started = {number: f"journey.{number}.started" for number in ids}
    goal = {number: f"journey.{number}.goal" for number in ids}
    ended = {number: [ended_name(number, reason) for reason in REASONS] for number in ids}
    names = [*started.values(), *goal.values(), *(name for each in ended.values() for name in each)]
    found = counters.read(workspace_id, names)
    return {
        number: Summary(
            found[started[number]],
            found[started[number]] - sum(found[name] for name in ended[number]),
            found[goal[number]],
        )
        for number in ids
    }
