"""A tracked link keeps what a click on it does; null for a link that only leads somewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]
    operations = [
        migrations.AddField(
            "trackedlink",
            "smart",
            models.JSONField(
                null=True, help_text="the block's `smart`: content.smart; null: it only leads"
            ),
        )
    ]
