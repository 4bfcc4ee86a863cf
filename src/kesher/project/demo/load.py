"""Loading the demo: people, lists, campaigns that were sent, one that is scheduled to be written."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from kesher.accounts.access import Access
from kesher.accounts.actions import create_workspace, update_workspace
from kesher.accounts.models import User, Workspace
from kesher.campaigns import abtest, planning, rollup
from kesher.campaigns import actions as campaign_actions
from kesher.campaigns.models import Campaign
from kesher.contacts.consent import record_consent
from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact, ContactList
from kesher.content.actions import save_document
from kesher.content.models import TrackedLink
from kesher.events import counters, log
from kesher.lib import clock, sql
from kesher.messages import receipts, sender
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit
from kesher.project.demo.desk import add_desk
from kesher.project.demo.journeys import add_journeys
from kesher.project.demo.people import Person, draw_people
from kesher.project.demo.segments import add_segments
from kesher.project.demo.texts import click, in_pieces
from kesher.project.demo.words import CAMPAIGNS, DRAFT, FIELDS, LISTS, Story
from kesher.segments.audience import Audience, Part

EMAIL = "dana@green-books.example"
LOGIN_FILE = "demo-password"
PEOPLE, SEED = 2_000, 20_261_117
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


def load(*, people: int = PEOPLE, now: datetime | None = None) -> str:
    """Make the demo once; answers how to sign in. The password is drawn and kept in the data folder."""
    password = _password()
    if not Workspace.objects.filter(is_demo=True).exists():
        _make(people, password, now or clock.now())
    return f"demo: sign in as {EMAIL} with the password {password}"


def _password() -> str:
    path = Path(settings.HOME) / LOGIN_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()


def _make(people: int, password: str, now: datetime) -> None:
    access = _shop(password)
    drawn = draw_people(people, SEED, now)
    with transaction.atomic():
        contacts = _write_people(access, drawn, now)
        lists = _write_lists(access, drawn, contacts, now)
        _write_consents(access, drawn, contacts, now)
    chance = random.Random(SEED)  # noqa: S311
    eager = {contact.pk: person.eagerness for contact, person in zip(contacts, drawn, strict=True)}
    for story in CAMPAIGNS:
        _tell(access, story, lists, eager, chance, _morning(access, now, story.days_ago))
    _draft(access, lists)
    add_segments(access, now)
    add_journeys(access, now, chance)
    add_desk(access, now)
    _finish(access)


def _finish(access: Access) -> None:
    """From now on it is whole: a start before this is taken up by the next."""
    Workspace.objects.filter(pk=access.workspace.pk).update(is_demo=True)


def _shop(password: str) -> Access:
    """The owner and the workspace; what a start that was cut short left is taken up, not doubled."""
    left = Workspace.objects.filter(
        key="green-books", is_demo=False, memberships__user__email=EMAIL
    )
    Campaign.objects.filter(workspace__in=list(left)).delete()  # they hold on to their documents
    left.delete()
    User.objects.filter(email=EMAIL).delete()
    owner = User.objects.create_user(EMAIL, password, name="דנה לוי")
    workspace = create_workspace(owner, name="Green Books", language="he")
    access = Access(workspace, "owner", user=owner)
    update_workspace(
        access,
        values={
            "name": "חנות הספר הירוקה",
            "sender_name": "חנות הספר הירוקה",
            "sender_email": "shop@green-books.example",
            "reply_to": "dana@green-books.example",
            "legal_name": "הספר הירוק בע״מ",
            "postal_address": "הרצל 12, חיפה",
            "phone": "+97248123456",
            "website": "https://green-books.example/",
        },
    )
    for label, kind, options in FIELDS:
        create_field(access, label=label, type=kind, options=options)
    return access


def _write_people(access: Access, people: list[Person], now: datetime) -> list[Contact]:
    names = ("genres", "purchases", "last_purchase", "club", "rating", "clicks")
    keys = dict(zip(names, _field_keys(access), strict=True))
    rows = [
        Contact(
            workspace=access.workspace,
            email=person.email,
            mobile=person.mobile,
            first_name=person.first_name,
            last_name=person.last_name,
            city=person.city,
            birthday=person.birthday,
            fields={keys[name]: value for name, value in person.fields.items()},
            source=person.source,
            created_at=person.since,
            updated_at=person.since,
        )
        for person in people
    ]
    made = Contact.objects.bulk_create(rows, batch_size=1000)
    counters.add(access.workspace.pk, {"contacts": len(made)})
    _record(
        access,
        (
            log.NewEvent(
                "contact.created", row.pk, row.created_at, {"source": row.source}, row.source
            )
            for row in made
        ),
    )
    return made


def _field_keys(access: Access) -> list[str]:
    return list(
        access.workspace.contact_fields.order_by("position", "pk").values_list("key", flat=True)
    )


def _record(access: Access, events: Iterable[log.NewEvent]) -> None:
    waiting = list(events)
    for start in range(0, len(waiting), 1000):
        log.record_many(access.workspace.pk, waiting[start : start + 1000])


def _write_lists(
    access: Access, people: list[Person], contacts: list[Contact], now: datetime
) -> dict[str, ContactList]:
    made: dict[str, ContactList] = {}
    for key, name, description, is_public in LISTS:
        known = ContactList.objects.filter(workspace=access.workspace, name=name).first()
        row = known or create_list(access, name=name, description=description, is_public=is_public)
        made[key] = row
        members = [
            contact.pk
            for contact, person in zip(contacts, people, strict=True)
            if key in person.lists
        ]
        join_list(
            access.workspace.pk, list_id=row.pk, contact_ids=members, now=now, source="import"
        )
    _age_memberships(access)
    return made


# Who joined a list did so when they came, not when the demo was loaded.
_AGE = """
UPDATE list_membership m SET joined_at = c.created_at FROM contact c
WHERE m.workspace_id = %(workspace)s AND c.workspace_id = %(workspace)s AND c.id = m.contact_id
"""
_AGE_EVENTS = """
UPDATE event e SET at = c.created_at + interval '1 minute' FROM contact c
WHERE e.workspace_id = %(workspace)s AND c.workspace_id = %(workspace)s AND c.id = e.contact_id
  AND e.kind = ANY(%(kinds)s)
"""


def _age_memberships(access: Access) -> None:
    sql.execute(_AGE, {"workspace": access.workspace.pk})


def _write_consents(
    access: Access, people: list[Person], contacts: list[Contact], now: datetime
) -> None:
    pairs = list(zip(contacts, people, strict=True))
    wanted = [
        ("email", "granted", [c.pk for c, p in pairs if p.consent in ("granted", "withdrawn")]),
        ("sms", "granted", [c.pk for c, p in pairs if p.sms_consent]),
        ("email", "withdrawn", [c.pk for c, p in pairs if p.consent == "withdrawn"]),
    ]
    for channel, state, numbers in wanted:
        basis = "link" if state == "withdrawn" else "import"
        evidence = (
            {} if state == "withdrawn" else {"statement": "נרשמו בחנות או באתר וסימנו הסכמה לדיוור"}
        )
        record_consent(
            access.workspace.pk,
            contact_ids=numbers,
            channel=channel,
            state=state,
            basis=basis,
            evidence=evidence,
            now=now,
        )
    kinds = ["list.joined", "consent.granted", "consent.withdrawn"]
    sql.execute(_AGE_EVENTS, {"workspace": access.workspace.pk, "kinds": kinds})


def _tell(
    access: Access,
    story: Story,
    lists: dict[str, ContactList],
    eager: dict[int, float],
    chance: random.Random,
    at: datetime,
) -> None:
    """Write, send and let people react to one campaign, at its time in the past."""
    campaign = _write(access, story, lists)
    if story.rival:
        plan = abtest.Plan("subject", (story.rival,), 100, timedelta(hours=4), "opens")
        abtest.set_ab_test(access, campaign, plan=plan)
    campaign_actions.send_campaign(access, campaign, now=at)
    while planning.advance(at):
        pass
    while sender.send_due(at, limit=1000):
        pass
    planning.advance(at + timedelta(minutes=2))
    _date_back(access, campaign, at)
    if story.pieces:
        click(access, campaign, chance, at)
    else:
        _react(access, campaign, eager, chance, at)
    campaign.refresh_from_db()
    rollup.refresh(campaign)


# The sender writes down the true time of sending: move it to the story's.
_DATE_BACK = (
    """UPDATE message SET sent_at = %(at)s, delivered_at = %(at)s
    WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s AND sent_at IS NOT NULL""",
    """UPDATE local_message l SET received_at = %(at)s FROM message m
    WHERE l.workspace_id = %(workspace)s AND m.workspace_id = %(workspace)s AND m.id = l.message_id
      AND m.source = 'campaign' AND m.source_id = %(campaign)s""",
    """UPDATE event SET at = %(at)s
    WHERE workspace_id = %(workspace)s AND kind = ANY('{message.sent,message.delivered,message.refused}')
      AND data ->> 'source_id' = %(campaign)s AND at > %(at)s""",
    """UPDATE campaign SET finished_at = %(at)s + interval '2 minutes' WHERE workspace_id = %(workspace)s
      AND id = %(campaign)s::bigint AND finished_at IS NOT NULL""",
)


def _date_back(access: Access, campaign: Campaign, at: datetime) -> None:
    for statement in _DATE_BACK:
        sql.execute(
            statement, {"workspace": access.workspace.pk, "campaign": str(campaign.pk), "at": at}
        )


def _morning(access: Access, now: datetime, days_ago: int) -> datetime:
    """Ten o'clock on the shop's clock, some days ago."""
    local = now.astimezone(ZoneInfo(access.workspace.time_zone)) - timedelta(days=days_ago)
    return local.replace(hour=10, minute=0, second=0, microsecond=0)


def _write(access: Access, story: Story, lists: dict[str, ContactList]) -> Campaign:
    campaign = campaign_actions.create_campaign(
        access,
        name=story.name,
        channel="sms" if story.pieces else "email",
        template=story.template or None,
    )
    document = campaign.document
    save_document(
        access,
        document,
        body=_body(access, story, lists, document.body),
        subject=story.subject,
        preheader=story.preheader,
        name=story.name,
        revision=document.revision,
    )
    audience = Audience(
        tuple(Part("list", lists[key].pk) for key in story.include),
        exclude=tuple(Part("list", lists[key].pk) for key in story.exclude),
    )
    campaign_actions.set_audience(access, campaign, audience=audience)
    return Campaign.objects.get(pk=campaign.pk)


def _body(
    access: Access, story: Story, lists: dict[str, ContactList], body: dict[str, Any]
) -> dict[str, Any]:
    if story.pieces:
        return in_pieces(body, story)
    if story.joins is None:
        return body
    key, label = story.joins
    field = access.workspace.contact_fields.get(label=label)
    smart = {
        "add_to_lists": [lists[key].key],
        "changes": [{"field": field.key, "do": "add", "value": 1}],
    }
    blocks = [
        {**block, "smart": smart} if block["kind"] == "button" else block
        for block in body["blocks"]
    ]
    return {**body, "blocks": blocks}


def _draft(access: Access, lists: dict[str, ContactList]) -> None:
    _write(access, DRAFT, lists)


def _react(
    access: Access, campaign: Campaign, eager: dict[int, float], chance: random.Random, at: datetime
) -> None:
    """Opens, clicks, machines, bounces, one or two complaints and some who leave."""
    campaign.refresh_from_db()
    links = list(
        TrackedLink.objects.filter(version=campaign.version).values_list("number", flat=True)
    )
    sent = Message.objects.filter(
        workspace_id=access.workspace.pk,
        source="campaign",
        source_id=str(campaign.pk),
        status="sent",
    ).order_by("pk")
    hits: list[NewHit] = []
    leaving: list[tuple[int, datetime]] = []
    for message_id, contact_id in sent.values_list("pk", "contact_id"):
        roll = chance.random()
        if roll < 0.012:
            receipts.record_bounce(
                message_id,
                now=at + timedelta(minutes=3),
                hard=chance.random() < 0.7,
                text="550 5.1.1",
            )
            continue
        opened = _opened(hits, message_id, eager.get(contact_id or 0, 0.3), links, chance, at)
        if opened is not None and chance.random() < 0.008:
            leaving.append((message_id, opened + timedelta(minutes=1)))
        elif opened is not None and chance.random() < 0.001:
            receipts.record_complaint(message_id, now=opened)
    receipts.store_hits(sorted(hits, key=lambda hit: hit.at))
    while receipts.digest_hits(clock.now()):
        pass
    for message_id, moment in leaving:
        reason = chance.choice(["too_many", "not_relevant", "other"])
        receipts.unsubscribe(message_id, now=moment, reason=reason)


def _opened(
    hits: list[NewHit],
    message_id: int,
    eagerness: float,
    links: list[int],
    chance: random.Random,
    at: datetime,
) -> datetime | None:
    """Add this person's hits; answers when they opened, None if they did not."""
    if chance.random() < 0.07:
        hits.append(
            NewHit(
                "open", message_id, at + timedelta(seconds=chance.uniform(0.4, 1.5)), agent=SCANNER
            )
        )
    if chance.random() > eagerness:
        return None
    moment = at + timedelta(minutes=4 + chance.expovariate(1 / 420))
    agent = chance.choices([PHONE, COMPUTER, PROXY], [0.55, 0.3, 0.15])[0]
    hits.append(NewHit("open", message_id, moment, ip="192.0.2.10", agent=agent))
    if links and chance.random() < 0.11 + 0.22 * eagerness:
        chosen = links[min(int(chance.expovariate(0.9)), len(links) - 1)]
        clicked = moment + timedelta(seconds=chance.uniform(6, 90))
        agent = PHONE if agent == PROXY else agent
        hits.append(NewHit("click", message_id, clicked, chosen, "192.0.2.10", agent))
    return moment
