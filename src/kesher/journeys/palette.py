"""What a canvas shows: the kinds of nodes with their settings and ways, and what starts a journey. In the active language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kesher.events.kinds import EVENT_KINDS
from kesher.journeys import reasons
from kesher.journeys.graph import POLICIES
from kesher.journeys.kinds import NODES, NodeKind
from kesher.journeys.triggers import DATE, MANUAL, settings_of


def palette() -> dict[str, Any]:
    """{"nodes": [{"kind", "label", "icon", "tone", "group", "waits", "settings", "ports"}], "triggers": […], …}."""
    return {
        "nodes": [_node(kind) for kind in NODES],
        "triggers": [
            *(
                _trigger(kind.key, str(kind.label), kind.icon, kind.tone)
                for kind in EVENT_KINDS
                if kind.starts_journeys
            ),
            _trigger(DATE, _("Date"), "calendar", "amber"),
            _trigger(MANUAL, _("By hand"), "hand-click", "slate"),
        ],
        "groups": {
            "condition": _("Conditions"),
            "send": _("Messages"),
            "wait": _("Waits"),
            "data": _("Contact"),
            "staff": _("Staff"),
            "end": _("Journey"),
        },
        "policies": list(POLICIES),
        "reasons": {key: str(words) for key, words in reasons.REASONS.items()},
    }


def _trigger(kind: str, label: str, icon: str, tone: str) -> dict[str, Any]:
    settings = [setting.to_json() for setting in settings_of(kind)]
    return {"kind": kind, "label": label, "icon": icon, "tone": tone, "settings": settings}


def _node(kind: NodeKind) -> dict[str, Any]:
    return {
        "kind": kind.key,
        "label": str(kind.label),
        "help": str(kind.help),
        "icon": kind.icon,
        "tone": kind.tone,
        "group": kind.group,
        "waits": kind.waits,
        "settings": [setting.to_json() for setting in kind.settings],
        "ports": [port.key for port in kind.ports({})],
    }
