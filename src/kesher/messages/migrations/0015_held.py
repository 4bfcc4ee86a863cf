"""Messages that wait are found by why they do, without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0014_visitor_code")]
    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["workspace_id", "reason", "source"],
                condition=models.Q(status="held"),
                name="message_held",
            ),
        ),
    ]
