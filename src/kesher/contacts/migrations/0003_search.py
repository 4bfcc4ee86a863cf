"""Search without niqqud, geresh and gershayim, also by the first one or two letters of a word; rare filters by index.

The text starts with a space, so that LIKE '% נו%' finds beginnings of words and has trigrams to go by.
"""

from django.db import migrations

# Hebrew points and marks, geresh, gershayim and the quotes that stand for them: left out on both sides.
IGNORED = "".join(map(chr, [*range(0x591, 0x5BE), *range(0x5BF, 0x5C8)])) + "׳״'\"`"
QUOTED = IGNORED.replace("'", "''")

CREATE = f"""
DROP INDEX contact_search;
ALTER TABLE contact DROP COLUMN search;
ALTER TABLE contact ADD COLUMN search text GENERATED ALWAYS AS (
    translate(' ' || lower(first_name || ' ' || last_name || ' ' || email || ' ' || mobile || ' '
          || replace(mobile, '+972', '0') || ' ' || replace(phone, '+972', '0') || ' ' || company),
        '{QUOTED}', '')
) STORED;
CREATE INDEX contact_search ON contact USING gin (workspace_id, search gin_trgm_ops);
CREATE INDEX contact_bounced ON contact (workspace_id, id DESC)
    WHERE email_bounced_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX contact_refused_email ON contact (workspace_id, id DESC)
    WHERE email_consent = 'withdrawn' AND deleted_at IS NULL;
"""
DROP = """
DROP INDEX contact_refused_email, contact_bounced, contact_search;
ALTER TABLE contact DROP COLUMN search;
ALTER TABLE contact ADD COLUMN search text GENERATED ALWAYS AS (
    lower(first_name || ' ' || last_name || ' ' || email || ' ' || mobile || ' '
          || replace(mobile, '+972', '0') || ' ' || replace(phone, '+972', '0') || ' ' || company)
) STORED;
CREATE INDEX contact_search ON contact USING gin (workspace_id, search gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_contact_indexes")]
    operations = [migrations.RunSQL(CREATE, DROP)]
