"""A rehearsal's result in words that do not depend on a screen: its refusals, and why it was cut short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kesher.messages.reasons import in_words

CUTS: dict[str, Promise] = {
    "circle": gettext_lazy("People go round in a circle at one moment: a wait is missing."),
    "time": gettext_lazy("It took too long: rehearse fewer people or a shorter time."),
}


def with_words(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with the words of each refusal."""
    refused = [{**one, "words": in_words(one["reason"])} for one in result.get("refused", ())]
    return {**result, "refused": refused}
