"""What is wrong with a rule, where, and what may have been meant; in words of the active language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Problem:
    """`path` names the place, "all[2].op", "" for the whole. `code` is stable; `text` has named placeholders.

    `data` fills the text and is what a program reads: the gap's ends, the known keys.
    """

    code: str
    path: str
    text: str | Promise
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    suggestion: str | None = None

    @property
    def words(self) -> str:
        """The problem as one sentence, with the suggestion."""
        said = str(self.text) % dict(self.data)
        if self.suggestion is None:
            return said
        return _("%(problem)s; did you mean “%(suggestion)s”?") % {
            "problem": said,
            "suggestion": self.suggestion,
        }

    def __str__(self) -> str:
        return f"{self.path}: {self.words}" if self.path else self.words


class BadRule(ValueError):
    """A rule that cannot be read. `problems` says all that is wrong, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def closest(word: object, known: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """The key whose own text or other names look most like the word; None when nothing does."""
    names: dict[str, str] = {}
    for key, others in known:
        names[key.lower()] = key
        names.update({other.lower(): key for other in others if other.lower() not in names})
    found = get_close_matches(str(word).lower(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None
