"""What staff do with workspaces, members, invitations and API keys. Each act is written to the audit log."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import ApiKey, Invitation, Membership, Role, User, Workspace
from kesher.accounts.setup import SETUP_STEPS

INVITATION_LASTS = timedelta(days=7)
KEY_PREFIX = "ksr_"
SCOPES = (
    "contacts:read",
    "contacts:write",
    "lists:read",
    "lists:write",
    "segments:read",
    "segments:write",
    "content:read",
    "content:write",
    "campaigns:read",
    "campaigns:write",
    "journeys:read",
    "journeys:write",
    "messages:read",
    "messages:write",
    "events:read",
    "events:write",
    "visitors:read",
    "visitors:write",
)


class NotAllowed(Exception):
    """The act would leave the workspace in a bad state; the text says what to do instead."""


@transaction.atomic
def create_workspace(
    user: User, *, name: str, language: str, time_zone: str = "Asia/Jerusalem"
) -> Workspace:
    """A workspace of the user's own, with what every domain gives a new one."""
    workspace = Workspace.objects.create(
        key=_free_key(name),
        name=name.strip()[:120],
        language=language,
        time_zone=time_zone,
        sender_name=name.strip()[:120],
    )
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    for step in SETUP_STEPS:
        step.run(workspace)
    Access(workspace, Role.OWNER, user=user).audit("workspace.created", workspace, name)
    return workspace


def _free_key(name: str) -> str:
    """An address for the workspace: Latin letters of its name, else random ones."""
    base = slugify(name)[:24] or secrets.token_hex(4)
    key = base
    while Workspace.objects.filter(key=key).exists():
        key = f"{base}-{secrets.token_hex(2)}"
    return key


def update_workspace(access: Access, *, values: dict[str, Any]) -> Workspace:
    """Change settings by field name; only what differs is written and audited."""
    workspace = access.workspace
    changed = {key: value for key, value in values.items() if getattr(workspace, key) != value}
    for key, value in changed.items():
        setattr(workspace, key, value)
    if changed:
        Workspace.objects.filter(pk=workspace.pk).update(**changed)
        access.audit("workspace.changed", workspace, ", ".join(changed), changed=sorted(changed))
    return workspace


@dataclass(frozen=True)
class NewInvitation:
    """`token` is known only now; the row keeps its hash."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite_member(access: Access, *, email: str, role: str, now: datetime) -> NewInvitation:
    """An offer that lasts a week; a second one to the same address replaces the first. Raises NotAllowed."""
    address = email.strip().lower()
    _may_give(access, role)
    if Membership.objects.filter(workspace=access.workspace, user__email=address).exists():
        raise NotAllowed(_("%(email)s is already a member.") % {"email": address})
    Invitation.objects.filter(workspace=access.workspace, email=address, accepted_at=None).delete()
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        workspace=access.workspace,
        email=address,
        role=role,
        token_hash=hash_token(token),
        invited_by=access.user,
        expires_at=now + INVITATION_LASTS,
    )
    access.audit("member.invited", invitation, address, role=role)
    return NewInvitation(invitation, token)


def withdraw_invitation(access: Access, invitation: Invitation) -> None:
    access.audit("member.invitation_withdrawn", invitation, invitation.email)
    invitation.delete()


def open_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The invitation if it can still be accepted."""
    return (
        Invitation.objects.select_related("workspace", "invited_by")
        .filter(token_hash=hash_token(token), accepted_at=None, expires_at__gt=now)
        .first()
    )


@transaction.atomic
def accept_invitation(user: User, *, invitation: Invitation, now: datetime) -> Workspace:
    """Become a member. Once: of two clicks one wins, and both end in the workspace."""
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if taken:
        Membership.objects.get_or_create(
            workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
        )
        Access(invitation.workspace, invitation.role, user=user).audit(
            "member.joined", user, user.email
        )
    return invitation.workspace


@transaction.atomic
def change_role(access: Access, membership: Membership, *, role: str) -> None:
    """Raises NotAllowed for the last owner and for roles above one's own."""
    _may_give(access, role)
    _may_give(access, membership.role)
    if membership.role == Role.OWNER and role != Role.OWNER:
        _not_last_owner(access)
    Membership.objects.filter(pk=membership.pk).update(role=role)
    access.audit(
        "member.role_changed", membership, membership.user.email, role=role, was=membership.role
    )


@transaction.atomic
def remove_member(access: Access, membership: Membership) -> None:
    """Raises NotAllowed for the last owner and for roles above one's own (but one may leave)."""
    if membership.user_id != (access.user.pk if access.user else None):
        _may_give(access, membership.role)
    if membership.role == Role.OWNER:
        _not_last_owner(access)
    access.audit("member.removed", membership, membership.user.email)
    membership.delete()


def _may_give(access: Access, role: str) -> None:
    if role not in Role.values or not access.may(role):
        raise NotAllowed(_("Only an owner may do this."))


def _not_last_owner(access: Access) -> None:
    owners = Membership.objects.select_for_update().filter(
        workspace=access.workspace, role=Role.OWNER
    )
    if len(list(owners)) < 2:
        raise NotAllowed(_("A workspace needs an owner: make somebody else an owner first."))


@dataclass(frozen=True)
class NewApiKey:
    """`secret` is shown once and cannot be read again."""

    key: ApiKey
    secret: str


def create_api_key(access: Access, *, name: str, scopes: list[str]) -> NewApiKey:
    """Raises NotAllowed for no scope or one that is unknown."""
    if not scopes or set(scopes) - set(SCOPES):
        raise NotAllowed(_("Choose at least one permission for the key."))
    for _attempt in range(5):
        secret = KEY_PREFIX + secrets.token_urlsafe(30)
        try:
            with transaction.atomic():
                key = ApiKey.objects.create(
                    workspace=access.workspace,
                    name=name.strip()[:80],
                    prefix=secret[:12],
                    secret_hash=hash_token(secret),
                    scopes=sorted(scopes),
                    created_by=access.user,
                )
        except IntegrityError:
            continue
        access.audit("api_key.created", key, key.name, scopes=sorted(scopes))
        return NewApiKey(key, secret)
    raise RuntimeError("no free key prefix in five attempts")


def revoke_api_key(access: Access, key: ApiKey, *, now: datetime) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
    access.audit("api_key.revoked", key, key.name)


def access_of_key(secret: str, *, ip: str | None, now: datetime) -> Access | None:
    """The access of an API key, or None. Its last use is kept to the minute."""
    key = (
        ApiKey.objects.select_related("workspace")
        .filter(prefix=secret[:12], revoked_at=None)
        .first()
    )
    if key is None or not secrets.compare_digest(key.secret_hash, hash_token(secret)):
        return None
    if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Access(key.workspace, Role.EDITOR, api_key=key, ip=ip)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
