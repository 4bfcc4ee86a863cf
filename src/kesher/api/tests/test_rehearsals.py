"""Rehearsals over the API: asked for, done in the background, read."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.journeys.rehearsal import background, jobs

GRAPH = {
    "format": 1,
    "name": "ברוכים הבאים",
    "start": "wait",
    "nodes": {"wait": {"kind": "wait", "for": "P1D", "next": "end"}, "end": {"kind": "exit"}},
}


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


def test_a_rehearsal_is_asked_for_and_its_result_read(
    call: Any, access: Any, noa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "watched", lambda work_id, play: play(lambda share: None))
    journey = call("post", "/journeys", {"graph": GRAPH}).said["id"]
    path = f"/journeys/{journey}/rehearsals"

    asked = call("post", path, {"people": {"contacts": [noa.pk]}, "period": "P10D"})
    early = call("get", f"{path}/{asked.said['id']}").said
    jobs.rehearse_journey(workspace_id=access.workspace.pk, work_id=asked.said["id"])
    told = call("get", f"{path}/{asked.said['id']}").said

    assert (asked.status_code, asked.said["state"], early["result"]) == (202, "queued", None)
    assert (told["state"], told["done"], told["result"]["ended"]) == ("done", 100, {"done": 1})
    assert [one["id"] for one in call("get", path).said["items"]] == [asked.said["id"]]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"people": {}}, "people"),
        ({"people": {"list": "a", "segment": "b"}}, "people"),
        ({"people": {"list": "a"}, "period": "P9000D"}, "period"),
        ({"people": {"list": "a"}, "rates": {"open": 101}}, "rates.open"),
        ({"people": {"list": "a"}, "happenings": [{"event": {"kind": "x.y"}}]}, "happenings"),
    ],
)
def test_what_cannot_be_asked_is_named(call: Any, body: Any, path: str) -> None:
    journey = call("post", "/journeys", {"graph": GRAPH}).said["id"]

    refused = call("post", f"/journeys/{journey}/rehearsals", body)

    assert refused.status_code == 422
    assert any(path in error["path"] for error in refused.said["errors"])


def test_a_version_that_is_not_there_is_not_found(call: Any, noa: Any) -> None:
    journey = call("post", "/journeys", {"graph": GRAPH}).said["id"]
    body = {"people": {"contacts": [noa.pk]}, "version": 3}

    assert call("post", f"/journeys/{journey}/rehearsals", body).status_code == 404
