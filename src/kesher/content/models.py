"""Tables of documents: what is being edited, and the immutable versions that are sent or shown."""

from __future__ import annotations

from django.db import models

from kesher.accounts.models import User, Workspace


class Document(models.Model):
    """A tree of blocks being edited (FORMATS: Document). `revision` grows with each save."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=16, default="email", help_text="email, sms, whatsapp, page")
    name = models.CharField(max_length=200)
    body = models.JSONField(default=dict)
    subject = models.TextField(default="", blank=True)
    preheader = models.TextField(default="", blank=True)
    is_template = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True)
    is_apart = models.BooleanField(
        default=False,
        db_default=False,
        help_text="of a step of a journey: stands in no list of documents",
    )

    class Meta:
        db_table = "document"
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="document_by_time")]


class Version(models.Model):
    """A document as published: immutable, compiled once. Messages point here."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, related_name="versions"
    )
    body = models.JSONField()
    subject = models.TextField(default="")
    preheader = models.TextField(default="")
    plan = models.JSONField(help_text="the compiled render plan: content.plan")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "document_version"


class TrackedLink(models.Model):
    """A link of a version. Addresses in mail name it by id; the target never travels in them."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="links")
    number = models.IntegerField(help_text="its place in the version, from 0")
    url = models.TextField(help_text="may hold merge tags, filled per contact")
    block_id = models.CharField(max_length=60, default="")
    label = models.TextField(default="")
    smart = models.JSONField(
        null=True, help_text="the block's `smart`: content.smart; null: it only leads"
    )

    class Meta:
        db_table = "tracked_link"
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="tracked_link_number")
        ]
