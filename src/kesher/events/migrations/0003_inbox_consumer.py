"""Each reader of the inbox has rows of its own: an entry belongs to one consumer, who deletes it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_event_log")]

    operations = [
        migrations.AddField(
            "inboxentry",
            "consumer",
            models.TextField(
                default="journey", help_text="who is to read it: the word before a listener's colon"
            ),
        ),
        migrations.RemoveIndex("inboxentry", "inbox_by_workspace"),
        migrations.AddIndex(
            "inboxentry",
            models.Index(fields=["consumer", "workspace_id", "id"], name="inbox_by_consumer"),
        ),
        migrations.AddIndex(
            "inboxentry",
            models.Index(fields=["workspace_id", "contact_id"], name="inbox_of_contact"),
        ),
    ]
