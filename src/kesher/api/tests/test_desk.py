"""Tasks and alerts over the API."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.events.models import Event
from kesher.journeys.models import StaffAlert
from kesher.lib import clock


@pytest.fixture
def call(client: Any, access: Any) -> Any:
    key = accounts.create_api_key(access, name="k", scopes=list(accounts.SCOPES)).secret

    def send(method: str, path: str, body: Any = None) -> Any:
        answer = getattr(client, method)(
            f"/api/v1{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
        )  # fmt: skip
        answer.said = answer.json() if answer.content else None
        return answer

    return send


def test_a_task_is_made_done_and_opened_again(call: Any, noa: Any, owner: Any) -> None:
    made = call("post", "/tasks", {"contact": noa.pk, "title": "להתקשר", "assignee": owner.email})
    assert (made.status_code, made.said["journey"], made.said["done_at"]) == (201, None, None)
    number = made.said["id"]

    for _twice in range(2):
        done = call("post", f"/tasks/{number}/complete")
    assert done.said["done_at"]
    assert Event.objects.filter(kind="task.done").count() == 1
    assert call("get", "/tasks?state=open").said["items"] == []

    assert call("post", f"/tasks/{number}/reopen").said["done_at"] is None
    found = call("get", f"/tasks?state=open&contact={noa.pk}&assignee={owner.email}").said
    assert [one["id"] for one in found["items"]] == [number]


def test_a_task_is_for_a_contact_and_one_of_the_team(call: Any, noa: Any) -> None:
    assert call("post", "/tasks", {"contact": 987654, "title": "x"}).status_code == 404
    wrong = call("post", "/tasks", {"contact": noa.pk, "title": "x", "assignee": "a@b.example"})
    assert (wrong.status_code, wrong.said["errors"][0]["path"]) == (422, "fields.assignee")


def test_alerts_are_listed_and_read(call: Any, workspace: Any, noa: Any) -> None:
    for text in ("א", "ב", "ג"):
        StaffAlert.objects.create(
            workspace_id=workspace.pk, contact_id=noa.pk, text=text, created_at=clock.now()
        )
    first, *_rest = call("get", "/alerts?unread=true").said["items"]
    assert (first["text"], first["contact"]) == ("א", noa.pk)

    assert call("post", f"/alerts/{first['id']}/read").said["read_at"]
    assert call("post", "/alerts/read").said == {"read": 2}
    assert call("get", "/alerts?unread=true").said["items"] == []
    page = call("get", "/alerts?limit=2").said
    assert len(page["items"]) == 2
    assert len(call("get", f"/alerts?cursor={page['next']}").said["items"]) == 1
