"""What the demo shop lacks for its photographs: long names, imports in every state, keys, a team, a failed job."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from kesher.accounts.access import Access
from kesher.accounts.actions import SCOPES, create_api_key, invite_member
from kesher.accounts.models import Membership, User, Work, Workspace
from kesher.campaigns import actions as campaigns
from kesher.campaigns.models import Campaign
from kesher.channels import accounts, domains
from kesher.channels.models import LocalMessage
from kesher.contacts import consent, lists, suppression
from kesher.contacts.imports import actions as imports
from kesher.contacts.imports import mapping, plan
from kesher.contacts.imports.run import run_import
from kesher.contacts.models import Contact, ContactList, Field, Note
from kesher.content.actions import archive_document, create_document
from kesher.lib.bidi import file_name
from kesher.messages.models import Message
from kesher.messages.receipts import unsubscribe
from kesher.messages.tokens import message_token
from tests.photos.sample_campaigns import add_campaigns
from tests.photos.sample_canvas import add_canvases
from tests.photos.sample_desk import add_desk
from tests.photos.sample_journeys import add_journeys
from tests.photos.sample_many import add_many
from tests.photos.sample_rehearsals import add_rehearsals
from tests.photos.sample_segments import add_segments
from tests.photos.sample_targeting import add_targeting
from tests.photos.sample_texts import add_texts

FILE = """שם מלא,דוא"ל,טלפון נייד,עיר,תאריך לידה,סופר אהוב,הערות
נועה כהן,noa.cohen@example.com,050-123-4567,חיפה,17.3.1988,עמוס עוז,
דן לוי,dan.levi@example.com,0521234567,תל אביב,1.12.1975,מאיר שלו,"מעדיף מסירה בחנות"
Maximiliane von Württemberg-Hohenzollern,maximiliane.alexandra@very-long-name.example,+44 20 7946 0958,London,,,
יעל בן־דוד,yael@,,ירושלים,31.2.1990,דויד גרוסמן,
,,,,,,
אורן ג׳קסון,oren@example.com,054-765-4321,באר שבע,5/6/1991,,
רות,ruth(at)example.com,12,אילת,,צרויה שלו,
"""


def add_to(access: Access, *, now: datetime) -> dict[str, int | str]:
    """Fill the demo shop; answers ids and tokens by name."""
    made: dict[str, int | str] = {}
    made |= _contacts(access, now)
    made |= _imports(access, now)
    made |= _content(access, now)
    made |= _campaigns(access, now)
    made |= _settings(access, now)
    made |= _mails(access, now)
    made |= add_segments(access, now)
    made |= add_journeys(access, now)
    made |= add_canvases(access, now)
    made |= add_rehearsals(access, now)
    made |= add_targeting(access)
    made |= add_texts(access, now=now)
    made |= add_many(access, now)
    made |= add_desk(access, int(made["contact"]), now)
    _work(access.workspace, now)
    return made


def add_all_contacts(workspace: Workspace) -> None:
    ContactList.objects.get_or_create(
        workspace=workspace, is_all=True, defaults={"key": "all", "name": "כל אנשי הקשר"}
    )


def _contacts(access: Access, now: datetime) -> dict[str, int | str]:
    workspace = access.workspace
    rows: list[dict[str, Any]] = [
        {"first_name": "Maximiliane-Alexandra", "last_name": "von Württemberg-Hohenzollern",
         "email": "maximiliane.alexandra@very-long-name.example", "city": "Friedrichshafen am Bodensee"},
        {"email": "only-an-address@example.com"},
        {"mobile": "+972501239876"},
        {"first_name": "רות", "email": "ruth@example.com", "city": "קריית שמונה"},
        {"first_name": "רות", "last_name": "אלמוג", "mobile": "+972521112233", "city": "חיפה"},
    ]  # fmt: skip
    people = Contact.objects.bulk_create(
        Contact(workspace=workspace, created_at=now, updated_at=now, source="staff", **row)
        for row in rows
    )
    _consents(workspace, people[3], now)
    reader = _reader(workspace)
    Note.objects.create(
        workspace=workspace,
        contact=reader,
        user=access.user,
        text="ביקשה שנשמור לה עותק חתום של הספר החדש.\nלחזור אליה אחרי החג.",
    )
    suppression.suppress(
        workspace,
        channel="email",
        addresses=["blocked@example.com", "old-address@very-long-domain-name.example"],
        reason="blocked",
        now=now,
        source="staff",
    )
    listed = ContactList.objects.filter(workspace=workspace, is_all=False).first()
    chosen = Field.objects.filter(workspace=workspace, type="choices").first()
    assert listed
    assert chosen
    twins = {"ruth": people[3].pk, "other_ruth": people[4].pk, "bare": people[1].pk}
    return {"contact": reader.pk, "list": listed.pk, "field": chosen.pk, **twins}


def _reader(workspace: Workspace) -> Contact:
    """Somebody who was sent mail and clicked in it."""
    clicked = Message.objects.filter(workspace_id=workspace.pk, clicked_at__isnull=False)
    number = clicked.order_by("-pk").values_list("contact_id", flat=True)[0]
    return Contact.objects.get(pk=number)


def _consents(workspace: Workspace, contact: Contact, now: datetime) -> None:
    for state, basis, days in (("granted", "staff", 90), ("withdrawn", "link", 3)):
        consent.record_consent(
            workspace.pk,
            contact_ids=[contact.pk],
            channel="email",
            state=state,
            basis=basis,
            evidence={"statement": "ביקשה בטלפון"} if basis == "staff" else {},
            now=now - timedelta(days=days),
        )


def _imports(access: Access, now: datetime) -> dict[str, int | str]:
    waiting = imports.receive(access, chunks=[FILE.encode()], name="לקוחות מהכנס 2026.csv")
    done = imports.receive(access, chunks=[FILE.encode()], name="לקוחות ותיקים.csv")
    joined = lists.create_list(access, name="מהכנס בנובמבר")
    options = plan.Options(
        lists=(joined.pk,), consent=plan.AGREED, channels=("email",), statement="נרשמו בדוכן בכנס"
    )
    imports.choose(done, entries=mapping.from_json(done.mapping), options=options)
    done = imports.start(access, done, now=now)
    run_import(done.pk, clock=timezone.now)
    return {"import": waiting.pk, "import_done": done.pk}


def _content(access: Access, now: datetime) -> dict[str, int | str]:
    create_document(access, kind="email", name="הזמנה לערב סופרים", template="offer-he")
    english = create_document(access, kind="email", name="Winter letter", template="newsletter-en")
    old = create_document(access, kind="email", name="מבצע ישן", template="offer-he")
    archive_document(access, old, now=now)
    return {"document_en": english.pk}


def _campaigns(access: Access, now: datetime) -> dict[str, int | str]:
    workspace = access.workspace
    sent = Campaign.objects.filter(workspace=workspace, status="sent", channel="email").order_by(
        "-pk"
    )[0]
    draft = Campaign.objects.filter(workspace=workspace, status="draft").order_by("-pk")[0]
    scheduled = campaigns.duplicate_campaign(access, draft)
    campaigns.rename_campaign(
        access, scheduled, name="חנוכה: שמונה ספרים לשמונה לילות, ו־20% על ״ספרי עיון״"
    )
    campaigns.send_campaign(
        access, Campaign.objects.get(pk=scheduled.pk), now=now, at=now + timedelta(days=2)
    )
    empty = campaigns.create_campaign(access, name="ללא כותרת")
    assert draft.document
    return {
        "campaign": sent.pk,
        "draft": draft.pk,
        "scheduled": scheduled.pk,
        "empty": empty.pk,
        "document": draft.document.pk,
        **add_campaigns(access, draft=draft, sent=sent, now=now),
    }


def _settings(access: Access, now: datetime) -> dict[str, int | str]:
    workspace = access.workspace
    for name, email, role in (
        ("יונתן ברק", "yonatan@green-books.example", "manager"),
        ("", "long.address.of.an.editor@green-books.example", "editor"),
        ("Ruth Weinstein", "ruth.w@green-books.example", "viewer"),
    ):
        user = User.objects.create_user(email, "correct horse battery", name=name)
        Membership.objects.create(workspace=workspace, user=user, role=role)
    invited = invite_member(access, email="new.colleague@example.com", role="editor", now=now)
    create_api_key(access, name="האתר שלנו", scopes=list(SCOPES)[:2])
    create_api_key(access, name="חנות מקוונת", scopes=list(SCOPES))
    accounts.default_account(workspace, "email")
    server = accounts.save_account(
        access,
        provider="smtp",
        name="שרת הדואר של החברה",
        values={"host": "smtp.green-books.example", "port": "587"},
        account=None,
    )
    domain = domains.add_domain(access, domain="green-books.example")
    return {"account": server.pk, "domain": domain.pk, "invitation": invited.token}


def _mails(access: Access, now: datetime) -> dict[str, int | str]:
    kept = LocalMessage.objects.filter(workspace_id=access.workspace.pk, channel="email").order_by(
        "-pk"
    )
    LocalMessage.objects.filter(pk__in=[row.pk for row in kept[5:]]).update(
        seen_at=kept[0].received_at
    )
    readers = Message.objects.filter(
        workspace_id=access.workspace.pk,
        channel="email",
        clicked_at__isnull=False,
        unsubscribed_at__isnull=True,
    ).order_by("-pk")
    reader, leaver = readers[1], readers[2]
    unsubscribe(leaver.pk, now=now, reason="too_many")
    return {
        "mail": kept[0].pk,
        "token": message_token(reader.pk),
        "gone_token": message_token(leaver.pk),
    }


def _work(workspace: Workspace, now: datetime) -> None:
    rows: list[dict[str, Any]] = [
        {"title": f"ייבוא: {file_name('לקוחות 2026.xlsx')}", "state": "running", "done": 14_200,
         "total": 40_000, "started_at": now - timedelta(seconds=40)},
        {"title": "ייצוא: כל אנשי הקשר", "state": "queued"},
        {"title": f"ייבוא: {file_name('leads.csv')}", "state": "failed",
         "error": "הקובץ אינו טבלה. שמרו אותו כ־CSV או כ־XLSX ונסו שוב.",
         "finished_at": now - timedelta(hours=3)},
        {"title": f"ייבוא: {file_name('נרשמים מהכנס.csv')}", "state": "done", "done": 812,
         "total": 812, "url": "/", "finished_at": now - timedelta(days=1)},
    ]  # fmt: skip
    for row in reversed(rows):
        Work.objects.create(workspace=workspace, kind="contacts.import", **row)
