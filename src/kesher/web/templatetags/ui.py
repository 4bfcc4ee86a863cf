"""Template tags of the interface: icons, figures, people, forms. Built in: no {% load %} is needed.

docs/developers/interface.md shows each of them once.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Form, Select, SelectMultiple, Widget
from django.forms.widgets import CheckboxSelectMultiple, Input, RadioSelect, Textarea
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError, DjangoViteManifestError

from kesher.accounts.models import Role
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.lib import bidi
from kesher.web import formats, navigation, toasts

log = logging.getLogger(__name__)
register = template.Library()
ICONS = Path(__file__).resolve().parent.parent / "icons.json"
LEFT_TO_RIGHT = {"email", "tel", "url", "number", "password"}

register.filter("number", formats.number)
register.filter("short_number", formats.short_number)
register.filter("money", formats.money)
register.filter("percent", formats.percent)
register.filter("share", formats.share)
register.filter("duration", formats.duration)
register.filter("file_name", bidi.file_name)
register.filter("zone_name", formats.zone_name)
register.filter("initials", formats.initials)
register.filter("hue", formats.hue)


@cache
def icons() -> dict[str, str]:
    """The drawing of each icon by name, written by `npm run icons`."""
    return dict(json.loads(ICONS.read_text("utf-8")))


@register.simple_tag
def icon(name: str, size: int = 18, css: str = "", label: str = "") -> SafeString:
    """An outline of Tabler. Without `label` it is decoration; `css="flip"` turns it in right-to-left."""
    paint = (
        'fill="currentColor" stroke="none"'
        if name.endswith("-filled")
        else 'fill="none" stroke="currentColor" stroke-width="1.75"'
    )
    meaning = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    drawing = icons().get(name, icons()["point"])
    return format_html(
        '<svg class="icon {}" width="{}" height="{}" viewBox="0 0 24 24" {} stroke-linecap="round"'
        ' stroke-linejoin="round" {}>{}</svg>',
        css,
        size,
        size,
        mark_safe(paint),  # noqa: S308
        mark_safe(meaning),  # noqa: S308
        mark_safe(drawing),  # noqa: S308
    )


@register.simple_tag
def asset(entry: str) -> SafeString:
    """The script or style of one build entry; nothing (and a line in the log) while it is not built."""
    try:
        return SafeString(DjangoViteAssetLoader.instance().generate_vite_asset(entry))
    except (DjangoViteAssetNotFoundError, DjangoViteManifestError):
        log.warning("%s is not built: run `npm run build` in frontend/", entry)
        return SafeString("")


@register.simple_tag
def sparkline(values: Sequence[float], width: int = 96, height: int = 28) -> SafeString:
    """A small line of at least two values; nothing for fewer. Time runs left to right, also in Hebrew."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    step, scale = (width - 3) / (len(values) - 1), (height - 6) / ((high - low) or 1)
    points = [(i * step, height - 3 - (value - low) * scale) for i, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return format_html(
        '<svg class="k-spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true">'
        '<polygon points="0,{h} {line} {end},{h}" class="k-spark-area"/>'
        '<polyline points="{line}" class="k-spark-line"/>'
        '<circle cx="{x}" cy="{y}" r="2.5" class="k-spark-dot"/></svg>',
        w=width,
        h=height,
        line=line,
        end=f"{points[-1][0]:.1f}",
        x=f"{points[-1][0]:.1f}",
        y=f"{points[-1][1]:.1f}",
    )


@register.simple_tag
def avatar(name: str, seed: object = "", css: str = "") -> SafeString:
    """Initials on a colour that stays the same for the same seed (the name, if none is given)."""
    return format_html(
        '<span class="k-avatar k-hue-{} {}" aria-hidden="true">{}</span>',
        formats.hue(seed or name),
        css,
        formats.initials(name or ""),
    )


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """17.11.2026 in a <time>."""
    return _time(value, formats.day(value))


@register.filter
def moment(value: datetime | None) -> SafeString:
    """17.11.2026, 10:00 in a <time>."""
    return _time(value, formats.moment(value))


@register.filter
def ago(value: datetime | None) -> SafeString:
    """ "3 minutes ago" in a <time> whose title is the exact moment."""
    return _time(value, formats.ago(value), title=formats.moment(value))


@register.filter
def phone(value: str | None) -> SafeString:
    """The number as people write it, read left to right in any text."""
    return format_html('<bdi class="num ltr">{}</bdi>', formats.phone(value))


@register.simple_tag(takes_context=True)
def link(context: template.Context, name: str, *args: Any) -> str:
    """The address of a screen of this workspace; empty while there is no such screen."""
    access = context.get("access")
    return navigation.href(name, access.workspace.key if access else "", *args) or ""


@register.filter
def role_name(role: str) -> str:
    """ "owner" → "Owner" in the screen's language."""
    return str(Role(role).label)


@register.filter
def toast_json(message: Any) -> SafeString:
    """A waiting message of Django as JSON that is safe inside <script>."""
    return mark_safe(toasts.as_json(message))  # noqa: S308


@register.simple_tag(takes_context=True)
def palette_commands(context: template.Context) -> list[dict[str, str]]:
    """What the command palette offers before anything is typed."""
    access = context["access"]
    return navigation.palette_commands(access)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The query string of this page with some parameters changed; None takes one out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.inclusion_tag("_partials/field.html")
def field(bound: BoundField, label: str = "", help: str = "") -> dict[str, Any]:
    """Label, input, help and error of one form field."""
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "is_optional": _may_be_left_out(bound, widget),
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
        "input": bound.as_widget(attrs=_attributes(bound, widget)),
    }


@register.inclusion_tag("_partials/form_fields.html")
def form_fields(form: Form) -> dict[str, Any]:
    """Everything of a form: what is wrong with it as a whole, its hidden inputs, its fields."""
    return {"form": form}


def _may_be_left_out(bound: BoundField, widget: Widget) -> bool:
    """Worth saying only where other fields are needed, and where there is something to leave out."""
    others_needed = any(field.required for field in bound.form.fields.values())
    is_filled = isinstance(widget, Select) or bound.initial not in (None, "")
    return others_needed and not bound.field.required and not is_filled


def _attributes(bound: BoundField, widget: Widget) -> dict[str, Any]:
    given = {"class": f"{_css(widget)} {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, Input) and widget.input_type in LEFT_TO_RIGHT:
        given["dir"] = "ltr"
    elif isinstance(widget, Input | Textarea) and not isinstance(widget, CheckboxInput):
        given["dir"] = widget.attrs.get("dir", "auto")
    if bound.errors:
        given["aria-describedby"] = f"{bound.auto_id}_error"
    elif bound.help_text:
        given["aria-describedby"] = f"{bound.auto_id}_helptext"
    return given


def _css(widget: Widget) -> str:
    match widget:
        case CheckboxInput() | RadioSelect() | CheckboxSelectMultiple():
            return "form-check-input"
        case Select() | SelectMultiple():
            return "form-select"
        case _:
            return "form-control"


def _time(value: date | datetime | None, text: str, title: str = "") -> SafeString:
    if value is None:
        return format_html('<span class="sub">{}</span>', text)
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>', value.isoformat(), title, text
    )


_MERGE_TAG = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")


@register.filter
def merge_chips(text: str | None) -> SafeString:
    """A subject with its merge tags as chips: the field's key becomes its label in the screen's language."""
    labels = {info.key: str(info.label) for info in DEFAULT_FIELDS}
    parts, last = [], 0
    for found in _MERGE_TAG.finditer(text or ""):
        name = found[1].strip()
        parts.append(format_html("{}", (text or "")[last : found.start()]))
        parts.append(format_html('<span class="k-merge-chip">{}</span>', labels.get(name, name)))
        last = found.end()
    parts.append(format_html("{}", (text or "")[last:]))
    return mark_safe("".join(parts))  # noqa: S308 (each part was escaped)
