"""Starting points for a mail, in Hebrew and English. A new one is one JSON file in this folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kesher.lib.registry import Registry

# The order in which they are offered.
ORDER = ("blank", "newsletter", "personal", "offer", "welcome", "invitation", "letter")


@dataclass(frozen=True)
class Template:
    """`key` ends with its language: "newsletter-he"."""

    key: str
    language: str
    name: str
    description: str
    subject: str
    preheader: str
    body: dict[str, Any]


TEMPLATES: Registry[Template] = Registry("template")


def _load() -> None:
    folder = Path(__file__).parent
    for language in ("he", "en"):
        for name in ORDER:
            data = json.loads((folder / f"{name}-{language}.json").read_text("utf-8"))
            TEMPLATES.register(Template(key=f"{name}-{language}", language=language, **data))


_load()


def templates_in(language: str) -> list[Template]:
    """Those of a language; English ones where there are none."""
    found = [template for template in TEMPLATES if template.language == language[:2]]
    return found or [template for template in TEMPLATES if template.language == "en"]
