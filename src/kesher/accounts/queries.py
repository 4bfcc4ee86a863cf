"""Reading workspaces and what was done in them."""

from __future__ import annotations

from django.db.models import QuerySet

from kesher.accounts.models import AuditEntry, Membership, User, Workspace


def workspaces_of(user: User) -> QuerySet[Membership]:
    """The user's memberships with their workspaces, by name."""
    return (
        Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name")
    )


def audit_of(
    workspace: Workspace, *, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Newest first; page on with the last one's id."""
    entries = AuditEntry.objects.filter(workspace=workspace).select_related("user", "api_key")
    if before:
        entries = entries.filter(pk__lt=before)
    return list(entries.order_by("-pk")[:limit])
