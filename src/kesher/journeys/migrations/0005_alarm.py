"""What the watchdog found: one row for each journey and kind, for as long as it lasts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_recipe_thing")]

    operations = [
        migrations.CreateModel(
            name="JourneyAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("journey_id", models.BigIntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("late", "past due without moving"),
                            ("missed", "not woken by what they waited for"),
                        ]
                    ),
                ),
                ("count", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(help_text="when it was found no more", null=True),
                ),
                ("mailed_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "journey_alarm",
            },
        ),
        migrations.AddIndex(
            model_name="journeyalarm",
            index=models.Index(fields=["workspace_id", "-id"], name="journey_alarm_newest"),
        ),
        migrations.AddConstraint(
            model_name="journeyalarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("workspace_id", "journey_id", "kind"),
                name="journey_alarm_open",
            ),
        ),
    ]
