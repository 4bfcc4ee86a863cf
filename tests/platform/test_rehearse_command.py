"""`kesher rehearse`: what the screens tell of a rehearsal, on the terminal and in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kesher.channels.models import ChannelAccount
from kesher.journeys.actions import create_journey, publish_journey, save_draft
from kesher.journeys.models import Journey
from kesher.project import command, rehearsing

Told = Callable[..., str]


def mail(text: str, following: str) -> dict[str, Any]:
    blocks = [
        {"id": "b1", "kind": "text", "html": f"<p>{text}</p>"},
        {"id": "b2", "kind": "footer"},
    ]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_email", "subject": text, "document": document, "next": following}


def sms(text: str, following: str) -> dict[str, Any]:
    blocks = [{"id": "p1", "kind": "sms_text", "text": text}]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_sms", "document": document, "next": following}


def graph(*names: str, trigger: str = "custom") -> dict[str, Any]:
    """Mails of these names at one moment, then a text."""
    nodes: dict[str, Any] = {
        name: mail(f"שלום מ־{name}", following)
        for name, following in zip(names, (*names[1:], "text"), strict=True)
    }
    nodes["text"] = sms("סוף שבוע של ספרים", "end")
    nodes["end"] = {"kind": "exit"}
    return {
        "format": 1, "start": names[0], "nodes": nodes, "triggers": [{"kind": trigger}],
        "reentry": {"policy": "never"},
    }  # fmt: skip


def plain(text: str) -> str:
    """Without the marks of direction."""
    return text.replace("\u2068", "").replace("\u2069", "")


@pytest.fixture
def journey(access: Any, now: datetime) -> Journey:
    """Version 1 has one mail, the drawing two; another journey writes to whoever begins it."""
    ChannelAccount.objects.create(
        workspace=access.workspace, channel="sms", provider="local", name="x", is_default=True,
        settings={"price": "0.25"},
    )  # fmt: skip
    other = create_journey(
        access, name="מבצעי אביב", graph=graph("spring", trigger="journey.started"), now=now
    )
    publish_journey(access, other, now=now)
    made = create_journey(access, name="ברוכים הבאים", graph=graph("one"), now=now)
    publish_journey(access, made, now=now)
    made.refresh_from_db()
    save_draft(access, made, graph=graph("one", "two"), revision=made.revision, now=now)
    made.refresh_from_db()
    return made


@pytest.fixture
def told(journey: Journey, noa: Any, dan: Any, yael: Any) -> Told:
    """What it prints when asked so."""

    def ask(*more: str) -> str:
        given = command.parser().parse_args(
            ["rehearse", journey.key, "--period", "P10D", *(more or ("--list", "all"))]
        )
        lines: list[str] = []
        assert rehearsing.run(given, lines.append) == 0
        return plain("\n".join(lines))

    return ask


@pytest.fixture(autouse=True)
def _in_english(workspace: Any) -> None:
    workspace.language = "en"
    workspace.save()


@pytest.mark.parametrize(
    "line",
    [
        "3 people, from ",
        "Began: 3 · on the way at the end: 0 · reached the goal: 0",
        "1 · שלום מ־one: the contact asked not to get messages",
        "1 · סוף שבוע של ספרים: the contact has no address for this channel",
        "2 · get more than one message on one day (the most: ",
        "also in the journey “מבצעי אביב” (it sends them",
        " · 2 units to pay",
        "Texts would cost ₪0.50",
    ],
)
def test_it_says_what_the_page_says(told: Told, line: str) -> None:
    assert line in told("--list", "all", "--daily", "1")


def test_the_way_of_those_who_are_named_is_told(told: Told, noa: Any) -> None:
    lines = told("--contact", str(noa.pk)).split(f"{noa.first_name} {noa.last_name}\n")[-1]

    assert len(lines.splitlines()) == 4


def test_only_what_differs_from_another_version_is_told(told: Told) -> None:
    lines = told("--list", "all", "--compare-with", "1").split("Beside version 1\n")[1]

    assert "שלום מ־two: 3 instead of not there" in lines
    assert "Reached the goal" not in lines


def test_the_whole_result_is_written_as_json(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "told.json"

    printed = told("--list", "all", "--json", "--output", str(file))

    assert json.loads(plain(file.read_text())) == json.loads(printed)
    assert json.loads(printed)["people"] == 3


def test_a_file_that_cannot_be_written_is_said(told: Told, tmp_path: Path) -> None:
    with pytest.raises(rehearsing.CannotAsk, match="cannot write"):
        told("--list", "all", "--output", str(tmp_path / "nowhere" / "told.json"))
