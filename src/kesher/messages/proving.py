"""Proving an address: a code goes to it by mail, and who types it in reads that mailbox.

A code holds for ten minutes and five attempts. Asking is throttled by contact and by visitor's address, and
attempts are counted in one statement, so that a thousand at once are five.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import FieldInfo
from kesher.content.compile import compile_document
from kesher.content.document import direction_of
from kesher.content.models import Version
from kesher.events.log import NewEvent, record
from kesher.lib import sql
from kesher.messages.actions import queue_message
from kesher.messages.sources import SOURCES, Source

SOURCE = SOURCES.register(
    Source("code", lambda _workspace, _ids: {}, can_unsubscribe=False, group=lambda _id: "all")
)
DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
MOST_ATTEMPTS = 5
MOST_CODES, MOST_FROM_ONE_PLACE = 3, 20  # an hour
PRIORITY = 5  # somebody waits before the screen

_RECENT = """
SELECT count(*) FILTER (WHERE contact_id = %(contact)s), count(*) FILTER (WHERE ip = %(ip)s AND %(ip)s <> '')
FROM visitor_code WHERE workspace_id = %(workspace)s AND created_at > %(since)s
"""
_STORE = """
INSERT INTO visitor_code (workspace_id, contact_id, code_hash, ip, attempts, created_at, expires_at)
VALUES (%(workspace)s, %(contact)s, %(hash)s, %(ip)s, 0, %(now)s, %(until)s) RETURNING id
"""
# Each attempt is taken before it is compared; only the newest code counts.
_ATTEMPT = """
UPDATE visitor_code SET attempts = attempts + 1
WHERE id = (SELECT id FROM visitor_code WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
            ORDER BY id DESC LIMIT 1)
  AND attempts < %(most)s AND expires_at > %(now)s
RETURNING id, code_hash, attempts
"""


@dataclass(frozen=True)
class Asked:
    """`reason`: "" when a code is on its way, else too_many or no_address."""

    reason: str = ""


@transaction.atomic
def send_code(
    workspace: Workspace, contact: Contact, *, language: str, ip: str, now: datetime
) -> Asked:
    """Mail a fresh code to the contact's address; the one before holds no more."""
    if not contact.email:
        return Asked("no_address")
    # One at a time for each contact, so that the count below is true.
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    about = {"workspace": workspace.pk, "contact": contact.pk, "ip": ip}
    mine, from_here = sql.rows(_RECENT, {**about, "since": now - timedelta(hours=1)})[0]
    if mine >= MOST_CODES or from_here >= MOST_FROM_ONE_PLACE:
        return Asked("too_many")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    number = sql.value(
        _STORE, {**about, "hash": _hashed(contact.pk, code), "now": now, "until": now + GOOD_FOR}
    )
    queue_message(
        workspace.pk,
        contact_id=contact.pk,
        version_id=_version(workspace, language).pk,
        source=SOURCE.key,
        source_id=str(number),
        now=now,
        priority=PRIORITY,
        data={"values": {"code": code}},
    )
    return Asked()


@transaction.atomic
def prove(workspace_id: int, contact_id: int, *, code: str, now: datetime, ip: str) -> bool:
    """Whether this is the code that was sent. It is used up by being right."""
    parameters = {
        "workspace": workspace_id,
        "contact": contact_id,
        "most": MOST_ATTEMPTS,
        "now": now,
    }
    found = sql.rows(_ATTEMPT, parameters)
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    if not found or not hmac.compare_digest(bytes(found[0][1]), _hashed(contact_id, digits)):
        return False
    sql.execute("UPDATE visitor_code SET expires_at = %s WHERE id = %s", (now, found[0][0]))
    record(workspace_id, NewEvent("visitor.proved", contact_id, now, {"ip": ip}, source="visitor"))
    return True


def _hashed(contact_id: int, code: str) -> bytes:
    key = hashlib.sha256(b"kesher:code:" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, f"{contact_id}:{code}".encode(), "sha256")


def _version(workspace: Workspace, language: str) -> Version:
    """The mail with the code, in one language; made when it is first needed."""
    with override(language):
        subject = _("Your code: [[code]]")
        body = _body(workspace, language)
    made = Version.objects.filter(
        workspace=workspace, document=None, subject=subject, body=body
    ).first()
    if made is None:
        plan = compile_document(
            body,
            subject=subject,
            preheader="",
            fields=[FieldInfo("code", "code", "text")],
            with_footer=False,
        )
        made = Version.objects.create(
            workspace=workspace, body=body, subject=subject, plan=plan.to_json()
        )
    return made


def _body(workspace: Workspace, language: str) -> dict[str, Any]:
    asked = _("Somebody asked to see your details with us. If it was you, type this code in:")
    ignore = _(
        "It holds for ten minutes. If it was not you, there is nothing to do: nobody saw anything."
    )
    return {
        "format": 1,
        "language": language,
        "direction": direction_of(language),
        "theme": {},
        "blocks": [
            {"id": "asked", "kind": "text", "html": f"<p>{asked}</p>"},
            {"id": "code", "kind": "heading", "text": "[[code]]", "align": "center"},
            {"id": "ignore", "kind": "text", "html": f"<p>{ignore}</p>", "size": "small"},
        ],
    }
