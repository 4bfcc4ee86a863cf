"""The one audited way to a workspace's objects: every screen and API call goes through an Access.

A view is wrapped in `workspace_view(role)`; it gets `request.access`. An object of another workspace is
answered exactly like one that does not exist: 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from kesher.accounts.models import ApiKey, AuditEntry, Membership, Role, User, Workspace

ORDER: dict[str, int] = {Role.VIEWER: 0, Role.EDITOR: 1, Role.MANAGER: 2, Role.OWNER: 3}

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Access:
    """Who acts, in which workspace, as what. Actions take it to write the audit log."""

    workspace: Workspace
    role: str
    user: User | None = None
    api_key: ApiKey | None = None
    ip: str | None = None

    def may(self, role: str) -> bool:
        """Whether this role reaches `role` ("viewer" < "editor" < "manager" < "owner")."""
        return ORDER[self.role] >= ORDER[role]

    def get(self, model: type[Row], pk: int | str, **conditions: Any) -> Row:
        """The row of this workspace, or Http404: the same for a foreign row and a missing one."""
        try:
            return model._default_manager.get(pk=pk, workspace_id=self.workspace.pk, **conditions)
        except (model.DoesNotExist, ValueError, OverflowError) as error:  # type: ignore[attr-defined]
            raise Http404 from error

    def audit(
        self, action: str, subject: models.Model | None = None, summary: str = "", **data: Any
    ) -> None:
        """Write down that this was done. `action` reads "campaign.sent"; `summary` is for people."""
        AuditEntry.objects.create(
            workspace=self.workspace,
            user=self.user,
            api_key=self.api_key,
            action=action,
            object_kind=subject._meta.model_name or "" if subject else "",
            object_id=str(subject.pk) if subject else "",
            summary=summary[:300],
            data=data,
            ip=self.ip,
        )


class WorkspaceRequest(HttpRequest):
    """The request that a view under `workspace_view` gets."""

    access: Access
    user: User
    htmx: Any


View = Callable[..., HttpResponseBase]


def access_of(user: User, workspace_key: str, ip: str | None = None) -> Access | None:
    """The user's access to the workspace, or None when it is not theirs or not there."""
    membership = (
        Membership.objects.select_related("workspace")
        .filter(user=user, workspace__key=workspace_key)
        .first()
    )
    return Access(membership.workspace, membership.role, user=user, ip=ip) if membership else None


def workspace_view(role: str = Role.VIEWER) -> Callable[[View], View]:
    """Wrap a view of /w/<workspace>/…: sign-in needed, `role` or better, else 404 or 403.

    The wrapped view gets `request.access` and no `workspace` argument; the workspace's time zone is active.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def inner(
            request: HttpRequest, workspace: str, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            access = access_of(request.user, workspace, client_ip(request))  # type: ignore[arg-type]
            if access is None:
                raise Http404
            request.access = access  # type: ignore[attr-defined]
            if not access.may(role):
                raise PermissionDenied
            with timezone.override(access.workspace.time_zone):
                response: HttpResponseBase = view(request, *args, **kwargs)
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response = response.render()
            return response

        inner.needs_role = role  # type: ignore[attr-defined]
        return inner

    return wrap


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address, believing as many X-Forwarded-For entries as there are trusted proxies."""
    from django.conf import settings

    if settings.TRUSTED_PROXIES and (chain := request.headers.get("X-Forwarded-For")):
        hops = [hop.strip() for hop in chain.split(",")]
        return hops[max(0, len(hops) - settings.TRUSTED_PROXIES)] or None
    return request.META.get("REMOTE_ADDR") or None
