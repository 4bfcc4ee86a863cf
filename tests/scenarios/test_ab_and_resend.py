"""An A/B test and a mail sent again, from the draft to what arrived, on a clock that stands until it is moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.campaigns.abtest import Plan, ab_test_of, set_ab_test
from kesher.campaigns.models import Campaign
from kesher.campaigns.resend import resend_campaign
from kesher.contacts.models import Contact
from kesher.content.actions import save_document
from kesher.messages import receipts
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit
from tests.scenarios.conftest import Shop

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"
BLOCKS = [
    {"id": "b1", "kind": "heading", "text": "שלום [[first_name|חבר]]"},
    {"id": "b2", "kind": "button", "text": "לחנות", "url": "https://shop.example/new"},
]
FIRST, SECOND = "פרסומת: חדש על המדף", "פרסומת: מה קוראים השבוע?"


@pytest.fixture
def people(shop: Shop) -> list[Contact]:
    return [shop.person(f"אדם {number}") for number in range(60)]


def _campaign(shop: Shop, people: list[Contact]) -> Campaign:
    return shop.campaign(BLOCKS, to=shop.list("קוראים", *people))


def _opens(shop: Shop, campaign: Campaign, people: list[Contact], agent: str = PHONE) -> None:
    """Each of these opens their mail now; a minute later the worker has heard of it."""
    ids = [person.pk for person in people]
    messages = Message.objects.filter(source_id=str(campaign.pk), contact_id__in=ids)
    receipts.store_hits(
        NewHit("open", message.pk, shop.clock.now, ip="192.0.2.1", agent=agent)
        for message in messages
    )
    shop.clock.advance(timedelta(minutes=1))
    shop.drain()


def _got(shop: Shop, people: list[Contact]) -> dict[int, list[str]]:
    return {person.pk: [mail.subject for mail in shop.got(person)] for person in people}


def test_the_sample_chooses_the_subject_that_everybody_else_gets(
    shop: Shop, people: list[Contact]
) -> None:
    campaign = _campaign(shop, people)
    plan = Plan("subject", ("מה קוראים השבוע?",), 50, timedelta(hours=2), "opens")
    set_ab_test(shop.access, campaign, plan=plan)
    shop.send(campaign)
    sample = {contact: got for contact, got in _got(shop, people).items() if got}
    second = [person for person in people if sample.get(person.pk) == [SECOND]]
    first = [person for person in people if sample.get(person.pk) == [FIRST]]
    assert len(first) + len(second) == len(sample) < len(people)
    assert first
    assert len(second) >= 4

    shop.clock.advance(timedelta(hours=1))
    _opens(shop, campaign, [*second[:4], *first[:1]])
    _opens(shop, campaign, first, agent=SCANNER)  # machines that look into every mail
    shop.clock.advance(timedelta(minutes=57))
    shop.drain()
    assert {contact for contact, got in _got(shop, people).items() if got} == set(sample)

    shop.clock.advance(timedelta(minutes=5))
    shop.drain()
    got = _got(shop, people)
    assert got == {person.pk: sample.get(person.pk, [SECOND]) for person in people}
    test = ab_test_of(campaign)
    assert test is not None
    assert test.winner is not None
    assert (test.winner.letter, test.decided_how) == ("B", "rate")
    assert Campaign.objects.get(pk=campaign.pk).status == "sent"


def test_who_did_not_open_gets_it_once_more_and_nobody_else(
    shop: Shop, people: list[Contact]
) -> None:
    campaign = _campaign(shop, people)
    shop.send(campaign)
    shop.clock.advance(timedelta(minutes=10))
    _opens(shop, campaign, people[:10])
    receipts.unsubscribe(
        Message.objects.get(source_id=str(campaign.pk), contact_id=people[10].pk).pk,
        now=shop.clock.now,
        reason="too_many",
    )
    shop.clock.advance(timedelta(days=2))

    again = resend_campaign(shop.access, campaign)
    _rename(shop, again, "אולי פספסתם")
    _opens(shop, campaign, people[11:15])  # after the draft was made, before it leaves
    shop.send(again)

    got = _got(shop, people)
    both = [FIRST, "פרסומת: אולי פספסתם"]
    assert got == {
        person.pk: both if number >= 15 else [FIRST] for number, person in enumerate(people)
    }


def test_pulses_ask_again_before_each_mail_who_opened_the_first(
    shop: Shop, people: list[Contact]
) -> None:
    from kesher.campaigns import actions

    campaign = _campaign(shop, people)
    shop.send(campaign)
    shop.clock.advance(timedelta(days=2))
    again = resend_campaign(shop.access, campaign)
    _rename(shop, again, "אולי פספסתם")
    hour = timedelta(hours=1)
    actions.send_campaign(shop.access, again, now=shop.clock.now, pulse_size=20, pulse_every=hour)
    shop.drain()

    _opens(shop, campaign, people[30:40])
    for _pulse in range(3):
        shop.clock.advance(hour)
        shop.drain()

    twice = {contact for contact, got in _got(shop, people).items() if len(got) == 2}
    assert twice == {person.pk for person in [*people[:30], *people[40:]]}


def _rename(shop: Shop, campaign: Campaign, subject: str) -> None:
    """A new subject for the second time."""
    document: Any = campaign.document
    save_document(
        shop.access,
        document,
        body=document.body,
        subject=subject,
        preheader=document.preheader,
        name=document.name,
        revision=document.revision,
    )
    campaign.refresh_from_db()


def test_an_english_advertisement_begins_with_the_word_and_keeps_its_full_stop(
    shop: Shop, people: list[Contact]
) -> None:
    campaign = _campaign(shop, people[:1])
    document = campaign.document
    document.body = {**document.body, "language": "en", "direction": "ltr"}
    document.subject = "New books, [[first_name]]."
    document.save()

    shop.send(campaign)

    subject = shop.got(people[0])[0].subject
    assert subject.startswith("פרסומת: \u2066New books, ")
    assert subject.endswith(".\u2069")


def test_a_staged_send_to_a_segment_repeats_nobody_and_honours_who_left(
    shop: Shop, people: list[Contact]
) -> None:
    """E-35 with a segment: no pulse over the limit, pause and resume, leaving between pulses."""
    from kesher.campaigns import actions
    from kesher.campaigns.moves import move_campaign
    from kesher.segments.actions import create_segment
    from kesher.segments.audience import Audience, Part

    Contact.objects.filter(pk__in=[person.pk for person in people]).update(city="חיפה")
    rule = {"field": "city", "op": "equals", "value": "חיפה"}
    segment = create_segment(shop.access, name="חיפה", rule=rule, now=shop.clock.now)
    campaign = _campaign(shop, people[:1])
    audience = Audience((Part("segment", segment.pk),))
    actions.set_audience(shop.access, campaign, audience=audience)
    campaign.refresh_from_db()
    hour = timedelta(hours=1)
    actions.send_campaign(
        shop.access, campaign, now=shop.clock.now, pulse_size=20, pulse_every=hour
    )
    shop.drain()
    sizes = [sum(map(len, _got(shop, people).values()))]

    Contact.objects.filter(pk=people[-1].pk).update(email_consent="withdrawn")
    move_campaign(shop.access, campaign, "pause", now=shop.clock.now)
    shop.clock.advance(3 * hour)
    shop.drain()
    sizes.append(sum(map(len, _got(shop, people).values())))
    move_campaign(shop.access, campaign, "resume", now=shop.clock.now)
    for _pulse in range(4):
        shop.drain()
        sizes.append(sum(map(len, _got(shop, people).values())))
        shop.clock.advance(hour)

    assert sizes == [20, 20, 40, 59, 59, 59]
    assert _got(shop, people[-1:]) == {people[-1].pk: []}
    assert max(map(len, _got(shop, people).values())) == 1
