"""Messages that belong to a step of a journey stand in no list of documents, nor among the archived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0010_smart_links")]
    operations = [
        migrations.AddField(
            "document",
            "is_apart",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="of a step of a journey: stands in no list of documents",
            ),
        ),
        migrations.RunSQL(
            "UPDATE document SET is_apart = TRUE WHERE name = 'bench' AND archived_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
