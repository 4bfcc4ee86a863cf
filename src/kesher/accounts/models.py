"""Tables of staff and workspaces: who may do what, what they did, and the long work they started.

Contacts (the people a business writes to) are in `kesher.contacts`; these are the people who write.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. May belong to several workspaces."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=8, default="he")
    theme = models.CharField(max_length=8, default="auto", help_text="auto, light or dark")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "user_account"


def new_salt() -> str:
    return secrets.token_hex(16)


class Workspace(models.Model):
    """One business. `key` is in its addresses (`/w/<key>/…`), never reused, never changed."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="he")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Jerusalem")
    currency = models.CharField(max_length=3, default="ILS")
    country = models.CharField(
        max_length=2, default="IL", help_text="for phone numbers without a prefix"
    )
    sender_name = models.CharField(_("sender name"), max_length=120, blank=True)
    sender_email = models.EmailField(_("sender address"), blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)
    phone = models.CharField(_("telephone"), max_length=32, blank=True)
    website = models.URLField(_("web site"), blank=True)
    identified_sites = models.JSONField(
        _("sites that may learn who comes"),
        default=list,
        blank=True,
        help_text="hosts; empty: the web site's (accounts.sites)",
    )
    address_salt = models.CharField(max_length=64, default=new_salt)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "workspace"


class Role(models.TextChoices):
    """From most to least: each may do all that those below it may (see accounts.access)."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.EDITOR)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_unique")
        ]


class Invitation(models.Model):
    """An open offer of membership. Only a hash of the token is kept; the link is shown and mailed once."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.EDITOR)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "invitation"


class ApiKey(models.Model):
    """`prefix` finds the row, `secret_hash` (SHA-256 of the whole key) proves it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list, help_text='["contacts:read", "contacts:write", …]')
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_key"


class IdempotentAnswer(models.Model):
    """The answer once given to a request with an Idempotency-Key, given again for 24 hours."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField(null=True, help_text="null while the first request runs")
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "idempotent_answer"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "api_key", "key"], name="idempotent_answer_unique"
            )
        ]


class AuditEntry(models.Model):
    """Who changed what, when. Append-only."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, null=True, related_name="audit_entries"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=64, help_text="contact.deleted, campaign.sent, …")
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["workspace", "-at"], name="audit_by_time")]


class Work(models.Model):
    """Long work that a person started and watches in the top bar: an import, an export, a send.

    The running itself is a Procrastinate job; this row is what people see and cancel.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="work")
    kind = models.CharField(max_length=40, help_text="contacts.import, contacts.export, …")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, help_text="null: not known yet")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True, help_text="where its result is seen")
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "work"
        indexes = [models.Index(fields=["workspace", "-created_at"], name="work_by_time")]


class UndoEntry(models.Model):
    """What is needed to take back one act, for as long as the toast offers it (and a little more)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "undo_entry"


class Installation(models.Model):
    """One row: facts of this whole installation."""

    id = models.IntegerField(primary_key=True, default=1)
    armed = models.BooleanField(
        default=True, help_text="a restored copy sends nothing until `kesher arm`"
    )
    name = models.CharField(max_length=80, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "installation"
