"""Two cards of one person become one. Everything that hangs on the second moves to the first; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from kesher.accounts.access import Access
from kesher.contacts.channels import CHANNELS
from kesher.contacts.errors import Refused
from kesher.contacts.merge_rows import move_rows, take_in_order, tell_before
from kesher.contacts.models import Contact
from kesher.contacts.values import COLUMNS
from kesher.events import counters
from kesher.events.log import NewEvent, record
from kesher.lib.deadlocks import tried_again

LATE_SECONDS = (60, 600)  # after which what was in somebody's hands meanwhile follows


@tried_again
def merge_contacts(
    access: Access, *, keep: Contact, remove: Contact, take: Mapping[str, bool], now: datetime
) -> Contact:
    """`take` names the fields whose value comes from the card that goes; gaps of the kept one are filled anyway.

    Who refused on one of the two cards has refused. Raises Refused when one of them is gone or both are one.
    """
    if keep.pk == remove.pk:
        raise Refused("", _("This is one and the same card."), code="same")
    with transaction.atomic(), counters.added_together():
        take_in_order(access.workspace.pk, [keep.pk, remove.pk])
        rows = {
            row.pk: row
            for row in Contact.objects.select_for_update()
            .filter(workspace=access.workspace, pk__in=[keep.pk, remove.pk], deleted_at=None)
            .order_by("pk")
        }
        if len(rows) < 2:
            raise Refused("", _("This contact has been deleted."), code="deleted")
        kept, gone = rows[keep.pk], rows[remove.pk]
        name = f"{gone.first_name} {gone.last_name}".strip() or gone.email or gone.mobile
        tell_before(access.workspace, kept.pk, gone.pk, now=now)
        _take_values(kept, gone, take)
        _join_consents(kept, gone)
        counters.add(access.workspace.pk, {"contacts": -1})
        move_rows(access.workspace.pk, kept.pk, gone.pk)
        # The one that goes gives up its addresses first: they are unique among the living.
        Contact.objects.filter(pk=gone.pk).update(deleted_at=now)
        kept.updated_at = now
        kept.save()
        data = {"name": name, "contact_id": gone.pk, "email": gone.email, "mobile": gone.mobile}
        record(access.workspace.pk, NewEvent("contact.merged", kept.pk, now, data, source="staff"))
        access.audit("contact.merged", kept, name, removed=gone.pk)
        for seconds in LATE_SECONDS:
            job = app.configure_task("contacts.follow_merge", schedule_in={"seconds": seconds})
            job.defer(workspace_id=access.workspace.pk, kept=kept.pk, gone=gone.pk)
    return kept


def _take_values(kept: Contact, gone: Contact, take: Mapping[str, bool]) -> None:
    for column in COLUMNS:
        other = getattr(gone, column)
        if other and (take.get(column) or not getattr(kept, column)):
            setattr(kept, column, other)
    for key, value in gone.fields.items():
        if take.get(key) or key not in kept.fields:
            kept.fields[key] = value
    kept.created_at = min(kept.created_at, gone.created_at)
    if gone.active_at and (kept.active_at is None or gone.active_at > kept.active_at):
        kept.active_at = gone.active_at
    if kept.email == gone.email:
        kept.email_bounced_at = gone.email_bounced_at


def _join_consents(kept: Contact, gone: Contact) -> None:
    """A refusal on either card holds; an agreement fills what was not asked."""
    for channel in CHANNELS.values():
        states = {getattr(kept, channel.consent), getattr(gone, channel.consent)}
        joined = next((s for s in ("withdrawn", "granted") if s in states), "")
        setattr(kept, channel.consent, joined)
