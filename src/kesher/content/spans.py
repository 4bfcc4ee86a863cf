"""Conditional spans on their way through MJML: marked by edges, cut out of the HTML that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kesher.content.blocks import Node
from kesher.content.plan import Part, Parts, Span, merged


def edges(truth: int) -> tuple[str, str]:
    """What stands where a span opens and closes."""
    return f"\x01+{truth}\x01", f"\x01-{truth}\x01"


def any_of(nodes: Sequence[Node | None]) -> dict[str, Any] | None:
    """The rule by which some of these blocks show; None when one always does. An empty column is always there."""
    rules: list[dict[str, Any]] = []
    for node in nodes:
        if node is None or node.show_if is None:
            return None
        if node.show_if not in rules:
            rules.append(node.show_if)
    return rules[0] if len(rules) == 1 else {"any": rules} if rules else None


# Where a conditional span opens or closes, on its way through MJML. User text holds no such characters.
_EDGE = re.compile("\x01([+-])(\\d+)\x01")


def with_spans(parts: Iterable[Part]) -> Parts:
    """The same parts with everything between two edges inside a Span. Spans lie side by side or nested."""
    stack: list[tuple[int, list[Part]]] = [(-1, [])]
    for part in parts:
        if not isinstance(part, str):
            stack[-1][1].append(part)
            continue
        pieces = _EDGE.split(part)
        for place in range(0, len(pieces), 3):
            stack[-1][1].append(pieces[place])
            if place + 1 >= len(pieces):
                break
            if pieces[place + 1] == "+":
                stack.append((int(pieces[place + 2]), []))
            else:
                truth, inner = stack.pop()
                stack[-1][1].append(Span(truth, merged(inner)))
    return merged(stack[0][1])
