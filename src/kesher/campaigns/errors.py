"""Why an act on a campaign is refused, each with what its caller needs to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Named(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def text(self) -> object: ...

    @property
    def step(self) -> str: ...


class CannotSend(Exception):
    """The campaign is not ready; `problems` (campaigns.checks.Problem) say what to do."""

    def __init__(self, problems: Sequence[Named]) -> None:
        super().__init__("; ".join(problem.key for problem in problems))
        self.problems = problems


class WrongState(Exception):
    """Somebody was faster, or the act does not fit the state. `status` is what it is now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class BadValue(Exception):
    """A value that cannot be used: `field` names it, `text` says what would do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text
