"""What a block is: settings for the inspector and the check, and one function per face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from kesher.content.problems import Problem
from kesher.content.settings import Setting, Text

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


@dataclass(frozen=True)
class Node:
    """One block of a parsed document: its settings with defaults filled in, `given` as they were stored."""

    id: str
    kind: str
    settings: dict[str, Any]
    given: dict[str, Any] = field(repr=False)
    show_if: dict[str, Any] | None = None
    smart: dict[str, Any] | None = None
    columns: tuple[tuple[Node, ...], ...] = ()

    def __getitem__(self, key: str) -> Any:
        return self.settings[key]


class Block(Protocol):
    """A kind of block. `mjml` gives elements of one mj-column; `text` lines of the plain part.

    User text never enters MJML: it goes through the context, which answers a marker.
    """

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def icon(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def schema(self) -> tuple[Setting, ...]: ...
    @property
    def nests(self) -> bool:
        """Whether it may lie in a column."""
        ...

    @property
    def is_content(self) -> bool:
        """Whether a message that holds nothing else is worth sending: not a heading, a line or a footer."""
        ...

    def mjml(self, node: Node, context: MailContext) -> str: ...

    def text(self, node: Node, context: MailContext) -> str: ...

    def problems(self, node: Node) -> list[Problem]: ...


def space(default: int = 12) -> Setting:
    return Setting(
        "space", _("Space above and below"), "range", default, group="look", min=0, max=64
    )


BACKGROUND = Setting("background", _("Background"), "color", "", group="look")


def align(default: str = "start") -> Setting:
    return Setting("align", _("Alignment"), "align", default, group="look")


def warning(node: Node, key: str, message: str) -> Problem:
    return Problem(f"blocks.{node.id}.{key}", message, "warning", node.id)


def error(node: Node, key: str, message: str) -> Problem:
    return Problem(f"blocks.{node.id}.{key}", message, "error", node.id)
