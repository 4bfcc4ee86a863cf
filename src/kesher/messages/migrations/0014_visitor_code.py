"""Codes by which visitors prove their address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0013_smart_links")]
    operations = [
        migrations.CreateModel(
            "VisitorCode",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("code_hash", models.BinaryField()),
                ("ip", models.TextField(default="")),
                ("attempts", models.SmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "visitor_code",
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "contact_id", "-id"], name="visitor_code_newest"
                    ),
                    models.Index(fields=["workspace_id", "created_at"], name="visitor_code_recent"),
                ],
            },
        )
    ]
