"""The few messages that did not go well, found among a campaign's million."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0002_fillfactor")]
    operations = [
        migrations.RunSQL(
            """
            CREATE INDEX message_trouble ON message (workspace_id, source, source_id, contact_id)
            WHERE bounced_at IS NOT NULL OR complained_at IS NOT NULL OR unsubscribed_at IS NOT NULL
               OR status IN ('refused', 'failed', 'unknown', 'held');
            """,
            "DROP INDEX message_trouble;",
        )
    ]
