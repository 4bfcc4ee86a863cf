"""A/B tests, resending to those who did not open, and the log of what happened to a campaign."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _of(target: str, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to=target
    )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_rollup"),
        ("content", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="parent",
            field=models.ForeignKey(
                help_text="resend of",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="resends",
                to="campaigns.campaign",
            ),
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.SmallIntegerField()),
                ("subject", models.TextField(blank=True, default="")),
                ("sender_name", models.CharField(blank=True, default="", max_length=120)),
                ("campaign", _of("campaigns.campaign", "variants")),
                ("document", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="content.document")),
                ("version", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="content.version")),
                ("workspace", _of("accounts.workspace")),
            ],
            options={
                "db_table": "campaign_variant",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("workspace", "campaign", "number"), name="campaign_variant_number")],
            },
        ),
        migrations.CreateModel(
            name="AbTest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=[("subject", "Subject"), ("sender", "Sender name"), ("content", "Content")], default="subject", max_length=8)),
                ("sample_percent", models.SmallIntegerField(default=20)),
                ("wait_seconds", models.IntegerField(default=14400)),
                ("measure", models.CharField(choices=[("opens", "Opens by people"), ("clicks", "Clicks by people"), ("hand", "I decide by hand")], default="opens", max_length=8)),
                ("sampled", models.BigIntegerField(help_text="messages of the sample, once planned", null=True)),
                ("sampled_at", models.DateTimeField(help_text="when the last of the sample was planned", null=True)),
                ("sample_left_at", models.DateTimeField(help_text="the waiting time counts from here", null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_how", models.CharField(blank=True, help_text="rate, tie, nothing, hand", max_length=8)),
                ("campaign", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="ab_test", to="campaigns.campaign")),
                ("winner", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="campaigns.variant")),
                ("workspace", _of("accounts.workspace")),
            ],
            options={"db_table": "campaign_ab_test"},
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(help_text="a key of campaigns.log.KINDS", max_length=24)),
                ("data", models.JSONField(default=dict)),
                ("campaign", _of("campaigns.campaign", "log")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("workspace", _of("accounts.workspace")),
            ],
            options={
                "db_table": "campaign_log",
                "ordering": ["at", "pk"],
                "indexes": [models.Index(fields=["workspace", "campaign", "at"], name="campaign_log_by_time")],
            },
        ),
    ]
