"""What a mail holds for its reader, told again: its values, and links whose address has merge tags in it.

The thin door asks on a thread, since it takes the ORM.
"""

from __future__ import annotations

from dataclasses import replace
from html import unescape

from django.db import connection

from kesher.content.batch import nobodys, values_of
from kesher.content.constants import Constants
from kesher.content.models import TrackedLink
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.lib import clock
from kesher.messages.models import Message
from kesher.public.identity import with_identity


def filled(message_id: int, number: int) -> str | None:
    """Where this link of the message leads for its contact; None when there is no such link, or nowhere to go."""
    message = Message.objects.filter(pk=message_id).first()
    link = (
        message
        and TrackedLink.objects.filter(
            workspace_id=message.workspace_id, version_id=message.version_id, number=number
        )
        .select_related("workspace", "version")
        .first()
    )
    if not message or not link:
        return None
    return with_identity(_address(message, link), link, message, clock.now())


def _address(message: Message, link: TrackedLink) -> str:
    if "[[" not in link.url:
        return link.url
    plan = Plan.from_json(link.version.plan)
    # The address alone, as a preview of a mail that holds nothing else would show it.
    alone = replace(plan, subject=(), text=(), html=plan.links[link.number].parts)
    constants = Constants.of(link.workspace, now=message.sent_at or clock.now())
    rendered = Renderer(alone, constants).render("", values_for(message, plan))
    return unescape(rendered.html.decode())


def values_for(message: Message, plan: Plan) -> tuple[str, ...]:
    """The values that the mail was written with; those of a person who was erased are empty."""
    person = reader_of(message)
    at = message.sent_at or clock.now()
    found = values_of(message.workspace_id, plan, [person], now=at) if person else {}
    values = list(found.get(person or 0, nobodys(plan)))
    given = (message.data or {}).get("values") or {}
    for place, key in enumerate(plan.fields):
        if key in given:
            values[place] = str(given[key])
    return tuple(values)


def reader_of(message: Message) -> int | None:
    """Whose values the mail shows: the contact it went to, or the one that a test was made for."""
    return message.contact_id or int((message.data or {}).get("values_of") or 0) or None


def fill_link(message_id: int, number: int) -> str | None:
    """`filled`, giving the thread's connection back."""
    try:
        return filled(message_id, number)
    finally:
        connection.close()
