"""Rehearsals over the API: asked for, done in the background, read."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.journeys.rehearsal import background, jobs
from kesher.journeys.rehearsal.models import Rehearsal

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


def play(access: Any, number: int) -> None:
    work = Rehearsal.objects.get(pk=number).work
    jobs.rehearse_journey(workspace_id=access.workspace.pk, work_id=work.pk)


def test_a_rehearsal_is_asked_for_and_its_result_read(
    call: Any, access: Any, noa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "watched", lambda work_id, play: play(lambda share: None))
    journey = call("post", "/journeys", {"graph": GRAPH}).said["id"]
    path = f"/journeys/{journey}/rehearsals"

    asked = call("post", path, {"people": {"contacts": [noa.pk]}, "period": "P10D"})
    early = call("get", f"{path}/{asked.said['id']}").said
    play(access, asked.said["id"])
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


MAIL = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [
        {"id": "b1", "kind": "text", "html": "<p>שלום [[first_name|חבר]]</p>"},
        {"id": "b2", "kind": "footer"},
    ],
}


def test_every_message_is_told_and_a_result_can_be_thrown_away(
    call: Any, access: Any, noa: Any, dan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "watched", lambda work_id, play: play(lambda share: None))
    nodes = {"mail": {"kind": "send_email", "subject": "היי [[first_name]]", "document": MAIL}}
    graph = {**GRAPH, "start": "mail", "nodes": nodes}
    path = f"/journeys/{call('post', '/journeys', {'graph': graph}).said['id']}/rehearsals"
    asked = call("post", path, {"people": {"contacts": [noa.pk, dan.pk]}}).said["id"]
    play(access, asked)

    mine, his = sorted(
        call("get", f"{path}/{asked}/messages").said, key=lambda one: one["contact"] != noa.pk
    )

    assert noa.first_name in mine["subject"]
    assert noa.first_name in mine["text"]
    assert (his["reason"], his["text"]) == ("consent_withdrawn", "")
    assert call("delete", f"{path}/{asked}").status_code == 204
    assert call("get", f"{path}/{asked}").status_code == 404
