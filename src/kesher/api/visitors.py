"""Who comes to the business's own sites by an identified link, and which sites these are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Router
from pydantic import Field as Described

from kesher.accounts.actions import update_workspace
from kesher.accounts.models import Workspace
from kesher.accounts.sites import read_sites, sites_of
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


class SitesIn(Strict):
    """Hosts like shop.example; an empty list leaves the web site of the workspace."""

    sites: list[str] = Described(max_length=50)


class SitesOut(Strict):
    """`sites` as they were set; `in_use` are those that learn who comes, also when none was set."""

    sites: list[str]
    in_use: list[str]


@router.get("/visitors/sites", response={200: SitesOut, **ERRORS}, auth=KeyAuth("visitors:read"))
def sites(request: ApiRequest) -> dict[str, Any]:
    """The sites on which identified links say who comes; what lies below them is included."""
    return _sites(request.auth.workspace)


@router.put("/visitors/sites", response={200: SitesOut, **ERRORS}, auth=KeyAuth("visitors:write"))
def set_sites(request: ApiRequest, body: SitesIn) -> dict[str, Any]:
    """Replace the sites. One that cannot be allowed refuses all, and says why."""
    found = read_sites(body.sites)
    if found.problems:
        errors = [
            {"path": f"sites[{at}]", "message": problem}
            for at, one in enumerate(body.sites)
            for problem in read_sites([one]).problems
        ]
        raise Problem(422, "invalid", found.problems[0], errors=errors or None)
    changed = update_workspace(request.auth, values={"identified_sites": list(found.hosts)})
    return _sites(changed)


def _sites(workspace: Workspace) -> dict[str, Any]:
    return {"sites": workspace.identified_sites, "in_use": list(sites_of(workspace))}


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
