"""Journeys for the photographs: a long draft with a problem, beside the demo's live one."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.contacts.queries import sample
from kesher.journeys import engine
from kesher.journeys.actions import (
    create_journey,
    enrol,
    pause_journey,
    publish_journey,
    resume_journey,
    save_draft,
)
from kesher.journeys.models import Journey, JourneyAlarm
from kesher.lib import sql
from kesher.project.demo.journeys import GRAPH, NAME

LONG = "מסע למצטרפים חדשים מהצפון שעדיין לא ביקרו בסניף, עם תזכורת שנייה ושלישית"


def add_journeys(access: Access, now: datetime) -> dict[str, int | str]:
    live = Journey.objects.get(workspace=access.workspace, name=NAME)
    nodes = {**GRAPH["nodes"], "rest": {"kind": "wait", "next": "end"}}
    draft = create_journey(access, name=LONG, graph={**GRAPH, "nodes": nodes}, now=now)
    made = {"journey": live.pk, "journey_draft": draft.pk, "journey_node": "seen"}
    return made | _with_people(access, now)


def _with_people(access: Access, now: datetime) -> dict[str, int | str]:
    """One that is to be published while forty are on the way, one paused, one that asks, and an alarm."""
    people = sample(access.workspace, 40)
    moved = _resting(access, "חזרה ללקוחות שלא ביקרו", people, now)
    nodes = {
        "hello": {"kind": "alert", "text": "לקוח חדש בדרך", "next": "rest"},
        "rest": {"kind": "wait", "for": "P5D", "next": "end"}, "end": {"kind": "exit"},
    }  # fmt: skip
    save_draft(
        access, moved, graph={**moved.draft, "start": "hello", "nodes": nodes},
        revision=moved.revision, now=now,
    )  # fmt: skip
    paused = _resting(access, "תזכורת לעגלה שננטשה", people, now)
    pause_journey(access, paused, now=now)
    asking = _resting(access, "אחרי הקנייה הראשונה", people, now)
    pause_journey(access, asking, now=now)
    sql.execute(
        "UPDATE journey_run SET until = %s - (id %% 9 || ' days')::interval, due_at = %s WHERE journey_id = ANY(%s)",
        (now, now, [paused.pk, asking.pk]),
    )
    resume_journey(access, asking, now=now, meanwhile="ask")
    JourneyAlarm.objects.create(
        workspace_id=access.workspace.pk, journey_id=paused.pk, kind="late", count=12, since=now, created_at=now
    )  # fmt: skip
    return {"journey_moved": moved.pk, "journey_paused": paused.pk, "journey_asking": asking.pk}  # fmt: skip


def _resting(access: Access, name: str, people: list[Contact], now: datetime) -> Journey:
    nodes = {"rest": {"kind": "wait", "for": "P3D", "next": "tell"}, "tell": {"kind": "alert", "text": "הגיע", "next": "end"}, "end": {"kind": "exit"}}  # fmt: skip
    graph = {"format": 1, "name": name, "triggers": [{"kind": "custom"}], "start": "rest", "nodes": nodes}  # fmt: skip
    made = create_journey(access, name="", graph=graph, now=now)
    publish_journey(access, made, now=now)
    enrol(access, made, contact_ids=[person.pk for person in people], now=now)
    while engine.step(now):
        pass
    return made
