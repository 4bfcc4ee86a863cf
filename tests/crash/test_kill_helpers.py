"""Several processes send side by side, and one or all of them are killed: nobody is left out, none outlives the worker."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from bench import mailing
from kesher.events import counters
from kesher.lib import clock, sql
from tests.crash.family import (
    environment_for,
    helpers_of,
    nursery_of,
    start_family,
    wait_until_gone,
)
from tests.crash.sink import Sink
from tests.crash.test_kill_sender import CONNECTIONS, LONGEST_SECONDS, database_url, open_messages

MAILS = int(os.environ.get("KESHER_CRASH_MAILS", "3000")) + 3000
SENDERS = 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
@pytest.mark.parametrize("victim", ["helper", "nursery", "worker"])
def test_a_family_of_senders_bears_the_death_of_any(
    tmp_path: Path, settings: object, victim: str
) -> None:
    settings.SECRET_KEY = "the same for every worker of this test"  # type: ignore[attr-defined]
    environment = environment_for(database_url(), tmp_path)
    workspace = mailing.prepare(MAILS, signed=False)
    left: list[int] = []
    killed = 0
    with Sink(keeps_raw=False) as sink:
        mailing.send_through(workspace, sink.port, connections=CONNECTIONS)
        mailing.queue(workspace, MAILS, now=clock.now())
        ends = time.monotonic() + LONGEST_SECONDS
        worker = start_family(environment, senders=SENDERS)
        try:
            while time.monotonic() < ends and open_messages(workspace.pk):
                helpers = helpers_of(worker.pid)
                if not killed and len(helpers) == SENDERS - 1 and len(sink.received) > 1500:
                    nursery = nursery_of(worker.pid)
                    assert nursery is not None
                    time.sleep(0.3)  # let them be in the midst of it
                    killed = {"helper": helpers[0], "nursery": nursery, "worker": worker.pid}[
                        victim
                    ]
                    os.kill(killed, signal.SIGKILL)
                    if victim != "helper":
                        left = wait_until_gone(helpers, 20)
                    if victim == "worker":
                        left += wait_until_gone([nursery], 20)
                        worker.wait()
                        worker = start_family(environment, senders=SENDERS)
                time.sleep(0.02)
            family = [nursery_of(worker.pid), *helpers_of(worker.pid)]
        finally:
            worker.terminate()
            code = worker.wait(30)

    names = Counter(got.message_id for got in sink.received)
    twice = sum(names.values()) - len(names)
    assert killed
    assert left == []
    assert code == 0
    assert wait_until_gone([pid for pid in family if pid], 1) == []
    assert len({got.recipient for got in sink.received}) == len(names) == MAILS
    assert twice <= CONNECTIONS
    assert dict(
        sql.rows(
            "SELECT status, count(*) FROM message WHERE workspace_id = %s GROUP BY 1",
            (workspace.pk,),
        )
    ) == {"sent": MAILS}
    told = counters.read(workspace.pk, ["campaign.1.sent", "campaign.1.delivered"])
    assert set(told.values()) == {MAILS}
    events = "SELECT count(*) FROM event WHERE workspace_id = %s AND kind = 'message.sent'"
    assert sql.value(events, (workspace.pk,)) == MAILS
    assert sink.connections <= 6 * CONNECTIONS
