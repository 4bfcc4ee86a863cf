"""Messages change a few times soon after they are written: leave room on their pages."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kesher_messages", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE message SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);",
            "ALTER TABLE message RESET (fillfactor, autovacuum_vacuum_scale_factor);",
        )
    ]
