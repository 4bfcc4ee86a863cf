"""Sending again to those who got it and did not open, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions, planning
from kesher.campaigns.audience import count_audience
from kesher.campaigns.checks import problems_of
from kesher.campaigns.errors import BadValue
from kesher.campaigns.models import Campaign
from kesher.campaigns.resend import resend_campaign
from kesher.contacts.models import Contact
from kesher.messages import sender
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    yield
    sender.close()


def _advance(now: datetime) -> None:
    for _step in range(30):
        sent = sender.send_due(now, limit=1000)
        if not planning.advance(now) and not sent:
            return


def _messages(campaign: Campaign) -> Any:
    return Message.objects.filter(source="campaign", source_id=str(campaign.pk))


@pytest.fixture
def sent(access: Access, ready: Campaign, people: list[Contact], now: datetime) -> Campaign:
    """To 25: 0–4 opened, 5 clicked without images, 6 bounced, 7 complained, 8 unsubscribed."""
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    _advance(now)
    ids = [person.pk for person in people]
    _messages(ready).filter(contact_id__in=ids[:5]).update(opened_at=now)
    _messages(ready).filter(contact_id=ids[5]).update(clicked_at=now)
    _messages(ready).filter(contact_id=ids[6]).update(bounced_at=now)
    _messages(ready).filter(contact_id=ids[7]).update(complained_at=now)
    _messages(ready).filter(contact_id=ids[8]).update(unsubscribed_at=now)
    _messages(ready).filter(contact_id=ids[9]).update(machine_opened_at=now)
    ready.refresh_from_db()
    return ready


def test_only_those_who_did_not_open_get_it_again(
    access: Access, sent: Campaign, people: list[Contact], now: datetime
) -> None:
    again = resend_campaign(access, sent)
    assert count_audience(again, now).people == 16

    actions.send_campaign(access, again, now=now + 2 * DAY)
    _advance(now + 2 * DAY)

    got = sorted(_messages(again).values_list("contact_id", flat=True))
    assert got == [person.pk for person in people[9:]]
    assert again.document.subject == "חורף, [[first_name]]"


def test_who_opens_the_first_one_before_theirs_leaves_gets_nothing(
    access: Access, sent: Campaign, people: list[Contact], now: datetime
) -> None:
    again = resend_campaign(access, sent)
    actions.send_campaign(access, again, now=now + 2 * DAY)
    while planning.advance(now + 2 * DAY):
        pass
    _messages(sent).filter(contact_id=people[20].pk).update(opened_at=now + 2 * DAY)

    _advance(now + 2 * DAY)

    message = _messages(again).get(contact_id=people[20].pk)
    assert (message.status, message.reason) == ("refused", "opened_meanwhile")
    assert _messages(again).filter(status="sent").count() == 15


def test_two_clicks_make_one_draft_and_after_sending_none(
    access: Access, sent: Campaign, now: datetime
) -> None:
    again = resend_campaign(access, sent)
    assert resend_campaign(access, sent) == again

    actions.send_campaign(access, again, now=now + 2 * DAY)

    with pytest.raises(BadValue):
        resend_campaign(access, sent)
    with pytest.raises(BadValue):
        resend_campaign(access, again)


def test_nobody_gets_a_third_mail_when_the_second_was_cancelled_midway(
    access: Access, sent: Campaign, people: list[Contact], now: datetime
) -> None:
    again = resend_campaign(access, sent)
    actions.send_campaign(access, again, now=now + 2 * DAY)
    _advance(now + 2 * DAY)
    Campaign.objects.filter(pk=again.pk).update(status="cancelled")
    _messages(again).filter(contact_id=people[24].pk).update(status="refused")

    third = resend_campaign(access, sent)

    assert third != again
    assert count_audience(third, now).people == 1


def test_it_warns_of_haste_and_of_the_same_subject(
    access: Access, sent: Campaign, now: datetime
) -> None:
    again = resend_campaign(access, sent)

    soon = {problem.key for problem in problems_of(again, None, now=now)}
    later = {problem.key for problem in problems_of(again, None, now=now + 2 * DAY)}

    assert soon - later == {"resend_soon"}
    assert "same_subject" in later
