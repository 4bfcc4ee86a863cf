"""What is wrong with a journey, where, and how bad: in words of the active language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kesher.rules import problems as rules

ERROR, WARNING, TIP = "error", "warning", "tip"


@dataclass(frozen=True)
class Problem(rules.Problem):
    """`level`: an error stops publishing, a warning does not, a tip is advice."""

    level: str = ERROR

    @property
    def node(self) -> str | None:
        """The key of the node it is about, None for the journey as a whole."""
        first, _, rest = self.path.partition(".")
        return rest.split(".")[0].split("[")[0] if first == "nodes" and rest else None

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "path": self.path,
            "node": self.node,
            "level": self.level,
            "message": self.words,
        }


def of_rule(found: Iterable[rules.Problem], level: str = ERROR) -> list[Problem]:
    """Problems of a rule as problems of the journey that holds it."""
    return [Problem(one.code, one.path, one.text, one.data, one.suggestion, level) for one in found]


class BadJourney(ValueError):
    """A graph that cannot be read or published. `problems` says all that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
