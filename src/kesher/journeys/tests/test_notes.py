"""Notes on the drawing: read with every mistake named, kept in files and versions, never a reason to move anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils.translation import override

from kesher.accounts.access import Access
from kesher.journeys.actions import create_journey, duplicate_journey, publish_journey, save_draft
from kesher.journeys.differences import differences
from kesher.journeys.graph import parse
from kesher.journeys.notes import COLORS, MOST, MOST_TEXT
from kesher.journeys.problems import BadJourney

NODES = {"rest": {"kind": "wait", "for": "P3D", "next": "end"}, "end": {"kind": "exit"}}
GRAPH: dict[str, Any] = {
    "format": 1, "name": "Welcome", "triggers": [{"kind": "manual"}], "start": "rest", "nodes": NODES,
}  # fmt: skip
NOTE: dict[str, Any] = {"id": "note_1", "text": "לשאול את דנה\nbefore a change", "x": 160, "y": -20}


def noted(*notes: Any) -> dict[str, Any]:
    return {**GRAPH, "notes": list(notes)}


def test_a_note_stands_beside_a_step_or_the_start() -> None:
    beside = {**NOTE, "id": "note_2", "by": "rest", "width": 300, "height": 120.5, "color": "plum"}

    first, second = parse(noted(NOTE, beside)).notes

    assert (first.by, first.color, first.text) == ("", "amber", NOTE["text"])
    assert (second.by, second.color) == ("rest", "plum")


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ("hello", "notes: a list of at most 100 notes is expected here"),
        ([NOTE] * (MOST + 1), "notes: a list of at most 100 notes is expected here"),
        (["hello"], 'notes[0]: a note is an object, like {"id": …, "text": …}'),
        ([{**NOTE, "id": "a b"}], "notes[0].id: an id is up to 40 letters, digits, - and _"),
        ([NOTE, NOTE], "notes[1].id: two notes have the id “note_1”"),
        (
            [{**NOTE, "text": "x" * (MOST_TEXT + 1)}],
            "notes[0].text: a text of at most 2000 characters is expected here",
        ),
        (
            [{**NOTE, "text": "a\0b"}],
            "notes[0].text: a text of at most 2000 characters is expected",
        ),
        ([{**NOTE, "x": None}], "notes[0].x: a number from -50000 to 50000 is expected here"),
        ([{**NOTE, "y": True}], "notes[0].y: a number from -50000 to 50000 is expected here"),
        ([{**NOTE, "width": 9000}], "notes[0].width: a number from 140 to 600 is expected here"),
        ([{**NOTE, "height": "big"}], "notes[0].height: a number from 80 to 800 is expected here"),
        ([{**NOTE, "color": "ambr"}], "did you mean “amber”?"),
        ([{**NOTE, "color": ["amber"]}], "notes[0].color: one of these is expected here"),
        ([{**NOTE, "by": "rst"}], "notes[0].by: there is no node “rst”; did you mean “rest”?"),
        ([{**NOTE, "by": {"a": 1}}], "notes[0].by: there is no node"),
        ([{**NOTE, "colour": "amber"}], "did you mean “color”?"),
    ],
)
def test_each_mistake_is_named_by_its_place(notes: Any, said: str) -> None:
    with override("en"), pytest.raises(BadJourney) as bad:
        parse({**GRAPH, "notes": notes})

    assert said in str(bad.value)


def test_every_color_is_known() -> None:
    notes = [{**NOTE, "id": f"note_{at}", "color": color} for at, color in enumerate(COLORS)]

    assert [one.color for one in parse(noted(*notes)).notes] == list(COLORS)


def test_a_note_is_no_difference_between_versions() -> None:
    assert differences(parse(GRAPH), parse(noted(NOTE))).is_empty
    assert parse(GRAPH) == parse(noted(NOTE))


@pytest.mark.django_db
def test_notes_are_kept_in_drafts_versions_and_copies(access: Access, now: datetime) -> None:
    journey = create_journey(access, name="Welcome", graph=noted(NOTE), now=now)

    version = publish_journey(access, journey, now=now)
    copy = duplicate_journey(access, journey, now=now)
    save_draft(access, journey, graph=GRAPH, revision=journey.revision, now=now)

    assert version.graph["notes"] == copy.draft["notes"] == [NOTE]
    journey.refresh_from_db()
    assert "notes" not in journey.draft
