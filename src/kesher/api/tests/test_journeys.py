"""Journeys over the API: a file in, checked, published; people in and out; the way they came."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.journeys import engine
from kesher.lib import clock

MAIL = {
    "format": 1, "language": "he", "direction": "rtl",
    "blocks": [{"id": "b1", "kind": "text", "html": "<p>שלום [[first_name|חבר]]</p>"}, {"id": "b2", "kind": "footer"}],
}  # fmt: skip
GRAPH = {
    "format": 1, "name": "ברוכים הבאים", "triggers": [{"kind": "custom"}], "reentry": {"policy": "always"},
    "start": "add",
    "nodes": {
        "add": {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 5}], "next": "mail"},
        "mail": {"kind": "send_email", "subject": "שלום", "document": MAIL, "next": "wait"},
        "wait": {"kind": "wait", "for": "P1D", "next": "end"},
        "end": {"kind": "exit"},
    },
}  # fmt: skip


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


@pytest.fixture
def score(workspace: Any) -> None:
    from kesher.contacts.models import Field

    Field.objects.create(workspace=workspace, key="score", label="ציון", type="number")


@pytest.mark.usefixtures("score")
def test_a_journey_goes_from_a_file_to_a_run_and_its_way(
    call: Any, workspace: Any, noa: Any
) -> None:
    made = call("post", "/journeys", {"graph": GRAPH})
    assert (made.status_code, made.said["status"], made.said["graph"]["nodes"]) == (
        201,
        "draft",
        GRAPH["nodes"],
    )
    number = made.said["id"]
    assert call("post", f"/journeys/{number}/publish").said["version"] == 1

    told = call("post", "/events?wait=true", {"kind": "custom", "contact": {"id": noa.pk}})

    assert (told.said["finished"], told.said["contact"]["fields"]["score"]) == (True, 5)
    (run,) = call("get", f"/journeys/{number}/runs?active=true").said["items"]
    assert (run["node"], run["state"]) == ("wait", "sleeping")
    way = call("get", f"/journeys/{number}/runs/{run['id']}").said
    assert [step["node"] for step in way["steps"]] == ["add", "mail", "wait"]
    assert call("get", f"/contacts/{noa.pk}/journeys").said[0]["id"] == run["id"]
    assert call("get", f"/journeys/{number}/why?contact={noa.pk}").said["summary"]
    numbers = call("get", f"/journeys/{number}/numbers").said
    assert numbers["nodes"]["wait"]["waiting"] == 1
    assert call("post", f"/journeys/{number}/take-out", {"contacts": [noa.pk]}).said == {"count": 1}
    assert call("post", f"/journeys/{number}/enrol", {"contacts": [noa.pk]}).said == {"count": 1}
    engine.step(clock.now())
    assert call("post", f"/journeys/{number}/pause").said["status"] == "paused"
    assert call("post", f"/journeys/{number}/enrol", {"contacts": [noa.pk]}).status_code == 409
    assert call("post", f"/journeys/{number}/resume", {}).said["status"] == "live"
    assert call("post", f"/journeys/{number}/archive").said["active"] == 0


def test_a_slip_is_named_by_its_path_with_what_was_meant(call: Any) -> None:
    bad = {**GRAPH, "nodes": {"add": {"kind": "conditoin", "yes": "nowhere"}}}
    answer = call("post", "/journeys", {"graph": bad})

    assert answer.status_code == 422
    (error,) = [one for one in answer.said["errors"] if one["path"] == "nodes.add.kind"]
    assert "condition" in error["message"]

    rule = {"all": [{"list": "all"}, {"field": "city", "op": "contians", "value": "x"}]}
    asked = {"kind": "condition", "rule": rule, "yes": None, "no": None}
    checked = call("post", "/journeys/validate", {"graph": {"start": "c1", "nodes": {"c1": asked}}})
    paths = {one["path"]: one["message"] for one in checked.said["problems"]}
    assert "contains" in paths["nodes.c1.rule.all[1].op"]
    assert checked.said["ok"] is False


@pytest.mark.usefixtures("score")
def test_a_draft_changed_meanwhile_is_not_written_over(call: Any) -> None:
    number = call("post", "/journeys", {"graph": GRAPH}).said["id"]

    first = call("put", f"/journeys/{number}", {"graph": GRAPH, "revision": 1})
    second = call("put", f"/journeys/{number}", {"graph": GRAPH, "revision": 1})

    assert (first.said["revision"], second.status_code) == (2, 409)


@pytest.mark.usefixtures("score")
def test_a_value_given_again_starts_a_journey_that_wants_it_so(call: Any, noa: Any) -> None:
    """T9."""
    trigger = {"kind": "contact.updated", "changed": ["score"], "even_if_unchanged": True}
    nodes = {"end": {"kind": "exit"}}
    graph = {
        "name": "x",
        "triggers": [trigger],
        "start": "end",
        "nodes": nodes,
        "reentry": {"policy": "always"},
    }
    number = call("post", "/journeys", {"graph": graph}).said["id"]
    call("post", f"/journeys/{number}/publish")

    for _time in range(2):
        body = {"email": noa.email, "fields": {"score": 7}, "submitted": True}
        assert call("post", "/contacts?wait=true", body).status_code == 200
    call("post", "/contacts?wait=true", {"email": noa.email, "fields": {"score": 7}})

    assert len(call("get", f"/journeys/{number}/runs").said["items"]) == 2
