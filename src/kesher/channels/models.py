"""Tables of the ways out: accounts with providers, DKIM keys, and what the `local` provider kept."""

from __future__ import annotations

from django.db import models

from kesher.accounts.models import Workspace


class ChannelAccount(models.Model):
    """A workspace's account with a provider. `settings` is the provider's own schema, secrets encrypted."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="channel_accounts"
    )
    channel = models.CharField(max_length=16, help_text="email, sms, whatsapp")
    provider = models.CharField(
        max_length=32, help_text="a key of channels.PROVIDERS: local, smtp, …"
    )
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(
        default="", help_text="why the last check failed, in words; empty if well"
    )

    class Meta:
        db_table = "channel_account"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel"],
                condition=models.Q(is_default=True),
                name="channel_account_default",
            )
        ]


class TextPolicy(models.Model):
    """What stands around the advertising texts of a channel (see channels.policies)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=16)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=200)

    class Meta:
        db_table = "text_policy"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "channel"], name="text_policy_channel")
        ]


class SendingDomain(models.Model):
    """A domain the workspace signs for. The private key is encrypted with the installation's secret."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="sending_domains"
    )
    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=63, default="kesher")
    private_key = models.TextField()
    public_key = models.TextField(help_text="the p= of the DNS record, base64")
    is_active = models.BooleanField(default=False, help_text="sign with it")
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sending_domain"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "domain"], name="sending_domain_name")
        ]


class LocalMessage(models.Model):
    """A message as the `local` provider received it: what the recipient would have got, byte for byte."""

    workspace_id = models.BigIntegerField()
    channel = models.TextField()
    message_id = models.BigIntegerField(
        null=True, help_text="kesher.messages.Message, if it came from one"
    )
    sender = models.TextField(default="")
    recipient = models.TextField()
    subject = models.TextField(default="", help_text="decoded")
    raw = models.BinaryField(help_text="RFC 5322 bytes, or the text of an SMS in UTF-8")
    received_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "local_message"
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="local_message_newest"),
            models.Index(fields=["workspace_id", "message_id"], name="local_message_of"),
        ]
