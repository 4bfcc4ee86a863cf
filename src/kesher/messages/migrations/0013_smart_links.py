"""What smart links did, once for each block of a message, and what they could not do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0012_channels")]
    operations = [
        migrations.CreateModel(
            "SmartDone",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "message_id",
                        "block_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("message_id", models.BigIntegerField()),
                ("block_id", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "smart_done"},
        ),
        migrations.CreateModel(
            "SmartTrouble",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("source", models.TextField(help_text="the message's source and id")),
                ("source_id", models.TextField()),
                ("block_id", models.TextField()),
                (
                    "path",
                    models.TextField(help_text="the place in the block: smart.changes[0].field"),
                ),
                ("code", models.TextField()),
                ("data", models.JSONField(default=dict, help_text="what fills the words")),
                ("count", models.BigIntegerField(default=0, help_text="how many clicks met it")),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "db_table": "smart_trouble",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["workspace_id", "source", "source_id", "block_id", "path"],
                        name="smart_trouble_place",
                    )
                ],
            },
        ),
    ]
