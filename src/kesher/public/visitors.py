"""Who stands behind a token: the message, its workspace, and the person it was sent to. Reading only."""

from __future__ import annotations

from dataclasses import dataclass

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.messages.models import Message
from kesher.messages.receipts.unsubscribing import CONSENT_CHANNELS
from kesher.messages.tokens import read_token
from kesher.public.links import is_web_address


@dataclass(frozen=True)
class Visitor:
    """`contact` is None when the person was erased or deleted, or the mail was a test to an outside address."""

    message: Message
    workspace: Workspace
    contact: Contact | None

    @property
    def language(self) -> str:
        return (self.contact.language if self.contact else "") or self.workspace.language

    @property
    def is_test(self) -> bool:
        return self.message.source == "test"

    @property
    def is_unsubscribed(self) -> bool:
        if self.contact is None or self.message.channel not in CONSENT_CHANNELS:
            return False
        state = getattr(self.contact, f"{self.message.channel}_consent")
        return bool(state == Contact.ConsentState.WITHDRAWN)

    @property
    def website(self) -> str:
        """The workspace's site, if it is an address on the web."""
        return self.workspace.website if is_web_address(self.workspace.website) else ""

    @property
    def address(self) -> str:
        """Where the mail went, told only as far as its owner needs to know it again: n•••@example.com."""
        return masked(self.message.address)


def masked(address: str) -> str:
    """An e-mail address as far as its owner needs it to know it again; "" for what is none."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••{at}{domain}" if at else ""


def visitor_of(token: str) -> Visitor | None:
    """None when the token is not one of ours, or its message or workspace is gone."""
    message_id = read_token(token)
    message = Message.objects.filter(pk=message_id).first() if message_id is not None else None
    workspace = message and Workspace.objects.filter(pk=message.workspace_id).first()
    if not message or not workspace:
        return None
    contact = (
        Contact.objects.filter(workspace=workspace, pk=message.contact_id, deleted_at=None).first()
        if message.contact_id is not None
        else None
    )
    return Visitor(message, workspace, contact)


@dataclass(frozen=True)
class OfferedList:
    id: int
    name: str
    description: str
    is_member: bool


def offered_lists(visitor: Visitor) -> list[OfferedList]:
    """The lists that the workspace shows in its preference centre, and whether this person is in each."""
    return offered_to(visitor.workspace, visitor.contact) if visitor.contact else []


def offered_to(workspace: Workspace, contact: Contact) -> list[OfferedList]:
    shown = ContactList.objects.filter(
        workspace=workspace, is_public=True, is_all=False, archived_at=None
    ).order_by("name", "id")
    joined = set(
        ListMembership.objects.filter(workspace_id=workspace.pk, contact_id=contact.pk).values_list(
            "list_id", flat=True
        )
    )
    return [OfferedList(row.pk, row.name, row.description, row.pk in joined) for row in shown]
