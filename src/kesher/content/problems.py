"""What is wrong with a document, each with the path of the offence: `blocks.b2.url: …`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

ERROR, WARNING, HINT = "error", "warning", "hint"


@dataclass(frozen=True)
class Problem:
    """An error stops publishing; a warning is shown and may be sent; a hint is for who targets blocks.

    `block` is the id, "" for the whole. `code` is stable, "" where the message is all there is to say; `data` is
    JSON, described at the head of web.content.editor.
    """

    path: str
    message: str
    severity: str = ERROR
    block: str = ""
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "severity": self.severity,
            "block": self.block,
            "data": dict(self.data),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Problem:
        """Versions published earlier have neither code nor data."""
        return cls(
            stored["path"],
            stored["message"],
            stored["severity"],
            stored["block"],
            stored.get("code", ""),
            stored.get("data", {}),
        )

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Problems(Exception):
    """The document cannot be taken as it is. Holds at least one problem."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems

    def to_json(self) -> list[dict[str, Any]]:
        return [problem.to_json() for problem in self.problems]


def unknown(key: str, known: Iterable[str]) -> str:
    """The sentence for a key nobody knows, with the nearest that somebody does."""
    names = list(known)
    near = get_close_matches(key, names, n=1, cutoff=0.6)
    if near:
        return _("“%(key)s” is not known here; did you mean “%(near)s”?") % {
            "key": key,
            "near": near[0],
        }
    return _("“%(key)s” is not known here; known are: %(known)s") % {
        "key": key,
        "known": ", ".join(names),
    }
