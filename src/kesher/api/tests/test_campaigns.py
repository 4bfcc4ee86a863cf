"""Campaigns by REST: audiences of lists and segments, A/B tests, moves, sending again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kesher.accounts.actions import create_api_key
from kesher.campaigns.models import Campaign
from kesher.lib import clock
from kesher.messages.models import Message
from kesher.segments.actions import create_segment

pytestmark = pytest.mark.django_db
BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [{"id": "b1", "kind": "heading", "text": "שלום [[first_name|חבר]]"}],
}


@pytest.fixture
def ask(client: Any, access: Any) -> Iterator[Any]:
    key = create_api_key(access, name="t", scopes=["campaigns:read", "campaigns:write"])

    def call(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = client.generic(
            method,
            f"/api/v1{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key.secret}"},
        )
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def made(ask: Any, access: Any, noa: Any, yael: Any, dan: Any) -> int:
    rule = {"field": "city", "op": "equals", "value": "חיפה"}
    segment = create_segment(access, name="haifa", rule=rule, now=clock.now())
    body = {
        "name": "חורף",
        "subject": "שלום",
        "preheader": "מה חדש",
        "body": BODY,
        "audience": {"include": ["all"], "exclude": [{"segment": segment.key}]},
    }
    answer = ask("POST", "/campaigns", body, 201)
    assert answer["audience"] == {
        "include": [{"list": "all"}],
        "require": [],
        "exclude": [{"segment": segment.key}],
    }
    return int(answer["id"])


def test_the_audience_is_counted_with_its_reasons(ask: Any, made: int) -> None:
    assert ask("GET", f"/campaigns/{made}/audience/count") == {
        "people": 2,
        "reachable": 1,
        "no_address": 0,
        "no_consent": 1,
        "bounced": 0,
    }


def test_what_is_not_there_is_named_by_its_place(ask: Any, made: int) -> None:
    wrong = {"include": ["all"], "require": [{"segment": "none"}]}

    answer = ask("PUT", f"/campaigns/{made}/audience", wrong, 422)

    assert [error["path"] for error in answer["errors"]] == ["audience.require[0]"]


def test_an_ab_test_is_set_read_decided_and_taken_away(ask: Any, made: int) -> None:
    path = f"/campaigns/{made}/ab-test"
    ask("GET", path, status=404)
    given = {"what": "subject", "variants": ["מה קוראים?"], "sample_percent": 50, "measure": "hand"}
    assert [one["letter"] for one in ask("PUT", path, given)["variants"]] == ["A", "B"]
    ask("DELETE", path, status=204)
    ask("PUT", path, given)

    ask("POST", f"/campaigns/{made}/send", {})
    decided = ask("POST", f"{path}/winner", {"variant": "B"})

    assert (decided["winner"], decided["decided_how"]) == ("B", "hand")
    ask("POST", f"{path}/winner", {"variant": "A"}, 409)
    ask("DELETE", path, status=409)


def test_each_move_has_an_operation_and_refuses_out_of_turn(ask: Any, made: int) -> None:
    ask("POST", f"/campaigns/{made}/pause", status=409)
    ask("POST", f"/campaigns/{made}/send", {"at": "2031-01-01T10:00:00+02:00"})
    assert ask("POST", f"/campaigns/{made}/unschedule")["status"] == "draft"
    ask("POST", f"/campaigns/{made}/send", {})
    for move, status in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert ask("POST", f"/campaigns/{made}/{move}")["status"] == status


def test_a_mail_is_sent_again_once(ask: Any, access: Any, made: int, yael: Any) -> None:
    ask("POST", f"/campaigns/{made}/resend", status=422)
    ask("POST", f"/campaigns/{made}/send", {})
    Campaign.objects.filter(pk=made).update(status="sent")
    Message.objects.create(
        workspace_id=access.workspace.pk, contact_id=yael.pk, source="campaign",
        source_id=str(made), version_id=1, status="sent", queued_at=clock.now(), sent_at=clock.now(),
    )  # fmt: skip

    again = ask("POST", f"/campaigns/{made}/resend", status=201)

    assert again["resend_of"] == made
    assert ask("GET", f"/campaigns/{again['id']}/audience/count")["people"] == 1


def test_a_text_has_its_channel(ask: Any) -> None:
    assert ask("POST", "/campaigns", {"name": "קופון", "channel": "sms"}, 201)["channel"] == "sms"
    ask("POST", "/campaigns", {"name": "x", "channel": "fax"}, 422)
