"""The parts of a campaign's report that are too dear to count at each look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_release_cursor")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="rollup",
            field=models.JSONField(default=dict, help_text="links, hours, domains: campaigns.rollup"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="rollup_stamp",
            field=models.BigIntegerField(default=-1, help_text="the counters' sum when it was made"),
        ),
    ]
