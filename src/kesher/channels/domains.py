"""Sending domains: a DKIM key for each, the DNS record that publishes it, and the signer that uses it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.channels.email.dkim import Signer, dns_record, make_key_pair
from kesher.channels.email.headers import BadAddress, plain_address
from kesher.channels.models import SendingDomain
from kesher.lib.lru import Lru
from kesher.lib.secrets import decrypt, encrypt

# A domain switched on or off is noticed by every worker within so many seconds.
FRESH_SECONDS = 10
_LABELS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\Z")


class BadDomain(Exception):
    """Not a domain that can be signed for; the text says why."""


@dataclass(frozen=True)
class Record:
    """What to enter at the domain's DNS host."""

    name: str
    value: str


def record_of(domain: SendingDomain) -> Record:
    return Record(f"{domain.selector}._domainkey.{domain.domain}", dns_record(domain.public_key))


@transaction.atomic
def add_domain(access: Access, *, domain: str) -> SendingDomain:
    """Make a key for a domain. Raises BadDomain."""
    name = domain.strip().lower().rstrip(".").removeprefix("www.")
    try:
        name = plain_address(f"x@{name}").removeprefix("x@")
    except BadAddress as error:
        raise BadDomain(_("Write a domain such as example.com.")) from error
    if not _LABELS.match(name):
        raise BadDomain(_("Write a domain such as example.com."))
    if SendingDomain.objects.filter(workspace=access.workspace, domain=name).exists():
        raise BadDomain(_("This domain is here already."))
    pair = make_key_pair()
    made = SendingDomain.objects.create(
        workspace=access.workspace,
        domain=name,
        private_key=encrypt(pair.private_pem),
        public_key=pair.public,
    )
    access.audit("domain.added", made, name)
    return made


@transaction.atomic
def set_active(access: Access, domain: SendingDomain, *, active: bool) -> None:
    """Sign with it from now on, or stop."""
    SendingDomain.objects.filter(pk=domain.pk, workspace=access.workspace).update(is_active=active)
    domain.is_active = active
    access.audit("domain.switched_on" if active else "domain.switched_off", domain, domain.domain)


@transaction.atomic
def delete_domain(access: Access, domain: SendingDomain) -> None:
    access.audit("domain.deleted", domain, domain.domain)
    domain.delete()


def verify_domain(access: Access, domain: SendingDomain, *, now: datetime) -> str:
    """Look the record up in DNS; answers "" when it is as it should be, else what is wrong."""
    import dns.exception  # 2 MB that neither the worker nor other screens need
    import dns.resolver

    record = record_of(domain)
    try:
        answers = dns.resolver.resolve(record.name, "TXT", lifetime=5)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return _("The record is not there yet. DNS changes take from minutes to a day.")
    except dns.exception.DNSException:
        return _("The DNS server did not answer. Try again in a while.")
    texts = [b"".join(answer.strings).decode("ascii", "replace") for answer in answers]
    if not any(domain.public_key in text.replace(" ", "") for text in texts):
        return _("There is a record, but with another key. Copy the value again.")
    SendingDomain.objects.filter(pk=domain.pk).update(verified_at=now)
    domain.verified_at = now
    return ""


_signers: Lru[tuple[int, str], tuple[float, Signer | None]] = Lru(512)


def load_signer(workspace_id: int, domain: str) -> Signer | None:
    """The signer for a sender's domain, or its parent's; None when none is switched on. Remembered for seconds."""
    moment = time.monotonic()
    known = _signers.get((workspace_id, domain))
    if known and moment - known[0] < FRESH_SECONDS:
        return known[1]
    parent = domain.partition(".")[2]
    rows = SendingDomain.objects.filter(
        workspace_id=workspace_id, is_active=True, domain__in=[domain, parent]
    )
    row = max(rows, key=lambda row: len(row.domain), default=None)
    signer = None
    if row is not None:
        same = (
            known
            and known[1]
            and known[1].domain == row.domain
            and known[1].public == row.public_key
        )
        signer = known[1] if known and same else _signer(row)
    _signers.put((workspace_id, domain), (moment, signer))
    return signer


def _signer(row: SendingDomain) -> Signer:
    return Signer(
        domain=row.domain,
        selector=row.selector,
        private_pem=decrypt(row.private_key),
        public=row.public_key,
    )
