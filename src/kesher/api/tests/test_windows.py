from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kesher.accounts.actions import create_api_key
from kesher.messages.actions import queue_message
from kesher.messages.models import Message
from kesher.messages.windows import moving
from kesher.messages.windows.queries import windows_of
from kesher.messages.windows.settings import recommended

Call = Callable[..., Any]
FRIDAY_NIGHT = "2026-11-20T19:00:00Z"
SUNDAY_EIGHT = "2026-11-22T06:00:00Z"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_windows_are_read_and_replaced(call: Call) -> None:
    off = call("GET", "/settings/windows").json()
    assert (off["hours"], off["rest"]) == ({}, None)

    answer = call("PUT", "/settings/windows", recommended() | {"rest": {"city": "haifa"}})

    assert answer.status_code == 200
    body = answer.json()
    assert body["hours"] == recommended()["hours"]
    assert body["rest"] == {"city": "haifa", "candles": 30, "after": 0}
    asked = call("GET", f"/settings/windows?at={FRIDAY_NIGHT}").json()
    assert moment(asked["next_open"]["email"]) == moment(SUNDAY_EIGHT)
    assert len(asked["words"]) == 4
    assert call("PUT", "/settings/windows", {}).json()["hours"] == {}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"hours": {"email": {}}}, "hours.email"),
        (
            {"hours": {"email": {"sat": ["10:00", "12:00"]}}, "rest": {"city": "haifa"}},
            "hours.email",
        ),
        ({"hours": {"email": {"sun": ["8:00", "20:00"]}}}, "hours.email.sun"),
        ({"rest": {"city": "atlantis"}}, "rest.city"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(
    call: Call, body: dict[str, Any], path: str
) -> None:
    answer = call("PUT", "/settings/windows", body)

    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == [path]
    assert call("GET", "/settings/windows").json()["hours"] == {}


def test_a_key_needs_the_scope(call: Call, access: Any) -> None:
    reader = create_api_key(access, name="קורא", scopes=["campaigns:read"]).secret

    assert call("GET", "/settings/windows", secret=reader).status_code == 200
    assert call("PUT", "/settings/windows", {}, secret=reader).status_code == 403


def test_a_message_says_why_it_waits(call: Call, workspace: Any, noa: Any, now: datetime) -> None:
    call("PUT", "/settings/windows", recommended())
    night = moment(FRIDAY_NIGHT)
    number = queue_message(
        workspace.pk, contact_id=noa.pk, version_id=1, source="api", source_id="x", now=night,
        message_class="advertising",
    )  # fmt: skip
    moving.move_closed(workspace.pk, windows_of(workspace), channel="email", now=night, at=night)

    told = call("GET", f"/messages/{number}").json()

    assert (told["status"], told["reason"]) == ("queued", "window")
    assert moment(told["due_at"]) == moment(SUNDAY_EIGHT)
    assert "22.11, 08:00" in told["reason_words"]
    assert Message.objects.count() == 1
