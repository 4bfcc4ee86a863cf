"""One line with merge tags that stands apart from a document: the name of a sender."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kesher.contacts.vocabulary import FieldInfo
from kesher.content.plan import Plan
from kesher.content.problems import Problem
from kesher.content.tags import Vocabulary, split, tidy


def has_tags(text: str) -> bool:
    return "[[" in text


def compile_line(
    text: str, fields: Sequence[FieldInfo], *, language: str, path: str = "line"
) -> Plan:
    """A plan whose subject is the line. What is unknown in it stands in `problems`."""
    vocabulary = Vocabulary(fields)
    line = re.sub(r"\s+", " ", text).strip()
    parts = [
        piece if isinstance(piece, str) else vocabulary.part(piece, "header", path=path)
        for piece in split(line)
    ]
    return Plan(
        language=language,
        direction="rtl" if language[:2] == "he" else "ltr",
        values=tuple(vocabulary.specs),
        rules=(),
        subject=tidy(parts),
        html=(),
        text=(),
        links=(),
        problems=tuple(vocabulary.problems),
    )


def problems_of_line(text: str, fields: Sequence[FieldInfo], *, path: str) -> list[Problem]:
    """Tags in the line that name nothing."""
    return list(compile_line(text, fields, language="he", path=path).problems)
