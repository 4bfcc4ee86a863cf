"""Who may come in: a key of a workspace, with the scope that the operation names."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from kesher.accounts.access import Access, client_ip
from kesher.accounts.actions import SCOPES, access_of_key
from kesher.api.problems import Problem
from kesher.lib import clock


class KeyAuth(HttpBearer):
    """`Authorization: Bearer ksr_…`. Sets `request.auth` to an Access; 403 when the key lacks the scope."""

    openapi_name = "key"

    def __init__(self, scope: str) -> None:
        super().__init__()
        if scope not in SCOPES:
            raise ValueError(f"there is no scope {scope!r}")
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        access = access_of_key(token, ip=client_ip(request), now=clock.now())
        if (
            access is not None
            and access.api_key is not None
            and self.scope not in access.api_key.scopes
        ):
            raise Problem(
                403, "missing-scope", f"This key may not do this: it lacks the scope {self.scope}."
            )
        return access
