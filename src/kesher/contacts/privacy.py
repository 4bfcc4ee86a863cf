"""What the law gives a person: a copy of everything kept about them, and to be forgotten.

Israel's Privacy Protection Law 5741-1981, sections 13 and 14; GDPR articles 15, 17 and 20.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.access import Access
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.channels import CHANNELS
from kesher.contacts.consent import history
from kesher.contacts.merge_rows import take_in_order
from kesher.contacts.models import Contact, Note
from kesher.contacts.queries import lists_of, suppressions_of
from kesher.contacts.suppression import suppress
from kesher.contacts.values import COLUMNS, current_value
from kesher.events import counters
from kesher.lib import sql
from kesher.lib.deadlocks import tried_again
from kesher.lib.registry import Registry

_EVENTS = """
SELECT jsonb_build_object('kind', kind, 'at', at, 'source', source, 'data', data)::text FROM event
WHERE workspace_id = %s AND contact_id = %s ORDER BY at, id
"""


def everything_about(access: Access, contact: Contact) -> dict[str, Any]:
    """All that is kept about a person, as JSON."""
    access.audit("contact.data_exported", contact)
    return {
        "contact": {
            **{key: value for key in COLUMNS if (value := current_value(contact, key)) is not None},
            "fields": contact.fields,
            "source": contact.source,
            "created_at": contact.created_at.isoformat(),
        },
        "lists": [
            {"name": row.name, "joined_at": row.joined_at.isoformat()} for row in lists_of(contact)
        ],
        "consent": {
            "now": {key: getattr(contact, channel.consent) for key, channel in CHANNELS.items()},
            "history": [
                {
                    "channel": row.channel, "state": row.state, "basis": row.basis,
                    "at": row.at.isoformat(), "evidence": row.evidence, "by": row.by,
                }
                for row in history(contact)
            ],
        },
        "blocked": suppressions_of(access.workspace, contact),
        "notes": [
            {"at": note.created_at.isoformat(), "text": note.text}
            for note in Note.objects.filter(contact=contact).order_by("id")
        ],
        "events": [json.loads(row[0]) for row in sql.rows(_EVENTS, (contact.workspace_id, contact.pk))],
    }  # fmt: skip


# What an event may keep of somebody forgotten: that it happened. Numbers of lists and messages stay, so
# that reports still add up; words about the person do not.
_ANONYMISE = """
UPDATE event SET data = (
    SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(data)
    WHERE key IN ('list_id', 'message_id', 'version_id', 'source', 'source_id', 'channel', 'basis', 'hard'))
WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
"""
_EVIDENCE = """
DELETE FROM consent_evidence e WHERE e.workspace_id = %(workspace)s
    AND e.id IN (SELECT evidence_id FROM consent WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s)
    AND NOT EXISTS (SELECT 1 FROM consent k WHERE k.workspace_id = %(workspace)s AND k.evidence_id = e.id
        AND k.contact_id <> %(contact)s)
"""
_REST = (
    "DELETE FROM consent WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
    "DELETE FROM contact_note WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
    "DELETE FROM list_membership WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s",
)


@dataclass(frozen=True)
class Forgets:
    """What a domain above contacts must forget of a person: statements over %(workspace)s and %(contact)s."""

    key: str
    statements: tuple[str, ...]


FORGETS: Registry[Forgets] = Registry("part that forgets")


@tried_again
def erase_contact(access: Access, contact: Contact, *, now: datetime) -> None:
    """Forget a person for good: a salted hash of each address stays, so that no import brings them back to mail.

    The row stays, empty and in the bin, because messages name it by number.
    """
    with transaction.atomic(), counters.added_together():
        take_in_order(access.workspace.pk, [contact.pk])
        for channel in CHANNELS.values():
            if address := getattr(contact, channel.address):
                _block_for_good(access, channel.key, address, now)
        delete_contacts(access, ids=[contact.pk], now=now)
        parameters = {"workspace": access.workspace.pk, "contact": contact.pk}
        above = (statement for part in FORGETS for statement in part.statements)
        for statement in (_ANONYMISE, _EVIDENCE, *_REST, *above):
            sql.execute(statement, parameters)
        empty = {column: "" for column in COLUMNS if column != "birthday"}
        states = {channel.consent: "" for channel in CHANNELS.values()}
        Contact.objects.filter(pk=contact.pk, workspace=access.workspace).update(
            **empty, **states, birthday=None, fields={}, email_bounced_at=None, active_at=None, source="erased"
        )  # fmt: skip
        _forget_audit(access, contact)
        access.audit("contact.erased", None, "", contact=contact.pk)


def _block_for_good(access: Access, channel: str, address: str, now: datetime) -> None:
    suppress(access.workspace, channel=channel, addresses=[address], reason="erased", now=now)
    sql.execute(  # one blocked before for another reason is kept in words too: now only as a hash
        "UPDATE suppression SET address = '', reason = 'erased'"
        " WHERE workspace_id = %s AND channel = %s AND address = %s",
        (access.workspace.pk, channel, address),
    )


def _forget_audit(access: Access, contact: Contact) -> None:
    sql.execute(
        "UPDATE audit_entry SET summary = '', data = '{}'"
        " WHERE workspace_id = %s AND object_kind = 'contact' AND object_id = %s",
        (access.workspace.pk, str(contact.pk)),
    )
