"""What is due is found without reading all that waits; and sending in sets tells of each its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from kesher.channels.models import LocalMessage
from kesher.contacts.models import Contact
from kesher.events.log import timeline
from kesher.lib import sql
from kesher.messages import claims
from kesher.messages.actions import queue_message
from kesher.messages.models import Message
from kesher.messages.sender import send_due
from kesher.messages.writers import CHANNELS

_WAITING = """
INSERT INTO message (workspace_id, channel, message_class, source, source_id, version_id, priority, status, reason,
    address, due_at, attempts, queued_at)
SELECT %s, 'email', 'advertising', 'campaign', '1', 1, 60, 'queued', '', '', %s, 0, now() FROM generate_series(1, 5000)
"""


def test_looking_for_work_does_not_read_all_that_waits(workspace: Any, now: datetime) -> None:
    sql.execute(_WAITING, (workspace.pk, now))
    sql.execute("ANALYZE message")

    plan = sql.rows(f"EXPLAIN {claims._DUE}", (list(CHANNELS), now))

    assert claims.due(now, CHANNELS) == [(workspace.pk, "email")]
    assert "Seq Scan on message" not in "\n".join(row[0] for row in plan)


def test_what_waits_for_later_is_not_due(workspace: Any, now: datetime) -> None:
    sql.execute(_WAITING, (workspace.pk, now + timedelta(seconds=1)))

    assert claims.due(now, CHANNELS) == []


def test_each_of_a_batch_is_told_with_its_own_source(
    plan: Callable[..., int], version: Any, noa: Any, yael: Any, now: datetime
) -> None:
    plan("7")
    queue_message(
        noa.workspace_id, contact_id=noa.pk, version_id=version.pk, source="campaign", source_id="8",
        message_class="advertising", now=now,
    )  # fmt: skip

    send_due(now)

    told = [entry.data for entry in timeline(noa.workspace_id, noa.pk)]
    assert sorted(data["source_id"] for data in told) == ["7", "8"]
    assert len({data["message_id"] for data in told}) == 2
    assert {data["subject"] for data in told} == {"שלום [[שם פרטי]]"}
    assert [entry.data["source_id"] for entry in timeline(yael.workspace_id, yael.pk)] == ["7"]


def test_a_mail_that_cannot_be_written_does_not_hold_up_its_neighbours(
    plan: Callable[..., int], noa: Any, yael: Any, now: datetime
) -> None:
    Contact.objects.filter(pk=noa.pk).update(email="noa@@example..com")
    plan()

    send_due(now)

    told = dict(Message.objects.values_list("contact_id", "reason"))
    assert told == {noa.pk: "bad_address", yael.pk: ""}
    assert [mail.recipient for mail in LocalMessage.objects.all()] == [yael.email]
