"""Calls out of a journey while the worker that makes them is killed with -9: every call arrives, signed; one that was
made just before the end is made again under the same id, so that the other side can tell."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from kesher.contacts.models import Contact
from kesher.events.log import record_for
from kesher.journeys import engine, webhooks
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey, WebhookDelivery
from kesher.lib import clock
from tests.crash import crowd
from tests.crash.family import environment_for

CALLS = int(os.environ.get("KESHER_CRASH_CALLS", "90"))
KILLS = 2
LONGEST_SECONDS = 240


@contextmanager
def other_side(told: list[tuple[dict[str, str], str]]) -> Iterator[str]:
    """Answers each call, keeping what it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.append((dict(self.headers.items()), body))
            time.sleep(0.01)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in"
    finally:
        server.shutdown()
        server.server_close()


def everybody_comes_to_the_call(access: Any, url: str) -> Journey:
    now = clock.now()
    people = Contact.objects.bulk_create(
        Contact(workspace=access.workspace, first_name=f"n{n}", created_at=now, updated_at=now)
        for n in range(CALLS)
    )
    graph = {
        "format": 1, "name": "calls", "triggers": [{"kind": "custom"}], "start": "call",
        "nodes": {"call": {"kind": "webhook", "url": url}},
    }  # fmt: skip
    journey = create_journey(access, name="calls", graph=graph, now=now)
    publish_journey(access, journey, now=now)
    ids = [one.pk for one in people]
    record_for(access.workspace.pk, kind="custom", contact_ids=ids, at=now)
    while engine.step(clock.now()):
        pass
    return journey


def start_caller(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.calls", str(LONGEST_SECONDS)],
        env=environment_for(crowd.address(), home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_calls_of_a_killed_worker_are_made_again_under_the_same_id(
    tmp_path: Path, access: Any
) -> None:
    told: list[tuple[dict[str, str], str]] = []
    with other_side(told) as url:
        journey = everybody_comes_to_the_call(access, url)
        moments = [CALLS * place // (KILLS + 1) for place in range(1, KILLS + 1)]
        ends = time.monotonic() + LONGEST_SECONDS
        caller = start_caller(tmp_path)
        try:
            while (
                time.monotonic() < ends and WebhookDelivery.objects.exclude(state="done").exists()
            ):
                if moments and len(told) >= moments[0]:
                    moments.pop(0)
                    caller.kill()
                    caller.wait()
                    caller = start_caller(tmp_path)
                time.sleep(0.005)
        finally:
            caller.kill()
            caller.wait()

    assert not moments
    assert WebhookDelivery.objects.filter(state="done").count() == CALLS
    bodies: dict[str, set[str]] = {}
    for headers, body in told:
        bodies.setdefault(headers["webhook-id"], set()).add(body)
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signed = Webhook(journey.webhook_secret).sign(headers["webhook-id"], at, body)
        assert headers["webhook-signature"] == signed
    assert len(bodies) == CALLS
    assert all(len(same) == 1 for same in bodies.values())
    assert len({next(iter(same)) for same in bodies.values()}) == CALLS
    twice = sum(Counter(headers["webhook-id"] for headers, _body in told).values()) - CALLS
    assert twice <= KILLS * webhooks.AT_ONCE
