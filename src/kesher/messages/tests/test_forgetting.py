"""A person who was erased is in no message any more, and reports still add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from kesher.channels.models import LocalMessage
from kesher.contacts.privacy import erase_contact
from kesher.events import counters
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from kesher.messages.sender import send_due

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_address_and_no_letter_is_left_of_who_was_erased(
    plan: Callable[..., int], access: Any, noa: Any, yael: Any, now: datetime
) -> None:
    plan()
    send_due(now)
    hers = Message.objects.get(contact_id=noa.pk)
    store_hits([NewHit("click", hers.pk, now, 0, "203.0.113.7", "Firefox")])
    address = noa.email
    assert (hers.address, LocalMessage.objects.count()) == (address, 2)

    erase_contact(access, noa, now=now)

    hers.refresh_from_db()
    assert (hers.status, hers.address, hers.data) == ("sent", "", None)
    assert [kept.recipient for kept in LocalMessage.objects.all()] == [yael.email]
    assert counters.read(access.workspace.pk, ["campaign.7.sent"]) == {"campaign.7.sent": 2}
