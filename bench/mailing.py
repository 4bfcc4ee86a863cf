"""A mailing of any size in the current database, for measuring the sender and for killing it.

A 9.5 kB mail with six merge tags, eight tracked links, unsubscribe and pixel: the work that the peers in
docs/benchmarks.md were measured with.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kesher.accounts.models import Workspace
from kesher.channels.email.dkim import make_key_pair
from kesher.channels.models import ChannelAccount, SendingDomain
from kesher.contacts.models import ContactList
from kesher.content.models import Version
from kesher.content.plan import Address, Link, LinkTo, Part, Plan, Value, ValueSpec
from kesher.lib.secrets import encrypt
from kesher.messages.actions import plan_messages

KEY = "bench-mailing"
FIELDS = ("first_name", "last_name", "city", "company", "email", "role")
PARAGRAPH = (
    '<tr><td dir="rtl" style="padding:8px 24px;font-family:Arial,sans-serif;font-size:16px;'
    'line-height:1.6;color:#1b2b34;text-align:right">ספרים חדשים הגיעו לחנות, ובחרנו כמה שנראה '
    "לנו שתאהבו במיוחד. בואו לשבת איתנו, יש קפה ועוגה.</td></tr>"
)


def plan() -> Plan:
    values = tuple(ValueSpec(key, "text", key) for key in FIELDS)
    html: list[Part] = ["<!doctype html><html dir=rtl><body><table>"]
    text: list[Part] = []
    for number in range(24):
        html.append(PARAGRAPH)
        if number % 4 == 0:
            place = number // 4
            html += ["<tr><td>", Value(place, "html", "חבר"), "</td></tr>"]
            text += ["שלום ", Value(place, "text", "חבר"), "\n"]
        if number % 3 == 0:
            html += ['<a href="', LinkTo(number // 3, "html"), '">לפרטים</a>']
            text += ["לפרטים: ", LinkTo(number // 3, "text"), "\n"]
    html += [
        '<a href="',
        Address("unsubscribe"),
        '">להסרה</a>',
        Address("pixel"),
        "</table></body></html>",
    ]
    text += ["להסרה: ", Address("unsubscribe"), "\n"]
    return Plan(
        language="he",
        direction="rtl",
        values=values,
        rules=(),
        subject=("שלום ", Value(0, "text", "חבר"), ", ספרים חדשים על המדף"),
        html=tuple(html),
        text=tuple(text),
        links=tuple(
            Link(number, f"https://shop.example/{number}", "", "לפרטים") for number in range(8)
        ),
    )


_CONTACTS = """
INSERT INTO contact (workspace_id, email, first_name, last_name, city, company, role, mobile, external_id, phone, notes,
    fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)
SELECT %s, 'p' || n || '@example.com', (ARRAY['נועה','דן','יעל','אורן'])[1 + n %% 4], 'כהן ' || n, 'חיפה', 'הספר בע״מ', '',
    '', '', '', '', '{}', '', 'granted', '', '', 'import', now(), now()
FROM generate_series(1, %s) AS g(n)
"""
_TABLES = (
    "message",
    "event",
    "counter",
    "contact",
    "local_message",
    "stopped_source",
    "suppression",
)


def prepare(count: int, *, signed: bool = True) -> Workspace:
    """A workspace with `count` contacts who may be written to; an earlier one is removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workspace WHERE key = %s", (KEY,))
        for (number,) in cursor.fetchall():
            for table in _TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", (number,))
    Workspace.objects.filter(key=KEY).delete()
    workspace = Workspace.objects.create(
        key=KEY, name="חנות הספר", sender_name="חנות הספר", sender_email="shop@green-books.example"
    )
    ContactList.objects.create(workspace=workspace, key="all", name="כולם", is_all=True)
    if signed:
        pair = make_key_pair()
        SendingDomain.objects.create(
            workspace=workspace,
            domain="green-books.example",
            private_key=encrypt(pair.private_pem),
            public_key=pair.public,
            is_active=True,
        )
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, (workspace.pk, count))
        cursor.execute("ANALYZE contact")
    return workspace


def send_through(workspace: Workspace, port: int, *, connections: int = 4) -> None:
    """Let its mail leave by an SMTP server on this machine."""
    ChannelAccount.objects.update_or_create(
        workspace=workspace,
        channel="email",
        is_default=True,
        defaults={
            "provider": "smtp",
            "name": "sink",
            "settings": {
                "host": "127.0.0.1",
                "port": port,
                "security": "none",
                "connections": connections,
            },
        },
    )


def queue(workspace: Workspace, count: int, *, now: datetime, source_id: str = "1") -> int:
    """Plan a message to each contact; answers how many."""
    version = Version.objects.create(
        workspace=workspace, body={}, subject="ספרים חדשים", plan=plan().to_json()
    )
    planned, after = 0, 0
    while planned < count:
        found = plan_messages(
            workspace.pk,
            channel="email",
            message_class="advertising",
            source="campaign",
            source_id=source_id,
            version_id=version.pk,
            contacts_where="TRUE",
            parameters={},
            after_id=after,
            limit=min(10_000, count - planned),
            due_at=now,
            priority=60,
            now=now,
        )
        if found.last_id is None:
            break
        planned, after = planned + found.count, found.last_id
    return planned
