"""A rule inside a template."""

from __future__ import annotations

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def rule_json(rule: Any) -> str:
    """The rule as JSON text; of no rule, or an empty text, the one that everybody matches."""
    if isinstance(rule, str) and rule:
        return rule
    return json.dumps(rule or {"all": []}, ensure_ascii=False)
