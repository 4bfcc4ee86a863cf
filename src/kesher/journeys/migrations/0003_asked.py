"""Those who wait for a decision are few among many, and found without reading the others."""

from django.db import migrations

CREATE = """
CREATE INDEX journey_run_asked ON journey_run (workspace_id, journey_id, state)
WHERE state IN ('asked', 'skipping') AND ended_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_hot_tables")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX journey_run_asked;")]
