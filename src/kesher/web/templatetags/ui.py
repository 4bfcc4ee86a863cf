"""Template tags of the interface: icons, numbers, money, dates, phones."""

from __future__ import annotations

from django import template

register = template.Library()
