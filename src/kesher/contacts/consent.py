"""Consent by channel: append-only rows with what they rest on; the newest one holds and is kept on the contact.

No update of a contact touches consent: only what is here does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Contact
from kesher.events import log
from kesher.lib import sql

BASES = ("form", "import", "staff", "api", "link", "reply", "complaint")

_EVIDENCE = """
INSERT INTO consent_evidence (workspace_id, basis, data, created_at)
VALUES (%(workspace)s, %(basis)s, %(data)s::jsonb, %(now)s) RETURNING id
"""
# Rows of contacts are locked in the order of their ids, so that two at once take turns and the newer row
# is also the one that the column shows. Answers those whose state changed.
_RECORD = """
WITH people AS (
    SELECT id, {column} AS before FROM contact
    WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s) ORDER BY id FOR UPDATE
), written AS (
    INSERT INTO consent (workspace_id, contact_id, channel, state, evidence_id, user_id, at)
    SELECT %(workspace)s, id, %(channel)s, %(state)s, %(evidence)s, %(user)s, %(now)s FROM people ORDER BY id
)
UPDATE contact c SET {column} = %(state)s, updated_at = %(now)s FROM people
WHERE c.id = people.id AND c.workspace_id = %(workspace)s AND people.before <> %(state)s
RETURNING c.id
"""
_RECORD_BY_CHANNEL = {
    key: _RECORD.format(column=channel.consent) for key, channel in CHANNELS.items()
}


def record_consent(
    workspace_id: int,
    *,
    contact_ids: Sequence[int],
    channel: str,
    state: str,
    basis: str,
    evidence: Mapping[str, Any],
    now: datetime,
    user_id: int | None = None,
    source: str = "",
    depth: int = 0,
) -> int:
    """Write down that these people agreed ("granted") or refused ("withdrawn"); answers for how many that is new.

    `basis` is one of BASES; `evidence` is the `data` of models.ConsentEvidence. A row is added even when
    the state stays as it was: the evidence is new.
    """
    if state not in (Contact.ConsentState.GRANTED, Contact.ConsentState.WITHDRAWN):
        raise ValueError(f"{state!r} is not a state of consent")
    if basis not in BASES:
        raise ValueError(f"{basis!r} is not a basis of consent")
    statement = _RECORD_BY_CHANNEL[channel]
    if not contact_ids:
        return 0
    with transaction.atomic():
        common = {"workspace": workspace_id, "basis": basis, "now": now}
        evidence_id = sql.value(_EVIDENCE, common | {"data": json.dumps(dict(evidence))})
        parameters = common | {
            "contacts": list(contact_ids),
            "channel": channel,
            "state": str(state),
            "evidence": evidence_id,
            "user": user_id,
        }
        changed = [row[0] for row in sql.rows(statement, parameters)]
        log.record_for(
            workspace_id, kind=f"consent.{state}", contact_ids=changed, at=now,
            source=source or basis, data={"channel": channel, "basis": basis}, depth=depth,
        )  # fmt: skip
    return len(changed)


@dataclass(frozen=True)
class ConsentChange:
    """One row of the history, with what it rests on and the name of the member of staff, if one did it."""

    channel: str
    state: str
    basis: str
    at: datetime
    evidence: dict[str, Any]
    by: str


_HISTORY = """
SELECT k.channel, k.state, coalesce(e.basis, ''), k.at, coalesce(e.data, '{}')::text,
       coalesce(nullif(u.name, ''), u.email, '')
FROM consent k LEFT JOIN consent_evidence e ON e.id = k.evidence_id AND e.workspace_id = k.workspace_id
LEFT JOIN user_account u ON u.id = k.user_id
WHERE k.workspace_id = %s AND k.contact_id = %s ORDER BY k.id DESC LIMIT 200
"""


def history(contact: Contact) -> list[ConsentChange]:
    """Every change of one person's consent, newest first."""
    return [
        ConsentChange(channel, state, basis, at, json.loads(data), by)
        for channel, state, basis, at, data, by in sql.rows(
            _HISTORY, (contact.workspace_id, contact.pk)
        )
    ]
