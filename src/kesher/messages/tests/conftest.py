"""Content for messages, and a way to plan them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kesher.content.models import Version
from kesher.content.plan import Address, Plan, Value, ValueSpec
from kesher.messages import sender
from kesher.messages.actions import plan_messages


@pytest.fixture(autouse=True)
def _own_sender(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.HOME = tmp_path
    yield
    sender.close()


@pytest.fixture
def version(workspace: Any) -> Version:
    """ "שלום [[שם פרטי]]", with one link."""
    plan = Plan(
        language="he",
        direction="rtl",
        values=(ValueSpec("first_name", "text", "first_name"),),
        rules=(),
        subject=("שלום ", Value(0, "text", "חבר")),
        html=("<p>שלום ", Value(0, "html", "חבר"), "</p>", Address("unsubscribe")),
        text=("שלום ", Value(0, "text", "חבר")),
        links=(),
    )
    return Version.objects.create(
        workspace=workspace, body={}, subject="שלום [[שם פרטי]]", plan=plan.to_json()
    )


@pytest.fixture
def plan(workspace: Any, version: Version, now: datetime) -> Callable[..., int]:
    """Queue a message to every contact, as a campaign would; answers how many."""

    def run(source_id: str = "7", message_class: str = "advertising", **changes: Any) -> int:
        return plan_messages(
            workspace.pk,
            **{
                "channel": "email",
                "message_class": message_class,
                "source": "campaign",
                "source_id": source_id,
                "version_id": version.pk,
                "contacts_where": "TRUE",
                "parameters": {},
                "after_id": 0,
                "limit": 100_000,
                "due_at": now,
                "priority": 60,
                "now": now,
                **changes,
            },
        ).count

    return run


@pytest.fixture
def text_version(workspace: Any) -> Version:
    """ "שלום [[שם פרטי]]" as an SMS."""
    plan = Plan(
        language="he",
        direction="rtl",
        values=(ValueSpec("first_name", "text", "first_name"),),
        rules=(),
        subject=(),
        html=(),
        text=("שלום ", Value(0, "text", "חבר")),
        links=(),
    )
    return Version.objects.create(workspace=workspace, body={}, plan=plan.to_json())
