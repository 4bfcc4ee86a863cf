"""Tables of campaigns: one document to one audience, its A/B test, its log. Messages are `messages.Message` rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User, Workspace
from kesher.content.models import Document, Version


class Campaign(models.Model):
    """`audience` as `segments.audience` stores it. Sent messages have source "campaign".

    With a `parent` it is sent again: to those who got the parent and did not open it.
    """

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
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="resends", help_text="resend of"
    )
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


class AbTest(models.Model):
    """A campaign in several variants: each goes to a part of the sample, the winner to everybody else.

    With a sample of 100 percent the variants share the whole audience and nobody is left to send a winner to.
    """

    class What(models.TextChoices):
        SUBJECT = "subject", _("Subject")
        SENDER = "sender", _("Sender name")
        CONTENT = "content", _("Content")

    class Measure(models.TextChoices):
        OPENS = "opens", _("Opens by people")
        CLICKS = "clicks", _("Clicks by people")
        HAND = "hand", _("I decide by hand")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="ab_test")
    what = models.CharField(max_length=8, choices=What.choices, default=What.SUBJECT)
    sample_percent = models.SmallIntegerField(default=20)
    wait_seconds = models.IntegerField(default=4 * 3600)
    measure = models.CharField(max_length=8, choices=Measure.choices, default=Measure.OPENS)
    sampled = models.BigIntegerField(null=True, help_text="messages of the sample, once planned")
    sampled_at = models.DateTimeField(
        null=True, help_text="when the last of the sample was planned"
    )
    sample_left_at = models.DateTimeField(null=True, help_text="the waiting time counts from here")
    winner = models.ForeignKey("Variant", on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_how = models.CharField(max_length=8, blank=True, help_text="rate, tie, nothing, hand")

    class Meta:
        db_table = "campaign_ab_test"


class Variant(models.Model):
    """One variant of an A/B test. Number 0, called A, is the campaign as it is; what is empty is the campaign's."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    number = models.SmallIntegerField()
    subject = models.TextField(default="", blank=True)
    sender_name = models.CharField(max_length=120, default="", blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "campaign_variant"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "campaign", "number"], name="campaign_variant_number"
            )
        ]

    @property
    def letter(self) -> str:
        return "ABCD"[self.number]


class LogEntry(models.Model):
    """What happened to a campaign, by whom or by itself: append-only, shown in its report."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    kind = models.CharField(max_length=24, help_text="a key of campaigns.log.KINDS")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "campaign_log"
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["workspace", "campaign", "at"], name="campaign_log_by_time")
        ]
