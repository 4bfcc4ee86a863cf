"""Who comes to the business's own site by an identified link."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Router

from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.contacts.models import Contact
from kesher.lib import clock
from kesher.messages.identity import Expired, read_identity

router = Router(tags=["visitors"])


class TokenIn(Strict):
    token: str


class VisitorOut(Strict):
    """`level` recognised: they came by this person's link, which may have been forwarded. It proves nothing."""

    contact_id: int
    level: Literal["recognised"]
    expires_at: datetime


@router.post(
    "/visitors/resolve", response={200: VisitorOut, **ERRORS}, auth=KeyAuth("visitors:read")
)
def resolve(request: ApiRequest, body: TokenIn) -> dict[str, Any]:
    """Whom the `k` of an address names. Greet by it; before showing or changing details ask for a proof."""
    found = read_identity(body.token.strip(), now=clock.now())
    if isinstance(found, Expired):
        raise Problem(422, "expired-token", f"This link held until {found.until.isoformat()}.")
    if found is None or found.workspace_id != request.auth.workspace.pk:
        raise Problem(422, "unknown-token", "This is no token of an identified link of yours.")
    exists = Contact.objects.filter(
        workspace=request.auth.workspace, pk=found.contact_id, deleted_at=None
    ).exists()
    if not exists:
        raise Problem(422, "contact-gone", "The contact of this link was deleted.")
    return {"contact_id": found.contact_id, "level": "recognised", "expires_at": found.until}
