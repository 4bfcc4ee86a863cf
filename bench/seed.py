"""A workspace of any size for benchmarks, from one seed: Hebrew names, skewed activity, missing fields.

    python -m bench.seed --contacts 1000000 --url postgresql://…/bench [--events 2000000] [--campaigns 500]

Everything is made by the server in a few statements over generate_series; the same seed makes the same
people. The workspace is made anew: an earlier one of the same key is removed first.
"""

from __future__ import annotations

import argparse
import os
import time

from bench import seed_campaigns
from bench.filling import without_indexes

FIRST = (
    "נועה דן יעל אורן תמר יואב שירה איתי מיכל עידו רוני גיא ליאור עומר הדס אייל מאיה רן טל אסף דנה ניר "
    "קרן שי ענת אלון גלית עמית רחל משה שרה דוד רבקה יוסף אסתר אברהם חנה יעקב מרים יצחק אולגה סרגיי אחמד "
    "פאטמה מוחמד Anna John Maria David Sara"
)
LAST = (
    "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי כץ יוסף דוד עמר אוחיון חדד גבאי בן־דוד אדלר "
    "לב שפירא הראל שגב רוזן גולדברג וקנין אלבז נחום סבג שלום טל ברק חזן קדוש Cohen Levi Smith Ivanov"
)
CITIES = (
    "תל אביב|ירושלים|חיפה|ראשון לציון|פתח תקווה|אשדוד|נתניה|באר שבע|בני ברק|חולון|רמת גן|אשקלון|רחובות|"
    "בת ים|בית שמש|כפר סבא|הרצליה|חדרה|מודיעין|נצרת"
)
DOMAINS = "gmail.com walla.co.il outlook.com 012.net.il hotmail.com yahoo.com example.co.il"

# hashtext is stable: one number from a seed, a purpose and a person.
FUNCTION = """
CREATE OR REPLACE FUNCTION pg_temp.draw(purpose text, n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8(n * 7919 + hashtext($1))::bigint + 2147483648) / 4294967296.0
$$;
CREATE OR REPLACE FUNCTION pg_temp.pick(purpose text, n bigint, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + floor(pow(pg_temp.draw(purpose, n), 1.6) * array_length(words, 1))::int]
$$;
"""
CONTACTS = """
INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company, city,
    birthday, notes, fields, language, email_consent, sms_consent, whatsapp_consent, email_bounced_at, source,
    created_at, updated_at, active_at)
SELECT %(workspace)s,
    CASE WHEN draw('mail', n) < 0.94 THEN 'user' || n || '.' || substr(md5(n::text), 1, 5) || '@' || pick('domain', n, %(domains)s) ELSE '' END,
    CASE WHEN draw('mobile', n) < 0.72 THEN '+9725' || (n %% 10) || lpad((n / 10)::text, 7, '0') ELSE '' END,
    '', CASE WHEN draw('first', n) < 0.96 THEN pick('first', n * 3, %(first)s) ELSE '' END,
    CASE WHEN draw('last', n) < 0.9 THEN pick('last', n * 5, %(last)s) ELSE '' END,
    CASE WHEN draw('phone', n) < 0.1 THEN '+9723' || lpad((n %% 10000000)::text, 7, '0') ELSE '' END, '',
    CASE WHEN draw('company', n) < 0.15 THEN pick('last', n * 11, %(last)s) || ' בע״מ' ELSE '' END,
    CASE WHEN draw('city', n) < 0.8 THEN pick('city', n, %(cities)s) ELSE '' END,
    CASE WHEN draw('birthday', n) < 0.4 THEN date '1940-01-01' + (draw('day', n) * 25000)::int END, '',
    CASE WHEN draw('fields', n) < 0.5 THEN jsonb_build_object('children', floor(draw('children', n) * 6), 'tier', pick('tier', n, '{silver,gold,platinum}')) ELSE '{}' END,
    '', CASE WHEN draw('consent', n) < 0.9 THEN 'granted' WHEN draw('consent', n) < 0.95 THEN 'withdrawn' ELSE '' END,
    CASE WHEN draw('sms', n) < 0.5 THEN 'granted' ELSE '' END, '',
    CASE WHEN draw('bounce', n) < 0.01 THEN %(now)s::timestamptz - draw('bounced', n) * interval '300 days' END,
    (ARRAY['import','import','form','staff','api'])[1 + (n %% 5)],
    %(now)s::timestamptz - interval '700 days' * (1 - n::float8 / %(contacts)s), %(now)s,
    CASE WHEN draw('active', n) < 0.6 THEN %(now)s::timestamptz - interval '400 days' * pow(draw('when', n), 3) END
FROM generate_series(1, %(contacts)s) AS g(n)
""".replace("draw(", "pg_temp.draw(").replace("pick(", "pg_temp.pick(")
MEMBERS = """
INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
SELECT %(workspace)s, %(list)s, id, created_at, 'import' FROM contact
WHERE workspace_id = %(workspace)s AND pg_temp.draw('list' || %(list)s, id) < %(share)s
"""
# A few people do most: the n-th event falls on a contact by a skewed draw.
EVENTS = """
INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
SELECT %(workspace)s, (ARRAY['message.sent','message.delivered','message.opened','message.clicked','list.joined'])[1 + (n %% 5)],
    %(first)s + floor(pow(pg_temp.draw('who', n), 4) * %(contacts)s)::bigint,
    %(now)s::timestamptz - interval '300 days' * pg_temp.draw('at', n), 'campaign',
    ('{"name": "דיוור ' || n %% 500 || '", "subject": "דיוור ' || n %% 500 || '", "list": "לקוחות", "label": "לחנות"}')::jsonb
FROM generate_series(%(from)s, %(to)s) AS g(n)
"""
SHARES = (("לקוחות", 0.4), ("מתעניינים", 0.1), ("VIP", 0.01), ("ספקים", 0.0005))
REMOVED = (
    "campaign", "message", "receipt", "contact", "list_membership", "event", "counter", "consent", "consent_evidence", "suppression", "contact_note",
)  # fmt: skip


def build(
    *, contacts: int, events: int, key: str, campaigns: int = 0, email: str = "bench@shop.example"
) -> int:
    """Make the workspace; answers its id. The campaigns share one message for each contact."""
    from datetime import UTC, datetime

    from django.db import transaction

    from kesher.accounts.models import Membership, User, Workspace
    from kesher.contacts.models import ContactList, Field
    from kesher.lib import sql

    if old := Workspace.objects.filter(key=key).first():
        for table in REMOVED:
            sql.execute(f"DELETE FROM {table} WHERE workspace_id = %s", (old.pk,))
        old.delete()
    with transaction.atomic():
        workspace = Workspace.objects.create(key=key, name="סביבה גדולה", sender_email=email)
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, "bench bench bench", name="דנה לוי"
        )
        Membership.objects.create(workspace=workspace, user=user, role="owner")
        ContactList.objects.create(workspace=workspace, key="all", name="כל אנשי הקשר", is_all=True)
        Field.objects.create(workspace=workspace, key="children", label="ילדים", type="number")
        sql.execute(FUNCTION.replace("%", "%%"))
        common = {
            "workspace": workspace.pk,
            "contacts": contacts,
            "now": datetime(2026, 11, 17, 8, tzinfo=UTC),
        }
        words = {
            "first": FIRST.split(), "last": LAST.split(), "cities": CITIES.split("|"), "domains": DOMAINS.split(),
        }  # fmt: skip
        with without_indexes("contact"):
            _timed("contacts", CONTACTS, common | words)
        deltas = {"contacts": contacts}
        for name, share in SHARES:
            made = ContactList.objects.create(workspace=workspace, key=name.lower(), name=name)
            deltas[f"list.{made.pk}"] = _timed(
                name, MEMBERS, common | {"list": made.pk, "share": share}
            )
        first = sql.value("SELECT min(id) FROM contact WHERE workspace_id = %s", (workspace.pk,))
        with without_indexes("event"):
            for start in range(1, events + 1, 1_000_000):
                stop = min(start + 999_999, events)
                _timed("events", EVENTS, common | {"first": first, "from": start, "to": stop})
        from kesher.events import counters

        counters.add(workspace.pk, deltas)
    if campaigns:
        seed_campaigns.build(common, campaigns=campaigns, messages=contacts)
    sql.execute("VACUUM ANALYZE contact")
    sql.execute("VACUUM ANALYZE list_membership")
    sql.execute("VACUUM ANALYZE event")
    return workspace.pk


def _timed(name: str, statement: str, parameters: dict[str, object]) -> int:
    from kesher.lib import sql

    start = time.perf_counter()
    count = sql.execute(statement, parameters)
    print(f"{name}: {count:,} rows in {time.perf_counter() - start:.1f} s", flush=True)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument(
        "--events", type=int, default=None, help="two for each contact when left out"
    )
    parser.add_argument("--workspace", default="big")
    parser.add_argument("--campaigns", type=int, default=0)
    parser.add_argument("--url", help="the database; DATABASE_URL when left out")
    given = parser.parse_args()
    if given.url:
        os.environ["DATABASE_URL"] = given.url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")
    import django

    django.setup()
    events = given.contacts * 2 if given.events is None else given.events
    build(contacts=given.contacts, events=events, key=given.workspace, campaigns=given.campaigns)


if __name__ == "__main__":
    main()
