"""Calls outside: signed, tried again, never into this network unless the operator allows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from kesher.journeys import alerts, webhooks
from kesher.journeys.models import Journey, WebhookDelivery
from kesher.journeys.tests.conftest import Desk


class Other:
    """The other side: what it was told, and what it answers next."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], str]] = []
        self.answers: list[tuple[int, str]] = []


@pytest.fixture
def other() -> Iterator[tuple[Other, str]]:
    here = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            here.told.append((dict(self.headers.items()), body))
            status, text = here.answers.pop(0) if here.answers else (200, "{}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_words: Any) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield here, f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    server.server_close()


def calling(url: str, **rest: Any) -> dict[str, Any]:
    return {
        "call": {"kind": "webhook", "url": url, "next": "ask", **rest},
        "ask": {"kind": "condition", "rule": {"field": "event.answer.score", "op": "gt", "value": 5}, "yes": "in", "no": "out"},
        "in": {"kind": "exit"}, "out": {"kind": "exit"}, "lost": {"kind": "exit"},
    }  # fmt: skip


def test_a_call_is_signed_and_tells_about_the_contact(
    desk: Desk, settings: Any, other: Any, noa: Any
) -> None:
    settings.WEBHOOKS_INSIDE = True
    here, url = other
    journey = desk.publish(calling(url), triggers=[{"kind": "custom"}])
    desk.custom(noa, order=7)
    desk.settle()

    assert webhooks.deliver(desk.now) == 1
    assert webhooks.deliver(desk.now) == 0

    ((headers, body),) = here.told
    told = json.loads(body)["data"]
    assert (told["contact"]["email"], told["event"]["order"]) == (noa.email, 7)
    secret = Journey.objects.get(pk=journey.pk).webhook_secret
    signed = Webhook(secret).sign(headers["webhook-id"], desk.now, body)
    assert headers["webhook-signature"] == signed
    assert WebhookDelivery.objects.get().state == "done"


def test_a_call_that_fails_is_made_again_later_under_the_same_id(
    desk: Desk, settings: Any, other: Any, noa: Any
) -> None:
    settings.WEBHOOKS_INSIDE = True
    here, url = other
    here.answers = [(500, "no"), (503, "no"), (200, "{}")]
    desk.publish(calling(url), triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()

    webhooks.deliver(desk.now)
    assert webhooks.deliver(desk.now + timedelta(seconds=9)) == 0
    webhooks.deliver(desk.now + timedelta(seconds=11))
    webhooks.deliver(desk.now + timedelta(seconds=80))

    assert len({headers["webhook-id"] for headers, _body in here.told}) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("done", 3)


def test_the_answer_can_be_asked_about(desk: Desk, settings: Any, other: Any, noa: Any) -> None:
    settings.WEBHOOKS_INSIDE = True
    here, url = other
    here.answers = [(200, '{"score": 9}')]
    desk.publish(calling(url, wait_for_answer=True, failed="lost"), triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()
    assert desk.runs(noa)[0].node == "call"

    webhooks.deliver(desk.now)
    desk.settle()

    assert desk.runs(noa)[0].node == "in"


def test_who_never_answers_is_given_up(desk: Desk, settings: Any, other: Any, noa: Any) -> None:
    settings.WEBHOOKS_INSIDE = True
    here, url = other
    here.answers = [(410, "gone")]
    desk.publish(calling(url, wait_for_answer=True, failed="lost"), triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()

    webhooks.deliver(desk.now)
    desk.settle()

    assert (desk.runs(noa)[0].node, WebhookDelivery.objects.get().state) == ("lost", "failed")


def test_addresses_inside_this_network_are_not_called(desk: Desk, other: Any, noa: Any) -> None:
    here, url = other
    desk.publish(calling(url), triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()

    webhooks.deliver(desk.now)

    assert not here.told
    delivery = WebhookDelivery.objects.get()
    assert "inside this network" in delivery.answer
    for host in ("localhost", "169.254.169.254", "10.0.0.8", "[::1]".strip("[]")):
        with pytest.raises(webhooks.Refused):
            webhooks.address_of(host, 80)


def test_an_alert_is_mailed_once_to_whom_it_names(
    desk: Desk, mailoutbox: Any, owner: Any, noa: Any
) -> None:
    node = {
        "kind": "alert",
        "text": "[[first_name]] לא ענתה",
        "emails": [owner.email],
        "next": None,
    }
    desk.publish({"tell": node}, triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()

    alerts.mail_alerts(desk.now)
    alerts.mail_alerts(desk.now)

    (sent,) = mailoutbox
    assert sent.to == [owner.email]
    assert "נועה לא ענתה" in sent.body
    assert f"/contacts/{noa.pk}/" in sent.body
