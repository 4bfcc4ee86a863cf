"""Links whose address holds merge tags: `https://shop.example/?name=[[first name]]`, filled for one contact.

A value never changes where the link leads: it is escaped, unless the whole address is the tag.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db import connection

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import FieldInfo, fields_of, resolve
from kesher.content.models import TrackedLink
from kesher.messages.models import Message

_TAG = re.compile(r"\[\[([^\[\]|]*)(?:\|([^\[\]]*))?\]\]")


def fill_link(message_id: int, number: int) -> str | None:
    """The address of this link for the message's contact, or None when there is none. For a thread: gives its connection back."""
    try:
        return filled(message_id, number)
    finally:
        connection.close()


def filled(message_id: int, number: int) -> str | None:
    message = Message.objects.filter(pk=message_id).first()
    link = (
        message
        and TrackedLink.objects.filter(
            workspace_id=message.workspace_id, version_id=message.version_id, number=number
        ).first()
    )
    if not message or not link:
        return None
    if "[[" not in link.url:
        return link.url
    workspace = Workspace.objects.get(pk=message.workspace_id)
    contact = (
        Contact.objects.filter(workspace=workspace, pk=message.contact_id, deleted_at=None).first()
        if message.contact_id
        else None
    )
    return fill(link.url, contact, fields_of(workspace))


def fill(url: str, contact: Contact | None, fields: list[FieldInfo]) -> str:
    """The address with its tags replaced; an unknown value is its fallback, else nothing."""

    def value(found: re.Match[str]) -> str:
        text = _value(resolve(found[1].strip(), fields), contact) or (found[2] or "").strip()
        return text if found[0] == url.strip() else quote(text, safe="")

    return _TAG.sub(value, url)


def _value(info: FieldInfo | None, contact: Contact | None) -> str:
    if info is None or contact is None:
        return ""
    given: Any = (
        getattr(contact, info.column, None) if info.column else contact.fields.get(info.key)
    )
    match given:
        case None:
            return ""
        case bool():
            return "1" if given else "0"
        case date():
            return given.isoformat()
        case list():
            return ",".join(map(str, given))
        case _:
            return str(given)
