"""From a message in hand to bytes on the wire: content filled in, assembled, signed. No database in `write`.

A `Writer` is made for a batch of one workspace: what repeats is worked out once, and threads write side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.conf import settings

from kesher.accounts.models import Workspace
from kesher.channels.domains import load_signer
from kesher.channels.email.headers import BadAddress
from kesher.channels.email.mime import Envelope, MailParts, assemble
from kesher.channels.outgoing import OutgoingMail
from kesher.content.batch import values_of
from kesher.content.constants import Constants
from kesher.content.models import Version
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.lib.lru import Lru
from kesher.messages.claims import Claimed
from kesher.messages.sources import SOURCES, SourceEnvelope
from kesher.messages.tokens import message_token

log = structlog.get_logger(__name__)

Values = Mapping[tuple[int, int], tuple[str, ...]]
FAREWELL = frozenset({"advertising", "service"})  # classes that carry List-Unsubscribe


class CannotWrite(Exception):
    """This message cannot be put together; `reason` is a key of messages.reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_plans: Lru[int, Plan] = Lru(64)


def plan_of(version_id: int) -> Plan | None:
    """The compiled content; None when the version is gone. Versions never change, so it is remembered."""
    known = _plans.get(version_id)
    if known is None:
        stored = Version.objects.filter(pk=version_id).values_list("plan", flat=True).first()
        if stored is None:
            return None
        known = _plans.put(version_id, Plan.from_json(stored))
    return known


class Writer:
    """Writes the mails of one batch."""

    def __init__(
        self,
        workspace: Workspace,
        batch: Sequence[Claimed],
        envelopes: Mapping[tuple[str, str], SourceEnvelope],
        *,
        now: datetime,
    ) -> None:
        self._workspace = workspace
        self._now = now
        self._base = settings.BASE_URL
        self._renderers = _renderers(workspace, {item.version_id for item in batch}, now)
        self._values = _values(workspace, batch)
        self._envelopes = {
            key: _envelope(workspace, key, found) for key, found in envelopes.items()
        }
        senders = {found.sender_email for found in self._envelopes.values()}
        senders |= {item.data["sender_email"] for item in batch if item.data.get("sender_email")}
        self._signers = {
            domain: load_signer(workspace.pk, domain)
            for domain in {sender.rpartition("@")[2].lower() for sender in senders}
        }

    def write(self, item: Claimed) -> OutgoingMail:
        """Raises CannotWrite."""
        renderer = self._renderers.get(item.version_id)
        if renderer is None:
            raise CannotWrite(
                "broken_content" if item.version_id in self._renderers else "no_version"
            )
        envelope = self._envelope_of(item)
        if not envelope.sender_email:
            raise CannotWrite("no_sender")
        token = message_token(item.id)
        rendered = renderer.render(token, self._values_of(item, renderer.plan))
        if not rendered.text.strip() and not rendered.html.strip():
            raise CannotWrite("empty")
        subject = item.data.get("subject") or rendered.subject
        domain = envelope.sender_email.rpartition("@")[2]
        try:
            raw = assemble(
                MailParts(
                    envelope=envelope,
                    message_id=f"{token}@{domain if domain.isascii() else 'kesher.invalid'}",
                    to_email=item.address,
                    to_name=item.name,
                    subject=subject,
                    html=rendered.html,
                    text=rendered.text,
                    date=self._now,
                    unsubscribe_url=f"{self._base}/u/{token}" if self._says_farewell(item) else "",
                )
            )
        except BadAddress as error:
            raise CannotWrite("bad_address") from error
        signer = self._signers.get(domain.lower())
        return OutgoingMail(
            item.id,
            item.address,
            envelope.sender_email,
            signer.sign(raw, is_canonical=True) if signer else raw,
            subject,
            is_dotless=True,
        )

    def _says_farewell(self, item: Claimed) -> bool:
        known = SOURCES.get(item.source).can_unsubscribe if item.source in SOURCES else True
        return known and item.message_class in FAREWELL

    def _envelope_of(self, item: Claimed) -> Envelope:
        common = self._envelopes[item.source, item.source_id]
        own = item.data
        if not own or not any(own.get(key) for key in ("sender_name", "sender_email", "reply_to")):
            return common
        return Envelope(
            own.get("sender_name") or common.sender_name,
            own.get("sender_email") or common.sender_email,
            own.get("reply_to") or common.reply_to,
            common.feedback_id,
        )

    def _values_of(self, item: Claimed, plan: Plan) -> tuple[str, ...]:
        person = item.contact_id or int(item.data.get("values_of") or 0)
        values = self._values.get((item.version_id, person))
        given = item.data.get("values") or {}
        width = len(plan.values) + len(plan.rules)
        found = list(values) if values is not None else [""] * width
        for index, key in enumerate(plan.fields if given else ()):
            if key in given:
                found[index] = str(given[key])
        return tuple(found)


def _renderers(
    workspace: Workspace, version_ids: set[int], now: datetime
) -> dict[int, Renderer | None]:
    constants = Constants.of(workspace, now=now)
    found: dict[int, Renderer | None] = {}
    for version_id in version_ids:
        if plan := plan_of(version_id):
            try:
                found[version_id] = _renderer(version_id, plan, constants)
            except (
                LookupError,
                TypeError,
                ValueError,
            ):  # one bad plan must not stop all other mail
                log.exception("plan_cannot_be_used", version=version_id)
                found[version_id] = None
    return found


_made: Lru[int, Renderer] = Lru(64)


def _renderer(version_id: int, plan: Plan, constants: Constants) -> Renderer:
    known = _made.get(version_id)
    if known is not None and known.constants == constants:
        return known
    return _made.put(version_id, Renderer(plan, constants))


def _values(workspace: Workspace, batch: Sequence[Claimed]) -> Values:
    """One statement for each version in the batch."""
    people: dict[int, set[int]] = {}
    for item in batch:
        person = item.contact_id or int(item.data.get("values_of") or 0)
        if person:
            people.setdefault(item.version_id, set()).add(person)
    found = {}
    for version_id, ids in people.items():
        if plan := plan_of(version_id):
            for person, values in values_of(workspace.pk, plan, sorted(ids)).items():
                found[version_id, person] = values
    return found


def _envelope(workspace: Workspace, key: tuple[str, str], found: SourceEnvelope) -> Envelope:
    source, source_id = key
    label = "test" if source == "test" else f"{source}.{source_id}"
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in label)
    return Envelope(
        found.sender_name or workspace.sender_name or workspace.name,
        found.sender_email or workspace.sender_email,
        found.reply_to or workspace.reply_to,
        f"{plain[:60]}:{workspace.key}:kesher",
    )
