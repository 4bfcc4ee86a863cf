"""The messages of the versions that are there already belong to their steps (content.0011)."""

from django.db import migrations

MARK = """
UPDATE document d SET is_apart = TRUE
FROM journey_version v, jsonb_each(v.messages) AS message
WHERE d.id = (message.value ->> 'document')::bigint AND d.archived_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0006_desk"), ("content", "0011_apart")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
