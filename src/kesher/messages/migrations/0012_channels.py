"""The sender takes each channel apart, and a text remembers its parts and what they cost."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0011_stopped_source")]
    operations = [
        migrations.AddField(
            "message",
            "parts",
            models.SmallIntegerField(
                null=True, help_text="of a text as it was sent; null for mail"
            ),
        ),
        migrations.AddField(
            "message",
            "units",
            models.SmallIntegerField(null=True, help_text="what the gateway bills for it"),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["workspace_id", "channel", "priority", "due_at"],
                condition=models.Q(status="queued", due_at__isnull=False),
                name="message_due_by_channel",
            ),
        ),
        migrations.RemoveIndex("message", "message_due"),
    ]
