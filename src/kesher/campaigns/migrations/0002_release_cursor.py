"""How far the pulses of a staged campaign have let its messages go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="release_cursor",
            field=models.BigIntegerField(default=0, help_text="last contact id let go by a pulse"),
        )
    ]
