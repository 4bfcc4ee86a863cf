"""Texts through the API: made, looked at with their size, sent once."""

from __future__ import annotations

from typing import Any

from kesher.channels.models import LocalMessage
from kesher.lib import clock
from kesher.messages.sender import close, send_due

BODY = {
    "format": 1,
    "language": "he",
    "blocks": [
        {"id": "b1", "kind": "sms_text", "text": "קוד האיסוף שלך: [[first_name]]"},
        {
            "id": "b2",
            "kind": "sms_text",
            "text": "https://shop.example/haifa",
            "show_if": {"field": "city", "op": "equals", "value": "חיפה"},
        },
    ],
}


def test_an_sms_is_rendered_with_its_size_and_sent_once(
    call: Any, noa: Any, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path
    made = call("POST", "/documents", {"kind": "sms", "name": "איסוף", "body": BODY})
    assert made.status_code == 201
    number = made.json()["id"]

    shown = call("GET", f"/documents/{number}/render?contact={noa.pk}").json()
    asked = {"contact": noa.pk, "document": number, "values": {"first_name": "4471"}}
    once = {"Idempotency-Key": "order-7"}
    sent, again = (call("POST", "/messages", asked, headers=once) for _twice in range(2))
    send_due(clock.now())
    close()

    assert "קוד האיסוף שלך: נועה" in shown["text"]
    assert shown["size"]["encoding"] == "ucs2"
    assert sent.status_code == 201
    assert again.json()["id"] == sent.json()["id"]
    told = call("GET", f"/messages/{sent.json()['id']}").json()
    kept = bytes(LocalMessage.objects.get().raw).decode()
    assert (told["channel"], told["status"], told["address"]) == ("sms", "sent", noa.mobile)
    assert told["parts"] == told["units"] >= 1
    assert kept.startswith("קוד האיסוף שלך: 4471\n")
    assert "/s/" in kept
    assert "shop.example" not in kept
    assert "פרסומת" not in kept


def test_a_text_holds_pieces_of_text_only(call: Any) -> None:
    body = {"format": 1, "language": "he", "blocks": [{"id": "b1", "kind": "divider"}]}

    made = call("POST", "/documents", {"kind": "sms", "name": "x", "body": body})
    problems = call("GET", f"/documents/{made.json()['id']}/problems").json()

    assert "blocks.b1.kind" in [one["path"] for one in problems]
