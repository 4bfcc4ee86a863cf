"""Audiences as callers write them: lists and segments by key, in three groups."""

from __future__ import annotations

from typing import Any

from kesher.accounts.access import Access
from kesher.api.problems import Problem
from kesher.api.schemas import Strict
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.segments.audience import Audience, Part
from kesher.segments.models import Segment


class SegmentPart(Strict):
    """A segment, by its key."""

    segment: str


class ListPart(Strict):
    """A list, by its key."""

    list: str


AudiencePart = str | ListPart | SegmentPart


class AudienceShape(Strict):
    """Whoever is in one of `include`, in each of `require` and in none of `exclude`. A bare text is a list's key."""

    include: list[AudiencePart] = []
    require: list[AudiencePart] = []
    exclude: list[AudiencePart] = []


def audience_shape(campaign: Campaign) -> dict[str, Any]:
    """By keys; what is no longer there is left out."""
    audience = Audience.of(campaign.audience)
    keys: dict[Part, dict[str, str]] = {}
    for kind, model in (("list", ContactList), ("segment", Segment)):
        found = model._default_manager.filter(
            workspace_id=campaign.workspace_id,
            pk__in=audience.ids("list" if kind == "list" else "segment"),
        )
        for number, key in found.values_list("pk", "key"):
            keys[Part("list" if kind == "list" else "segment", number)] = {kind: key}
    groups = ("include", "require", "exclude")
    return {
        group: [keys[part] for part in getattr(audience, group) if part in keys] for group in groups
    }


def read_audience(access: Access, given: AudienceShape) -> Audience:
    lists = dict(
        ContactList.objects.filter(workspace=access.workspace, archived_at=None).values_list(
            "key", "pk"
        )
    )
    segments = dict(
        Segment.objects.filter(workspace=access.workspace, archived_at=None).values_list(
            "key", "pk"
        )
    )
    errors: list[dict[str, str]] = []

    def part(path: str, entry: AudiencePart) -> Part | None:
        kind, key, known = "list", entry, lists
        if isinstance(entry, ListPart):
            key = entry.list
        elif isinstance(entry, SegmentPart):
            kind, key, known = "segment", entry.segment, segments
        if key not in known:
            errors.append({"path": path, "message": f"There is no {kind} with the key {key!r}."})
            return None
        return Part("segment" if kind == "segment" else "list", known[str(key)])

    groups = {
        group: tuple(
            found
            for number, entry in enumerate(getattr(given, group))
            if (found := part(f"audience.{group}[{number}]", entry))
        )
        for group in ("include", "require", "exclude")
    }
    if errors:
        text = "A list or segment is not there; see GET /lists and GET /segments."
        raise Problem(422, "unknown-audience", text, errors=errors)
    return Audience(**groups)
