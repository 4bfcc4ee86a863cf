"""A worker killed with -9 again and again in the middle of a send: nobody is left out, almost nobody is told twice.

KESHER_CRASH_MAILS and KESHER_CRASH_KILLS make it larger: 20,000 mails and 20 kills are the acceptance run.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from bench import mailing
from kesher.events import counters
from kesher.lib import clock, sql
from tests.crash.sink import Sink

MAILS = int(os.environ.get("KESHER_CRASH_MAILS", "3000"))
KILLS = int(os.environ.get("KESHER_CRASH_KILLS", "6"))
CONNECTIONS = 4
LONGEST_SECONDS = 240 + MAILS // 100
WORKER = Path(__file__).with_name("worker.py")


def database_url() -> str:
    """The test database, for another process."""
    found = connection.settings_dict
    user = f"{found['USER']}:{found['PASSWORD']}@" if found["PASSWORD"] else f"{found['USER']}@"
    if str(found["HOST"]).startswith("/"):
        return f"postgresql://{user}/{found['NAME']}?host={found['HOST']}&port={found['PORT']}"
    return f"postgresql://{user}{found['HOST']}:{found['PORT']}/{found['NAME']}"


def start_worker(home: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "KESHER_HOME": str(home),
        "KESHER_SECRET_KEY": "the same for every worker of this test",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(LONGEST_SECONDS)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_a_worker_killed_again_and_again_loses_nobody(tmp_path: Path, settings: object) -> None:
    settings.SECRET_KEY = "the same for every worker of this test"  # type: ignore[attr-defined]
    workspace = mailing.prepare(MAILS)
    draw = random.Random(7)
    moments = sorted(draw.randint(MAILS // 50, MAILS - MAILS // 20) for _kill in range(KILLS))
    kills = 0
    with Sink(keeps_raw=False) as sink:
        mailing.send_through(workspace, sink.port, connections=CONNECTIONS)
        assert mailing.queue(workspace, MAILS, now=clock.now()) == MAILS
        ends = time.monotonic() + LONGEST_SECONDS
        worker = start_worker(tmp_path)
        try:
            while time.monotonic() < ends and open_messages(workspace.pk):
                if kills < KILLS and len(sink.received) >= moments[kills]:
                    worker.kill()
                    worker.wait()
                    kills += 1
                    worker = start_worker(tmp_path)
                time.sleep(0.005 if kills < KILLS else 0.1)
        finally:
            worker.kill()
            worker.wait()

    names = Counter(got.message_id for got in sink.received)
    people = {got.recipient for got in sink.received}
    twice = sum(names.values()) - len(names)
    print(f"{MAILS} mails, {kills} kills, {sum(names.values())} received, {twice} twice")
    assert kills == KILLS
    assert (
        len(people) == len(names) == MAILS
    )  # everybody, and whoever got two got the same Message-ID
    assert twice <= kills * CONNECTIONS
    statuses = dict(
        sql.rows(
            "SELECT status, count(*) FROM message WHERE workspace_id = %s GROUP BY 1",
            (workspace.pk,),
        )
    )
    assert statuses == {"sent": MAILS}
    told = counters.read(
        workspace.pk, ["campaign.1.sent", "campaign.1.delivered", "campaign.1.planned"]
    )
    assert set(told.values()) == {MAILS}
    events = "SELECT count(*) FROM event WHERE workspace_id = %s AND kind = 'message.sent'"
    assert sql.value(events, (workspace.pk,)) == MAILS


def open_messages(workspace_id: int) -> bool:
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM message WHERE workspace_id = %s AND status IN ('queued', 'sending'))",
            (workspace_id,),
        )
    )
