"""One row stops all the messages of a campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0010_trouble")]
    operations = [
        migrations.CreateModel(
            name="StoppedSource",
            fields=[
                ("pk", models.CompositePrimaryKey("workspace_id", "source", "source_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("source", models.TextField()),
                ("source_id", models.TextField()),
                ("reason", models.TextField()),
            ],
            options={"db_table": "stopped_source"},
        ),
    ]
