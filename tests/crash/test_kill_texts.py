"""A worker killed in the middle of an SMS campaign: everybody has one text, and the report knows what each cost."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from bench import mailing
from kesher.content.models import Version
from kesher.content.plan import Plan, Value, ValueSpec
from kesher.events import counters
from kesher.lib import clock, sql
from kesher.messages.actions import plan_messages
from tests.crash.test_kill_sender import open_messages, start_worker

TEXTS = int(os.environ.get("KESHER_CRASH_TEXTS", "12000"))
KILLS = 4
LONGEST_SECONDS = 120
KEPT = "SELECT count(*) FROM local_message WHERE workspace_id = %s"


def queue_texts(count: int) -> int:
    """A workspace in which `count` people wait for a text of one or two parts; answers its id."""
    workspace = mailing.prepare(count, signed=False)
    sql.execute(
        "UPDATE contact SET mobile = '+97250' || lpad((id %% 10000000)::text, 7, '0'), sms_consent = 'granted'"
        " WHERE workspace_id = %s",
        (workspace.pk,),
    )
    field = ValueSpec("last_name", "text", "last_name")
    words = ("שלום ", Value(0, "text"), ", " + "ספרים חדשים מחכים לכם. " * 3)
    plan = Plan("he", "rtl", (field,), (), subject=(), html=(), text=words, links=())
    version = Version.objects.create(workspace=workspace, body={}, plan=plan.to_json())
    now = clock.now()
    planned = plan_messages(
        workspace.pk,
        channel="sms",
        message_class="service",
        source="campaign",
        source_id="1",
        version_id=version.pk,
        contacts_where="TRUE",
        parameters={},
        after_id=0,
        limit=count,
        due_at=now,
        priority=60,
        now=now,
    )
    assert planned.count == count
    return workspace.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_a_worker_killed_again_and_again_texts_everybody_once(
    tmp_path: Path, settings: object
) -> None:
    settings.SECRET_KEY = "the same for every worker of this test"  # type: ignore[attr-defined]
    workspace_id = queue_texts(TEXTS)
    draw = random.Random(7)
    moments = sorted(draw.randint(TEXTS // 50, TEXTS - TEXTS // 5) for _kill in range(KILLS))
    kills = 0

    ends = time.monotonic() + LONGEST_SECONDS
    worker = start_worker(tmp_path)
    try:
        while time.monotonic() < ends and open_messages(workspace_id):
            if kills < KILLS and sql.value(KEPT, (workspace_id,)) >= moments[kills]:
                worker.kill()
                worker.wait()
                kills += 1
                worker = start_worker(tmp_path)
            time.sleep(0.002 if kills < KILLS else 0.1)
    finally:
        worker.kill()
        worker.wait()

    once = "SELECT count(*), count(DISTINCT message_id) FROM local_message WHERE workspace_id = %s"
    assert sql.rows(once, (workspace_id,)) == [(TEXTS, TEXTS)]
    assert kills == KILLS
    ended = "SELECT status, count(*), count(parts), sum(units) FROM message WHERE workspace_id = %s GROUP BY 1"
    ((status, count, measured, units),) = sql.rows(ended, (workspace_id,))
    assert (status, count, measured) == ("sent", TEXTS, TEXTS)
    told = counters.read(workspace_id, ["campaign.1.sent", "campaign.1.units"])
    assert told == {"campaign.1.sent": TEXTS, "campaign.1.units": units}
