from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kesher.contacts.vocabulary import DEFAULT_FIELDS, FieldInfo
from kesher.content.compile import compile_document
from kesher.content.plan import Plan

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def welcome() -> dict[str, Any]:
    """The JSON of a Hebrew mail with every kind of block."""
    return dict(json.loads((EXAMPLES / "welcome-he.json").read_text("utf-8")))


@pytest.fixture
def mail() -> Callable[..., Plan]:
    """`mail({"kind": …}, …, subject=…)`: the plan of a Hebrew mail of these blocks."""

    def made(
        *blocks: dict[str, Any],
        subject: str = "נושא",
        preheader: str = "",
        language: str = "he",
        fields: Sequence[FieldInfo] = DEFAULT_FIELDS,
        **more: Any,
    ) -> Plan:
        named = [{"id": f"b{number}", **block} for number, block in enumerate(blocks)]
        body = {"format": 1, "language": language, "blocks": named}
        return compile_document(body, subject=subject, preheader=preheader, fields=fields, **more)

    return made
