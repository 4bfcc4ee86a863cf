"""Tasks and alerts may come without a journey; alerts know whom to text, tasks who made and did them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0005_alarm"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="staffalert",
            name="phones",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_default=[],
                default=list,
                help_text="to whom it is texted, too: E.164",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="staffalert",
            name="texted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="staffalert",
            name="trouble",
            field=models.TextField(
                choices=[
                    ("", ""),
                    ("no_account", "not sent by SMS: the workspace has no SMS account"),
                    ("no_number", "not sent by SMS: no number can be written to"),
                ],
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="stafftask",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stafftask",
            name="done_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="staffalert",
            name="contact_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="staffalert",
            name="journey_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="staffalert",
            name="run_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="staffalert",
            name="visit",
            field=models.IntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="stafftask",
            name="journey_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="stafftask",
            name="run_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="stafftask",
            name="visit",
            field=models.IntegerField(db_default=1, default=1),
        ),
        migrations.AddIndex(
            model_name="staffalert",
            index=models.Index(
                condition=models.Q(("texted_at", None), models.Q(("phones", []), _negated=True)),
                fields=["id"],
                name="staff_alert_to_text",
            ),
        ),
        migrations.AddIndex(
            model_name="staffalert",
            index=models.Index(
                condition=models.Q(("read_at", None)),
                fields=["workspace_id"],
                name="staff_alert_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="staffalert",
            index=models.Index(
                fields=["workspace_id", "contact_id"], name="staff_alert_of_contact"
            ),
        ),
        migrations.AddIndex(
            model_name="stafftask",
            index=models.Index(
                condition=models.Q(("done_at", None)),
                fields=["workspace_id", "due_at"],
                name="staff_task_open",
            ),
        ),
        migrations.AddIndex(
            model_name="stafftask",
            index=models.Index(fields=["workspace_id", "contact_id"], name="staff_task_of_contact"),
        ),
    ]
