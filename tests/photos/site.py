"""The place that is photographed: a live server over two workspaces, one full of people and mail, one new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from tests.photos.screens import Screen

from kesher.accounts.models import Membership, User, Work, Workspace
from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.content.models import Document
from kesher.events import counters
from kesher.web.formats import file_name

PEOPLE = [
    ("נועה", "כהן", "noa@example.com", "חיפה", "granted"),
    ("דן", "לוי", "dan@example.com", "תל אביב–יפו", "withdrawn"),
    ("יעל", "בן־דוד", "yael@example.com", "ירושלים", "granted"),
    ("אורן", "ג׳קסון", "oren@example.com", "באר שבע", ""),
    (
        "Maximiliane-Alexandra",
        "von Württemberg-Hohenzollern",
        "maximiliane.alexandra@long-name.example",
        "Haifa",
        "granted",
    ),
    ("רות", "", "ruth@example.com", "", "granted"),
    ("", "", "only-an-address@example.com", "", ""),
]
CAMPAIGNS = [
    ("ניוזלטר סתיו", "sent", 27, (18_402, 7_066, 1_480, 31)),
    ("מבצע ״חוזרים ללימודים״ – 20% על ספרי עיון", "sent", 19, (17_950, 6_020, 1_190, 55)),
    ("הזמנה לערב סופרים", "sent", 12, (4_218, 2_090, 640, 6)),
    ("Winter newsletter 2026", "sending", 0, (9_120, 1_404, 214, 3)),
    ("חנוכה: שמונה ספרים לשמונה לילות", "scheduled", None, None),
    ("טיוטה", "draft", None, None),
]


@dataclass(frozen=True)
class Site:
    """`address` of the live server; sessions by language and theme."""

    address: str
    shop: Workspace
    new: Workspace
    contact: Contact
    contact_list: ContactList
    campaign: Campaign
    draft: Campaign
    document: Document
    sessions: dict[tuple[str, str], str]

    def url(self, screen: Screen) -> str:
        if screen.path:
            return self.address + screen.path
        key = {"shop": self.shop.key, "new": self.new.key}[screen.needs]
        before = (key,) if screen.in_workspace else ()
        path = reverse(screen.url_name, args=[*before, *screen.arguments(self)])
        return f"{self.address}{path}{screen.query}"


def build(address: str) -> Site:
    now = timezone.now()
    shop = Workspace.objects.create(
        key="green-books",
        name="חנות הספר הירוקה",
        sender_name="חנות הספר הירוקה",
        sender_email="shop@green-books.example",
        legal_name="הספר הירוק בע״מ",
        postal_address="הרצל 12, חיפה",
    )
    new = Workspace.objects.create(key="new-shop", name="סטודיו חדש")
    for workspace in (shop, new):
        ContactList.objects.create(workspace=workspace, key="all", name="כל אנשי הקשר", is_all=True)
    sessions = {
        (language, theme): _member(shop, new, language, theme)
        for language in ("he", "en")
        for theme in ("light", "dark")
    }
    contacts = _people(shop, now)
    listed = _list(shop, contacts, now)
    document = Document.objects.create(
        workspace=shop, name="ניוזלטר חורף 2026", subject="[[שם פרטי]], החורף הזה קוראים יותר"
    )
    campaigns = [_campaign(shop, document, listed, now, *row) for row in CAMPAIGNS]
    _work(shop, now)
    return Site(
        address, shop, new, contacts[0], listed, campaigns[0], campaigns[-1], document, sessions
    )


def _member(shop: Workspace, new: Workspace, language: str, theme: str) -> str:
    """A member with this language and theme; answers the key of a session in which she is signed in."""
    user = User.objects.create_user(
        f"dana.{language}.{theme}@green-books.example",
        "correct horse battery",
        name="דנה לוי",
        language=language,
        theme=theme,
    )
    for workspace in (shop, new):
        Membership.objects.create(workspace=workspace, user=user, role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _people(workspace: Workspace, now: datetime) -> list[Contact]:
    rows = []
    for number in range(60):
        first, last, email, city, consent = PEOPLE[number % len(PEOPLE)]
        local, _at, domain = email.partition("@")
        rows.append(
            Contact(
                workspace=workspace,
                first_name=first,
                last_name=last,
                email=email if number < len(PEOPLE) else f"{local}{number}@{domain}",
                mobile=f"+97250{1234500 + number}" if number % 3 else "",
                city=city,
                email_consent=consent,
                source="import" if number % 2 else "staff",
                created_at=now - timedelta(days=number),
                updated_at=now,
                active_at=now - timedelta(hours=number * 7) if number % 4 else None,
            )
        )
    made = Contact.objects.bulk_create(rows)
    counters.add(workspace.pk, {"contacts": len(made)})
    return made


def _list(workspace: Workspace, contacts: list[Contact], now: datetime) -> ContactList:
    made = ContactList.objects.create(
        workspace=workspace,
        key="newsletter",
        name="ניוזלטר",
        description="נרשמו באתר",
        is_public=True,
    )
    ContactList.objects.create(workspace=workspace, key="vip", name="לקוחות VIP")
    ListMembership.objects.bulk_create(
        ListMembership(
            workspace_id=workspace.pk, list_id=made.pk, contact_id=contact.pk, joined_at=now
        )
        for contact in contacts[:40]
    )
    counters.add(workspace.pk, {f"list.{made.pk}": 40})
    return made


def _campaign(
    workspace: Workspace,
    document: Document,
    listed: ContactList,
    now: datetime,
    name: str,
    status: str,
    days_ago: int | None,
    numbers: tuple[int, int, int, int] | None,
) -> Campaign:
    started = None if days_ago is None else now - timedelta(days=days_ago, hours=2)
    made = Campaign.objects.create(
        workspace=workspace,
        name=name,
        status=status,
        document=document,
        audience={"include": [listed.pk], "exclude": []},
        scheduled_at=now + timedelta(days=2) if status == "scheduled" else None,
        started_at=started,
        finished_at=started + timedelta(minutes=9) if started and status == "sent" else None,
        planned=numbers[0] if numbers else 0,
        planning_done=bool(numbers),
    )
    if numbers:
        names = ("delivered", "opened", "clicked", "unsubscribed")
        deltas = dict(zip(names, numbers, strict=True)) | {
            "sent": numbers[0],
            "planned": numbers[0],
        }
        counters.add(workspace.pk, {f"campaign.{made.pk}.{key}": n for key, n in deltas.items()})
    return made


def _work(workspace: Workspace, now: datetime) -> None:
    rows: list[dict[str, Any]] = [
        {
            "title": f"ייבוא: {file_name('לקוחות 2026.xlsx')}",
            "state": "running",
            "done": 14_200,
            "total": 40_000,
            "started_at": now - timedelta(seconds=40),
        },
        {"title": "ייצוא: כל אנשי הקשר", "state": "queued"},
        {
            "title": f"ייבוא: {file_name('leads.csv')}",
            "state": "failed",
            "error": "הקובץ אינו טבלה. שמרו אותו כ־CSV או כ־XLSX ונסו שוב.",
            "finished_at": now - timedelta(hours=3),
        },
        {
            "title": f"ייבוא: {file_name('נרשמים מהכנס.csv')}",
            "state": "done",
            "done": 812,
            "total": 812,
            "url": "/",
            "finished_at": now - timedelta(days=1),
        },
    ]
    for row in reversed(rows):
        Work.objects.create(workspace=workspace, kind="contacts.import", **row)
