from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("pk", models.CompositePrimaryKey("worker", "loop", blank=True, editable=False, primary_key=True, serialize=False)),
                ("worker", models.TextField(help_text="machine:process")),
                ("loop", models.TextField(help_text="engine, sender, jobs")),
                ("at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("failures", models.IntegerField(default=0, help_text="rounds that failed since the start")),
                ("last_error", models.TextField(default="")),
            ],
            options={"db_table": "worker_heartbeat"},
        ),
    ]
