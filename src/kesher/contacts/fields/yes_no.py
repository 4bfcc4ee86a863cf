"""Yes or no."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

YES = frozenset(
    ["1", "true", "t", "yes", "y", "v", "x", "on", "✓", "✔", "כן", "אמת", "נכון", "חיובי"]
)
NO = frozenset(["0", "false", "f", "no", "n", "off", "-", "לא", "שקר", "שלילי"])


class YesNo:
    key = "yes_no"
    label = _("yes / no")
    icon = "toggle-right"
    widget = "yes_no"

    def parse(self, text: str, options: Options, context: ParseContext) -> bool | BadValue | None:
        word = text.strip().casefold()
        if not word:
            return None
        if word in YES:
            return True
        return False if word in NO else BadValue("not_yes_or_no")

    def check(self, value: Any, options: Options) -> bool | BadValue | None:
        return value if value is None or isinstance(value, bool) else BadValue("wrong_type")

    def show(self, value: Any, options: Options, language: str) -> str:
        return {"he": ("לא", "כן")}.get(language, ("No", "Yes"))[bool(value)]

    def edit(self, value: Any, options: Options) -> str:
        return "yes" if value else "no"


FIELD_TYPES.register(YesNo())
