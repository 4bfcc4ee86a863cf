"""A shop in which whole flows happen: people, mail that really arrives, and a clock that stands until it is moved.

`shop.drain()` does what the worker does at this instant, in its order, until all is quiet. What the `local` provider
kept is what people got.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions as campaigns
from kesher.campaigns.models import Campaign
from kesher.channels.models import LocalMessage
from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact, ContactList
from kesher.content.actions import save_document
from kesher.messages import sender
from kesher.messages.models import Message
from kesher.segments.audience import Audience, Part
from kesher.worker import steps

MOST_ROUNDS = 500


@dataclass
class Clock:
    now: datetime

    def advance(self, by: timedelta) -> None:
        self.now += by


class Received:
    """A mail as it came; what is in it is read when somebody looks."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @cached_property
    def _head(self) -> Any:
        return BytesHeaderParser(policy=policy.default).parsebytes(self._raw)

    @cached_property
    def _whole(self) -> EmailMessage:
        parsed = message_from_bytes(self._raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        return str(self._head["Subject"])

    @property
    def sender(self) -> str:
        return str(self._head["From"])

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    def _body(self, kind: str) -> str:
        part = self._whole.get_body((kind,))
        return str(part.get_content()) if part else ""


@dataclass
class Shop:
    access: Access
    clock: Clock
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Any:
        return self.access.workspace

    def field(self, label: str, type: str, **options: Any) -> str:
        """A field by its Hebrew name; answers its key."""
        made = create_field(self.access, label=label, type=type, options=options)
        self.fields[label] = made.key
        return made.key

    def list(self, name: str, *people: Contact) -> ContactList:
        made = create_list(self.access, name=name)
        ids = [person.pk for person in people]
        join_list(self.workspace.pk, list_id=made.pk, contact_ids=ids, now=self.clock.now)
        return made

    def person(self, name: str, *, values: dict[str, Any] | None = None, **columns: Any) -> Contact:
        """Somebody who agreed to everything. `values` by the fields' names."""
        number = Contact.objects.filter(workspace=self.workspace).count()
        given = {"email": f"p{number}@example.com", "email_consent": "granted", **columns}
        return Contact.objects.create(
            workspace=self.workspace,
            first_name=name,
            fields={self.fields[label]: value for label, value in (values or {}).items()},
            source="staff",
            created_at=self.clock.now,
            updated_at=self.clock.now,
            **given,
        )

    def campaign(
        self, blocks: Sequence[dict[str, Any]], *, to: ContactList, subject: str = "חדש על המדף"
    ) -> Campaign:
        """A mail of these blocks, written and not yet sent."""
        made = campaigns.create_campaign(self.access, name="ניוזלטר")
        save_document(
            self.access,
            made.document,
            body={"format": 1, "language": "he", "blocks": list(blocks)},
            subject=subject,
            preheader="מה חדש",
            name="ניוזלטר",
            revision=made.document.revision,
        )
        campaigns.set_audience(self.access, made, audience=Audience((Part("list", to.pk),)))
        return Campaign.objects.get(pk=made.pk)

    def send(self, campaign: Campaign) -> None:
        """Press "send" and let it go out."""
        campaigns.send_campaign(self.access, campaign, now=self.clock.now)
        self.drain()

    def drain(self) -> None:
        """All that falls due now, in the worker's order, until nothing does."""
        for _round in range(MOST_ROUNDS):
            if not steps.engine(self.clock.now) + sender.send_due(self.clock.now):
                return
        raise AssertionError("it never came to rest")

    def got(self, person: Contact) -> Sequence[Received]:
        """What came to this address, oldest first."""
        return self.post([person])[0]

    def post(self, people: Sequence[Contact]) -> Sequence[Sequence[Received]]:
        """What came to each of them, oldest first."""
        found: dict[str, list[Received]] = {person.email: [] for person in people}
        rows = LocalMessage.objects.filter(
            workspace_id=self.workspace.pk, channel="email", recipient__in=found
        ).order_by("id")
        for row in rows:
            found[row.recipient].append(Received(bytes(row.raw)))
        return [found[person.email] for person in people]

    def message(self, person: Contact) -> Message:
        """The one message to this contact."""
        return Message.objects.get(workspace_id=self.workspace.pk, contact_id=person.pk)


@pytest.fixture
def clock(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands at `now` until it is moved; all doors read it."""
    made = Clock(now)
    monkeypatch.setattr("kesher.lib.clock.now", lambda: made.now)
    return made


@pytest.fixture
def shop(access: Access, clock: Clock) -> Iterator[Shop]:
    yield Shop(access, clock)
    sender.close()
