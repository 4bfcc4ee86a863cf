"""A document as JSON (FORMATS: Document) and as a checked tree; every refusal names its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks import BLOCKS, Node
from kesher.content.blocks.columns import MOST_COLUMNS
from kesher.content.problems import Problem, Problems, unknown
from kesher.content.settings import Choice, Setting, check_settings
from kesher.content.smart import refusals

FORMAT = 1
MOST_BLOCKS = 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_TOP = ("format", "language", "direction", "theme", "blocks")
_OF_EVERY_BLOCK = ("id", "kind", "show_if", "smart")

THEME = (
    Setting("color", gettext_lazy("Main colour"), "color", "#0c6b68", group="look"),
    Setting("background", gettext_lazy("Background"), "color", "#f3f5f3", group="look"),
    Setting("surface", gettext_lazy("Page"), "color", "#ffffff", group="look"),
    Setting("text", gettext_lazy("Text colour"), "color", "#2c3a37", group="look"),
    Setting("corners", gettext_lazy("Rounded corners"), "range", 8, group="look", min=0, max=28),
    Setting(
        "font",
        gettext_lazy("Font"),
        "choice",
        "sans",
        group="look",
        choices=(
            Choice("sans", gettext_lazy("Clean (Arial)")),
            Choice("serif", gettext_lazy("Classic (Georgia, David)")),
        ),
    ),
)


@dataclass(frozen=True)
class Tree:
    """A document that was checked. `theme` has its defaults filled in."""

    language: str
    direction: str
    theme: dict[str, Any]
    given_theme: dict[str, Any]
    blocks: tuple[Node, ...]

    def to_json(self) -> dict[str, Any]:
        """What is stored: only what was given, cleaned. Parsing it again gives the same tree."""
        return {
            "format": FORMAT,
            "language": self.language,
            "direction": self.direction,
            "theme": self.given_theme,
            "blocks": [_block_json(node) for node in self.blocks],
        }

    def walk(self) -> Iterator[Node]:
        """Every block, those in columns after their columns."""
        for node in self.blocks:
            yield node
            for column in node.columns:
                yield from column


def blank(language: str = "he") -> dict[str, Any]:
    """The JSON of an empty document in a language."""
    return {
        "format": FORMAT,
        "language": language,
        "direction": direction_of(language),
        "theme": {},
        "blocks": [],
    }


def direction_of(language: str) -> str:
    return "rtl" if language[:2] in {"he", "ar", "fa", "yi", "ur"} else "ltr"


def parse(body: Any) -> Tree:
    """A checked tree from stored or sent JSON. Raises Problems with all that is wrong."""
    reader = _Reader()
    tree = reader.document(body)
    if reader.problems or tree is None:
        raise Problems(reader.problems)
    return tree


def _block_json(node: Node) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": node.id, "kind": node.kind, **node.given}
    if node.kind == "columns":
        entry["columns"] = [
            {"blocks": [_block_json(inner) for inner in column]} for column in node.columns
        ]
    if node.smart is not None:
        entry["smart"] = node.smart
    if node.show_if is not None:
        entry["show_if"] = node.show_if
    return entry


def _some(rule: dict[str, Any] | None) -> dict[str, Any] | None:
    """A rule without conditions is none: the block is for everybody."""
    return None if rule in ({}, {"all": []}) else rule


class _Reader:
    """Collects problems while it walks; one per document."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.ids: set[str] = set()

    def refuse(self, path: str, message: str, block: str = "") -> None:
        self.problems.append(Problem(path, message, "error", block))

    def document(self, body: Any) -> Tree | None:
        if not isinstance(body, dict):
            self.refuse("", _("a document must be an object"))
            return None
        for key in body:
            if key not in _TOP:
                self.refuse(str(key), unknown(str(key), _TOP))
        if body.get("format", FORMAT) != FORMAT:
            self.refuse("format", _("only format %(format)s is known") % {"format": FORMAT})
        language = body.get("language", "he")
        if not isinstance(language, str) or not re.match(
            r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", language
        ):
            self.refuse("language", _("must be a language code such as he or en"))
            language = "he"
        direction = body.get("direction", direction_of(language))
        if direction not in ("rtl", "ltr"):
            self.refuse("direction", unknown(str(direction), ("rtl", "ltr")))
        given, theme = self.theme(body.get("theme", {}))
        blocks = self.blocks(body.get("blocks", []), "blocks", nested=False)
        return Tree(language, direction, theme, given, blocks)

    def theme(self, theme: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(theme, dict):
            self.refuse("theme", _("must be an object"))
            return {}, {}
        given = dict(theme)
        for problem in check_settings(THEME, given):
            self.refuse(f"theme.{problem.path}", problem.message)
        full = {setting.key: given.get(setting.key) or setting.default for setting in THEME}
        full["corners"] = given.get("corners", 8)
        return given, full

    def blocks(self, blocks: Any, path: str, *, nested: bool) -> tuple[Node, ...]:
        if not isinstance(blocks, list):
            self.refuse(path, _("must be a list of blocks"))
            return ()
        if len(self.ids) + len(blocks) > MOST_BLOCKS:
            self.refuse(path, _("has more than %(count)s blocks") % {"count": MOST_BLOCKS})
            return ()
        nodes = (
            self.block(block, f"{path}[{place}]", nested=nested)
            for place, block in enumerate(blocks)
        )
        return tuple(node for node in nodes if node is not None)

    def block(self, block: Any, path: str, *, nested: bool) -> Node | None:
        if not isinstance(block, dict):
            self.refuse(path, _("must be an object"))
            return None
        number = self.block_id(block.get("id"), path)
        if number is None:
            return None
        path = f"blocks.{number}"
        kind = block.get("kind")
        if not isinstance(kind, str) or kind not in BLOCKS:
            self.refuse(f"{path}.kind", unknown(str(kind), [b.key for b in BLOCKS]), number)
            return None
        if nested and not BLOCKS.get(kind).nests:
            self.refuse(f"{path}.kind", _("cannot lie in a column"), number)
            return None
        return Node(
            id=number,
            kind=kind,
            **self.settings(block, kind, path, number),
            show_if=_some(self.opaque(block, "show_if", path, number)),
            smart=self.smart(block, kind, path, number),
            columns=self.columns(block, path, number) if kind == "columns" else (),
        )

    def block_id(self, number: Any, path: str) -> str | None:
        if not isinstance(number, str) or not _ID.match(number):
            self.refuse(f"{path}.id", _("each block needs an id of letters and digits"))
            return None
        if number in self.ids:
            self.refuse(f"{path}.id", _("the id “%(id)s” is used twice") % {"id": number}, number)
            return None
        self.ids.add(number)
        return number

    def settings(self, block: dict[str, Any], kind: str, path: str, number: str) -> dict[str, Any]:
        schema = BLOCKS.get(kind).schema
        apart = (*_OF_EVERY_BLOCK, "columns") if kind == "columns" else _OF_EVERY_BLOCK
        given = {key: value for key, value in block.items() if key not in apart}
        for problem in check_settings(schema, given):
            self.refuse(f"{path}.{problem.path}", problem.message, number)
        defaults = {setting.key: setting.default for setting in schema}
        return {"given": given, "settings": {**defaults, **given}}

    def opaque(
        self, block: dict[str, Any], key: str, path: str, number: str
    ) -> dict[str, Any] | None:
        value = block.get(key)
        if value is not None and not isinstance(value, dict):
            self.refuse(f"{path}.{key}", _("must be an object"), number)
            return None
        return value

    def smart(
        self, block: dict[str, Any], kind: str, path: str, number: str
    ) -> dict[str, Any] | None:
        value = self.opaque(block, "smart", path, number)
        for below, message in refusals(kind, value) if value else ():
            self.refuse(f"{path}.smart{below}", message, number)
        return value

    def columns(
        self, block: dict[str, Any], path: str, number: str
    ) -> tuple[tuple[Node, ...], ...]:
        columns = block.get("columns", [{"blocks": []}, {"blocks": []}])
        if not isinstance(columns, list) or not 1 <= len(columns) <= MOST_COLUMNS:
            self.refuse(
                f"{path}.columns",
                _("must be a list of 1 to %(count)s columns") % {"count": MOST_COLUMNS},
                number,
            )
            return ()
        found = []
        for place, column in enumerate(columns):
            inner = f"{path}.columns[{place}]"
            if not isinstance(column, dict) or set(column) - {"blocks"}:
                self.refuse(inner, _("must be an object with “blocks” and nothing else"), number)
                continue
            found.append(self.blocks(column.get("blocks", []), f"{inner}.blocks", nested=True))
        return tuple(found)
