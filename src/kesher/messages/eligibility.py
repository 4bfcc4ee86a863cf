"""Who may be written to: a list of named checks, asked for a whole batch in one statement, at the moment of sending.

Each check is a condition in SQL over `m` (message), `c` (contact, may be missing) and `a.address`, for all channels or
some; the first that is true is the reason for which the message is not sent. Words for the reasons are in `reasons`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kesher.accounts.models import Workspace
from kesher.contacts.channels import CHANNELS
from kesher.contacts.suppression import address_hash_sql
from kesher.lib import sql

# The reasons for which a message waits instead of being refused: until a sweep finds its source released, or until
# its source lets it go itself (`resting`).
HELD, RESTS = "paused", "resting"
HOLDS = frozenset((HELD, RESTS))


@dataclass(frozen=True)
class Check:
    """`refuses` is SQL; `{consent}` stands for the contact's column of the message's channel. No `channels`: all."""

    reason: str
    refuses: str
    channels: tuple[str, ...] = ()


CHECKS: tuple[Check, ...] = (
    Check(
        "paused",
        "EXISTS (SELECT 1 FROM stopped_source t WHERE t.workspace_id = m.workspace_id"
        " AND t.source = m.source AND t.source_id = m.source_id AND t.reason = 'paused')",
    ),
    Check(
        "cancelled",
        "EXISTS (SELECT 1 FROM stopped_source t WHERE t.workspace_id = m.workspace_id"
        " AND t.source = m.source AND t.source_id = m.source_id AND t.reason <> 'paused')",
    ),
    Check(
        "contact_gone", "m.contact_id IS NOT NULL AND (c.id IS NULL OR c.deleted_at IS NOT NULL)"
    ),
    Check("no_address", "a.address = ''"),
    Check("bad_number", r"a.address !~ '^\+[1-9][0-9]{6,14}$'", ("sms", "whatsapp")),
    Check("bounced", "c.email_bounced_at IS NOT NULL AND a.address = c.email", ("email",)),
    # Communications Law §30A(b): advertising needs express consent. A refusal stops service messages too; what
    # the person's own act calls for (transactional, reply) goes on.
    Check(
        "consent_withdrawn",
        "m.contact_id IS NOT NULL AND c.{consent} = 'withdrawn'"
        " AND m.message_class IN ('advertising', 'service')",
    ),
    Check(
        "no_consent",
        "m.contact_id IS NOT NULL AND c.{consent} <> 'granted' AND m.message_class = 'advertising'",
    ),
    Check(
        "suppressed",
        "EXISTS (SELECT 1 FROM suppression s WHERE s.workspace_id = %(workspace)s AND s.channel = m.channel"
        f" AND s.address_hash = {address_hash_sql('a.address')})",
    ),
)


@dataclass(slots=True)  # not frozen: three times faster to make, and one is made for each message
class Judged:
    """`reason` is empty for those who may be written to."""

    message_id: int
    reason: str
    address: str
    name: str


_JUDGE = """
SELECT m.id, CASE {cases} ELSE '' END, a.address,
       CASE WHEN c.id IS NULL THEN '' ELSE btrim(c.first_name || ' ' || c.last_name) END
FROM message m
LEFT JOIN contact c ON c.workspace_id = m.workspace_id AND c.id = m.contact_id
CROSS JOIN LATERAL (SELECT coalesce(m.data ->> 'to', c.{address}, '') AS address) a
WHERE m.workspace_id = %(workspace)s AND m.id = ANY(%(ids)s::bigint[])
"""


def _statement(channel: str) -> str:
    known = CHANNELS[channel]
    cases = " ".join(
        f"WHEN {check.refuses.replace('{consent}', known.consent)} THEN '{check.reason}'"
        for check in CHECKS
        if not check.channels or channel in check.channels
    )
    return _JUDGE.format(cases=cases, address=known.address)


_STATEMENTS = {channel: _statement(channel) for channel in CHANNELS}


def judge(workspace: Workspace, channel: str, message_ids: Sequence[int]) -> dict[int, Judged]:
    """Each message with the reason against it, if there is one, and where it would go."""
    found = sql.rows(
        _STATEMENTS[channel],
        {
            "workspace": workspace.pk,
            "salt": workspace.address_salt,
            "ids": sql.numbers(message_ids),
        },
    )
    return {row[0]: Judged(*row) for row in found}
