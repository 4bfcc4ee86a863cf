"""Journeys for the photographs: a long draft with a problem, beside the demo's live one."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.journeys.actions import create_journey
from kesher.journeys.models import Journey
from kesher.project.demo.journeys import GRAPH, NAME

LONG = "מסע למצטרפים חדשים מהצפון שעדיין לא ביקרו בסניף, עם תזכורת שנייה ושלישית"


def add_journeys(access: Access, now: datetime) -> dict[str, int | str]:
    live = Journey.objects.get(workspace=access.workspace, name=NAME)
    nodes = {**GRAPH["nodes"], "rest": {"kind": "wait", "next": "end"}}
    draft = create_journey(access, name=LONG, graph={**GRAPH, "nodes": nodes}, now=now)
    return {"journey": live.pk, "journey_draft": draft.pk, "journey_node": "seen"}
