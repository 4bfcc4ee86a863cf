"""Unique addresses among the living, search by any part of a name, mail or phone, and the table's sorts."""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

CREATE = """
ALTER TABLE contact ADD COLUMN search text GENERATED ALWAYS AS (
    lower(first_name || ' ' || last_name || ' ' || email || ' ' || mobile || ' '
          || replace(mobile, '+972', '0') || ' ' || replace(phone, '+972', '0') || ' ' || company)
) STORED;
CREATE UNIQUE INDEX contact_email ON contact (workspace_id, email) WHERE email <> '' AND deleted_at IS NULL;
CREATE UNIQUE INDEX contact_mobile ON contact (workspace_id, mobile) WHERE mobile <> '' AND deleted_at IS NULL;
CREATE UNIQUE INDEX contact_external ON contact (workspace_id, external_id)
    WHERE external_id <> '' AND deleted_at IS NULL;
CREATE INDEX contact_search ON contact USING gin (workspace_id, search gin_trgm_ops);
CREATE INDEX contact_newest ON contact (workspace_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contact_by_name ON contact (workspace_id, first_name, last_name, id) WHERE deleted_at IS NULL;
CREATE INDEX contact_by_activity ON contact (workspace_id, active_at DESC NULLS LAST, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX contact_binned ON contact (workspace_id, deleted_at) WHERE deleted_at IS NOT NULL;
ALTER TABLE list_membership SET (fillfactor = 95);
"""
DROP = """
ALTER TABLE contact DROP COLUMN search;
DROP INDEX contact_email, contact_mobile, contact_external, contact_newest, contact_by_name,
    contact_by_activity, contact_binned;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [TrigramExtension(), BtreeGinExtension(), migrations.RunSQL(CREATE, DROP)]
