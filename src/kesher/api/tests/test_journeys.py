"""Journeys over the API: a file in, checked, published; people in and out; the way they came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.journeys import engine
from kesher.journeys.models import JourneyAlarm
from kesher.lib import clock, sql

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


REST: dict[str, Any] = {
    "name": "x", "triggers": [{"kind": "custom"}], "start": "rest",
    "nodes": {"rest": {"kind": "wait", "for": "P3D", "next": "end"}, "end": {"kind": "exit"}},
}  # fmt: skip


@pytest.fixture
def live(call: Any, workspace: Any, noa: Any) -> int:
    """Noa rests in it."""
    number = int(call("post", "/journeys", {"graph": REST}).said["id"])
    call("post", f"/journeys/{number}/publish")
    call("post", f"/journeys/{number}/enrol", {"contacts": [noa.pk]})
    engine.step(clock.now())
    return number


def test_publishing_says_who_stands_where_and_takes_choices(call: Any, live: int, noa: Any) -> None:
    nodes = {"hello": {"kind": "alert", "text": "x", "next": "rest"}, **REST["nodes"]}
    nodes["rest"] = {**nodes["rest"], "for": "P9D"}
    call("put", f"/journeys/{live}", {"graph": {**REST, "start": "hello", "nodes": nodes}, "revision": 1})  # fmt: skip

    told = call("get", f"/journeys/{live}/publish").said
    assert told["steps"] == [
        {"node": "rest", "count": 1, "state": "changed", "versions": [1], "waits": True}
    ]
    assert told["past"] == [{"node": "hello", "count": 1}]

    people = {"steps": {"rest": {"do": "move", "waits": "recompute"}}, "deliver_once": ["hello"]}
    assert call("post", f"/journeys/{live}/publish", {"people": people}).said["version"] == 2
    newest, first = call("get", f"/journeys/{live}/versions").said
    assert (newest["added"], newest["changed"], newest["inside"], first["inside"]) == (["hello"], ["rest"], 1, 0)  # fmt: skip
    assert call("get", f"/journeys/{live}/numbers?version=2").said["nodes"]["rest"]["waiting"] == 1

    bad = {"people": {"steps": {"rest": {"do": "move", "to": "gone"}}}}
    assert call("post", f"/journeys/{live}/publish", bad).status_code == 422
    assert call("post", f"/journeys/{live}/publish?version=1").said["version"] == 3


def test_what_fell_due_in_a_pause_is_told_asked_about_and_decided(
    call: Any, live: int, noa: Any
) -> None:
    call("post", f"/journeys/{live}/pause")
    late = clock.now() - timedelta(days=2)
    sql.execute("UPDATE journey_run SET until = %s, due_at = %s", (late, late))
    told = call("get", f"/journeys/{live}/meanwhile").said
    assert (told["people"], [band["older_than"] for band in told["bands"]]) == (1, ["PT0S", "PT1H", "P1D"])  # fmt: skip

    call("post", f"/journeys/{live}/resume", {"meanwhile": "ask", "older_than": "P1D"})
    (one,) = call("get", f"/journeys/{live}/asked").said["items"]
    assert (one["what"], one["contact"], one["node"]) == ("run", noa.pk, "rest")
    assert call("post", f"/journeys/{live}/decide", {"do": "send", "runs": [one["id"]]}).said == {
        "people": 1, "messages": 0,
    }  # fmt: skip
    assert call("get", f"/journeys/{live}/asked").said["items"] == []


def test_those_at_a_step_are_moved_on_or_taken_out(
    call: Any, live: int, noa: Any, dan: Any
) -> None:
    path = f"/journeys/{live}/people"
    assert call("post", path, {"do": "on", "node": "rest", "port": "nowhere"}).status_code == 422
    assert call("post", path, {"do": "on", "node": "rest", "port": "next"}).said["count"] == 1
    call("post", f"/journeys/{live}/enrol", {"contacts": [dan.pk]})
    assert call("post", path, {"do": "out", "node": ""}).said == {"count": 1, "work": None}


def test_why_not_and_alarms(call: Any, live: int, dan: Any, workspace: Any) -> None:
    told = call("get", f"/journeys/{live}/why?contact={dan.pk}").said
    assert (len(told["details"]), told["runs"]) == (1, [])

    now = clock.now()
    JourneyAlarm.objects.create(
        workspace_id=workspace.pk, journey_id=live, kind="late", count=2, since=now, created_at=now
    )
    (alarm,) = call("get", "/journey-alarms").said
    assert (alarm["journey"], alarm["count"]) == (live, 2)
    assert call("post", f"/journey-alarms/{alarm['id']}/read").said == {"count": 1}
    assert call("post", f"/journey-alarms/{alarm['id']}/read").status_code == 404
