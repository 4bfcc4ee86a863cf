"""At which hours a workspace's messages may leave, and what waits for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0015_held")]
    operations = [
        migrations.CreateModel(
            name="SendingWindows",
            fields=[
                ("workspace_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("settings", models.JSONField(default=dict)),
                ("zone", models.TextField()),
                ("version", models.IntegerField(default=0)),
                ("is_settled", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "sending_windows"},
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["workspace_id", "source", "source_id"],
                condition=models.Q(status="queued", reason="window"),
                name="message_waits_for_hours",
            ),
        ),
    ]
