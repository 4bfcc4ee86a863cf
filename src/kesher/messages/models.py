"""Tables of messages: one row for one message to one contact on one channel, and the raw hits of tracking."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageClass(models.TextChoices):
    """What the law and the sending windows ask of it."""

    ADVERTISING = "advertising", _("advertising")
    SERVICE = "service", _("service")
    TRANSACTIONAL = "transactional", _("transactional")
    REPLY = "reply", _("reply")


class Message(models.Model):
    """Planned once, sent once, or explained.

    `status` is ours; the nullable times are told by others and set once. `source`/`source_id` with the
    contact are the once-only key: ("campaign", campaign id), ("test", random), ("api", idempotency key).
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        HELD = "held", _("held")
        REFUSED = "refused", _("not sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("in doubt")

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField(
        null=True, help_text="null for a test to an outside address"
    )
    channel = models.TextField(default="email")
    message_class = models.TextField(default=MessageClass.ADVERTISING, choices=MessageClass.choices)
    source = models.TextField()
    source_id = models.TextField()
    version_id = models.BigIntegerField(help_text="content.Version: what is rendered")
    priority = models.SmallIntegerField(
        default=50, help_text="lower first: reply 10, transactional 20, journey 40, campaign 60"
    )
    status = models.TextField(default=Status.QUEUED, choices=Status.choices)
    reason = models.TextField(
        default="", help_text="a key of messages.reasons, for held, refused, failed"
    )
    reason_data = models.JSONField(null=True)
    address = models.TextField(default="", help_text="where it went, as decided at sending")
    data = models.JSONField(
        null=True, help_text="extra merge values and overrides: sender, subject, to"
    )
    parts = models.SmallIntegerField(null=True, help_text="of a text as it was sent; null for mail")
    units = models.SmallIntegerField(null=True, help_text="what the gateway bills for it")
    due_at = models.DateTimeField(
        null=True, help_text="null: planned but not released (staged sending)"
    )
    claimed_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(
        null=True, help_text="first human (or not known to be machine) open"
    )
    clicked_at = models.DateTimeField(null=True, help_text="first human click")
    machine_opened_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "source", "source_id", "contact_id"], name="message_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "channel", "priority", "due_at"],
                condition=models.Q(status="queued", due_at__isnull=False),
                name="message_due_by_channel",
            ),
            models.Index(
                fields=["workspace_id", "claimed_until"],
                condition=models.Q(status="sending"),
                name="message_claimed",
            ),
            models.Index(fields=["workspace_id", "contact_id", "-id"], name="message_of_contact"),
            models.Index(
                fields=["workspace_id", "reason", "source"],
                condition=models.Q(status="held"),
                name="message_held",
            ),
            models.Index(
                fields=["workspace_id", "source", "source_id"],
                condition=models.Q(status="queued", reason="window"),
                name="message_waits_for_hours",
            ),
        ]


class StoppedSource(models.Model):
    """A source whose messages wait (`reason` paused) or are to be refused (any other reason); or that goes on (`released`,
    see `resting`), until nothing of it is in a sender's hands that asked before.

    One row stops a million messages at once; the sender moves them in batches as it meets them.
    """

    pk = models.CompositePrimaryKey("workspace_id", "source", "source_id")
    workspace_id = models.BigIntegerField()
    source = models.TextField()
    source_id = models.TextField()
    reason = models.TextField()

    class Meta:
        db_table = "stopped_source"


class SendingWindows(models.Model):
    """At which hours messages may leave; one row for a workspace that ever set them (`windows`).

    `settings` is described in windows.settings; `zone` is the one that what waits was moved by. Not `is_settled`:
    there may still be messages that an older version let wait.
    """

    workspace_id = models.BigIntegerField(primary_key=True)
    settings = models.JSONField(default=dict)
    zone = models.TextField()
    version = models.IntegerField(default=0)
    is_settled = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "sending_windows"


class Hit(models.Model):
    """A tracking request as it came, durable before it is answered; digested in sets by messages.receipts.

    `kind`: open, click, unsubscribe (one-click POST). Never updated; deleted once digested.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    message_id = models.BigIntegerField()
    link_number = models.IntegerField(null=True)
    at = models.DateTimeField()
    ip = models.TextField(default="")
    agent = models.TextField(default="")
    method = models.TextField(default="GET")

    class Meta:
        db_table = "hit"


class Receipt(models.Model):
    """What was told of a message, once digested: each open and click with who did it (human or machine).

    Kept beside the event log because reports by link and by hour read it; append-only.
    """

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    source = models.TextField(help_text="the message's source and id, copied for reports")
    source_id = models.TextField()
    contact_id = models.BigIntegerField(null=True)
    kind = models.TextField(help_text="open, click")
    link_number = models.IntegerField(null=True)
    is_machine = models.BooleanField(default=False)
    machine_reason = models.TextField(default="")
    device = models.TextField(default="", help_text="phone, computer, tablet, or empty")
    at = models.DateTimeField()

    class Meta:
        db_table = "receipt"
        indexes = [
            models.Index(
                fields=["workspace_id", "source", "source_id", "kind", "at"],
                name="receipt_by_source",
            ),
            models.Index(fields=["workspace_id", "message_id"], name="receipt_of_message"),
        ]


class SmartDone(models.Model):
    """What a smart link's block did for a message: the once-only key of its effects (receipts.deeds)."""

    pk = models.CompositePrimaryKey("workspace_id", "message_id", "block_id")
    workspace_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    block_id = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "smart_done"


class SmartTrouble(models.Model):
    """What a smart link could not do, because its list or field is gone; one row for each place."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    source = models.TextField(help_text="the message's source and id")
    source_id = models.TextField()
    block_id = models.TextField()
    path = models.TextField(help_text="the place in the block: smart.changes[0].field")
    code = models.TextField()
    data = models.JSONField(default=dict, help_text="what fills the words")
    count = models.BigIntegerField(default=0, help_text="how many clicks met it")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "smart_trouble"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "source", "source_id", "block_id", "path"],
                name="smart_trouble_place",
            )
        ]


class VisitorCode(models.Model):
    """A code mailed to a contact who wants to see their details; the newest counts (proving). Kept as a hash."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    code_hash = models.BinaryField()
    ip = models.TextField(default="")
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "visitor_code"
        indexes = [
            models.Index(fields=["workspace_id", "contact_id", "-id"], name="visitor_code_newest"),
            models.Index(fields=["workspace_id", "created_at"], name="visitor_code_recent"),
        ]
