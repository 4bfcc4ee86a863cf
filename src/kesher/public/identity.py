"""Who knocks at a visitors' page: nobody known, recognised by a link, or proven by a code mailed to the address.

Pages ask `visitor_of_request`. Recognised is enough to greet and to show what rules say ("identified"); to see or
change a person's details it takes proof, which a browser keeps for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kesher.accounts.models import Workspace
from kesher.accounts.sites import is_own_site, own_hosts
from kesher.contacts.models import Contact
from kesher.content.models import TrackedLink
from kesher.lib import sealed
from kesher.messages.identity import (
    PARAMETER,
    USUAL_DAYS,
    Identified,
    identified,
    identity_token,
    read_identity,
)
from kesher.messages.models import Message

RECOGNISED, PROVEN = "recognised", "proven"
PROOF_HOLDS = timedelta(hours=1)
_PROOF, _WHO = "kesher_proof", "kesher_who"


@dataclass(frozen=True)
class Known:
    """A contact of this workspace, and how surely it is them: RECOGNISED or PROVEN."""

    contact: Contact
    level: str

    @property
    def is_proven(self) -> bool:
        return self.level == PROVEN


def visitor_of_request(request: HttpRequest, workspace: Workspace, now: datetime) -> Known | None:
    """By a proof in this browser, else by the link that was followed, else by one followed before."""
    if (proven := proven_contact(request, workspace.pk, now)) is not None:
        contact = _living(workspace.pk, proven)
        return Known(contact, PROVEN) if contact else None
    for token in (request.GET.get(PARAMETER, ""), request.COOKIES.get(_WHO, "")):
        found = read_identity(token, now=now) if token else None
        if isinstance(found, Identified) and found.workspace_id == workspace.pk:
            contact = _living(workspace.pk, found.contact_id)
            return Known(contact, RECOGNISED) if contact else None
    return None


def _living(workspace_id: int, contact_id: int) -> Contact | None:
    return Contact.objects.filter(workspace_id=workspace_id, pk=contact_id, deleted_at=None).first()


def proven_contact(request: HttpRequest, workspace_id: int, now: datetime) -> int | None:
    """The id of the contact whose address this browser proved within the hour."""
    found = sealed.unseal(_PROOF, request.COOKIES.get(_PROOF, ""), 3)
    if found is None or found[0] != workspace_id or now.timestamp() >= found[2]:
        return None
    return found[1]


def remember_proof(
    response: HttpResponse, workspace_id: int, contact_id: int, now: datetime
) -> None:
    """Let this browser see and change the contact's details for an hour."""
    until = int((now + PROOF_HOLDS).timestamp())
    value = sealed.seal(_PROOF, (workspace_id, contact_id, until))
    _set_cookie(response, _PROOF, value, PROOF_HOLDS)


def forget_proof(response: HttpResponse) -> None:
    response.delete_cookie(_PROOF, samesite="Lax")


def remember_link(response: HttpResponse, request: HttpRequest, now: datetime) -> None:
    """Recognise this browser on the next page, too, as long as the link holds."""
    token = request.GET.get(PARAMETER, "")
    found = read_identity(token, now=now) if token else None
    if isinstance(found, Identified):
        _set_cookie(response, _WHO, token, found.until - now)


def _set_cookie(response: HttpResponse, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(age.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def with_identity(url: str, link: TrackedLink, message: Message, now: datetime) -> str:
    """The link's address, with who comes where the link says so and the site is the business's own."""
    smart = link.smart or {}
    if not smart.get("identify") or message.contact_id is None or message.source == "test":
        return url
    if not is_own_site(url, own_hosts(link.workspace, settings.BASE_URL)):
        return url
    token = identity_token(
        message.workspace_id,
        message.contact_id,
        now=now,
        days=smart.get("identify_days", USUAL_DAYS),
        message_id=message.pk,
    )
    return identified(url, token)
