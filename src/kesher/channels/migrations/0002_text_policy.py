"""What a workspace puts around its advertising texts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("channels", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            "TextPolicy",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
                ("channel", models.CharField(max_length=16)),
                ("before", models.CharField(blank=True, max_length=60)),
                ("after", models.CharField(max_length=200)),
            ],
            options={"db_table": "text_policy"},
        ),
        migrations.AddConstraint(
            "textpolicy",
            models.UniqueConstraint(fields=["workspace", "channel"], name="text_policy_channel"),
        ),
    ]
