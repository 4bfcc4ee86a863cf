"""One table: a campaign is one document to one audience. Its messages are `messages.Message` rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User, Workspace
from kesher.content.models import Document, Version


class Campaign(models.Model):
    """`audience`: {"include": [list ids], "exclude": [list ids]}. Sent messages have source "campaign"."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(_("name"), max_length=200)
    channel = models.CharField(max_length=16, default="email")
    message_class = models.CharField(max_length=16, default="advertising")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    sender_name = models.CharField(max_length=120, blank=True, help_text="empty: the workspace's")
    sender_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    audience = models.JSONField(default=dict)
    scheduled_at = models.DateTimeField(null=True)
    pulse_size = models.IntegerField(null=True, help_text="staged sending: how many …")
    pulse_seconds = models.IntegerField(null=True, help_text="… each so many seconds")
    next_pulse_at = models.DateTimeField(null=True)
    planned = models.BigIntegerField(default=0, help_text="messages planned when sending began")
    planning_cursor = models.BigIntegerField(default=0, help_text="last contact id planned")
    planning_done = models.BooleanField(default=False)
    release_cursor = models.BigIntegerField(
        default=0, help_text="last contact id let go by a pulse"
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True)
    rollup = models.JSONField(default=dict, help_text="links, hours, domains: campaigns.rollup")
    rollup_stamp = models.BigIntegerField(
        default=-1, help_text="the counters' sum when it was made"
    )

    class Meta:
        db_table = "campaign"
        indexes = [models.Index(fields=["workspace", "-created_at"], name="campaign_by_time")]
