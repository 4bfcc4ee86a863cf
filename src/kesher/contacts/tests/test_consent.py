from __future__ import annotations

from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from kesher.accounts.models import Workspace
from kesher.contacts import consent
from kesher.contacts.actions import update_contact
from kesher.contacts.errors import Refused
from kesher.contacts.models import Consent, Contact, Suppression
from kesher.contacts.suppression import (
    address_hash,
    address_hash_sql,
    is_suppressed,
    suppress,
    unsuppress,
)
from kesher.events.log import timeline
from kesher.lib import sql


def test_a_consent_is_kept_with_its_evidence_and_shown_on_the_contact(
    access: Any, noa: Contact, dan: Contact, now: datetime
) -> None:
    changed = consent.record_consent(
        access.workspace.pk,
        contact_ids=[noa.pk, dan.pk],
        channel="email",
        state="granted",
        basis="staff",
        evidence={"statement": "ביקש בטלפון"},
        now=now,
        user_id=access.user.pk,
    )

    dan.refresh_from_db()
    assert (changed, dan.email_consent) == (1, "granted")
    (row,) = consent.history(dan)
    assert (row.channel, row.state, row.basis, row.by) == ("email", "granted", "staff", "דנה לוי")
    assert row.evidence == {"statement": "ביקש בטלפון"}
    assert [entry.kind for entry in timeline(access.workspace.pk, dan.pk)] == ["consent.granted"]
    assert timeline(access.workspace.pk, noa.pk) == []
    assert len(consent.history(noa)) == 1


def test_no_update_touches_consent(access: Any, dan: Contact, now: datetime) -> None:
    with pytest.raises(Refused):
        update_contact(access, dan, values={"email_consent": "granted"}, now=now)

    dan.refresh_from_db()
    assert dan.email_consent == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_the_newest_row_is_what_the_contact_shows_also_when_two_write_at_once(
    access: Any, noa: Contact, now: datetime
) -> None:
    def write(state: str) -> None:
        try:
            for _ in range(8):
                consent.record_consent(
                    access.workspace.pk, contact_ids=[noa.pk], channel="sms", state=state,
                    basis="api", evidence={}, now=now,
                )  # fmt: skip
        finally:
            connection.close()

    threads = [Thread(target=write, args=(s,)) for s in ("granted", "withdrawn") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    noa.refresh_from_db()
    newest = Consent.objects.filter(contact_id=noa.pk).order_by("-id")[0]
    assert Consent.objects.count() == 32
    assert noa.sms_consent == newest.state


def test_a_blocked_address_is_known_by_its_hash_in_both_languages(
    workspace: Workspace, now: datetime
) -> None:
    given = ["Noa@Example.com", "noa@example.com", "nonsense"]
    done = suppress(
        workspace, channel="email", addresses=given, reason="blocked", now=now, source="staff"
    )

    assert (done.new, done.known, done.bad) == (1, 0, ("nonsense",))
    assert is_suppressed(workspace, "email", "noa@example.com")
    assert not is_suppressed(workspace, "sms", "noa@example.com")
    in_sql = sql.value(
        f"SELECT {address_hash_sql('g.address')} FROM (SELECT %(address)s::text AS address) AS g",
        {"salt": workspace.address_salt, "address": "נועה@example.com"},
    )
    assert bytes(in_sql) == address_hash(workspace.address_salt, "נועה@example.com")


def test_the_first_reason_stays_and_an_erased_address_is_only_a_hash(
    workspace: Workspace, now: datetime
) -> None:
    suppress(workspace, channel="sms", addresses=["050-1234567"], reason="erased", now=now)
    again = suppress(workspace, channel="sms", addresses=["0501234567"], reason="blocked", now=now)

    row = Suppression.objects.get()
    assert (again.new, again.known) == (0, 1)
    assert (row.reason, row.address) == ("erased", "")
    assert unsuppress(workspace, channel="sms", addresses=["+972501234567"]) == 1
    assert not Suppression.objects.exists()
