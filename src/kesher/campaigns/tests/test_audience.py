"""Audiences of lists and segments: who is in, asked when their turn comes, and who can be reached on the channel."""

from __future__ import annotations

from datetime import datetime

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions, planning
from kesher.campaigns.audience import Count, count_audience
from kesher.campaigns.errors import BadValue
from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact, ContactList
from kesher.messages.models import Message
from kesher.segments.actions import archive_segment, create_segment
from kesher.segments.audience import Audience, Part
from kesher.segments.models import Segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def haifa(access: Access, people: list[Contact], now: datetime) -> Segment:
    """The first ten."""
    Contact.objects.filter(pk__in=[person.pk for person in people[:10]]).update(city="חיפה")
    return create_segment(
        access, name="חיפה", rule={"field": "city", "op": "equals", "value": "חיפה"}, now=now
    )


def _set(access: Access, campaign: Campaign, audience: Audience) -> None:
    actions.set_audience(access, campaign, audience=audience)
    campaign.refresh_from_db()


def test_lists_and_segments_join_meet_and_part(
    access: Access, ready: Campaign, readers: ContactList, haifa: Segment, now: datetime
) -> None:
    listed, segment = Part("list", readers.pk), Part("segment", haifa.pk)

    sizes = []
    for audience in (
        Audience((segment,)),
        Audience((listed, segment)),
        Audience((listed,), (segment,)),
        Audience((listed,), (), (segment,)),
    ):
        _set(access, ready, audience)
        sizes.append(count_audience(ready, now).people)

    assert sizes == [10, 25, 10, 15]


def test_a_segment_that_changes_while_planning_is_asked_as_it_is_at_each_chunk(
    access: Access,
    ready: Campaign,
    people: list[Contact],
    haifa: Segment,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set(access, ready, Audience((Part("segment", haifa.pk),)))
    monkeypatch.setattr(planning, "CHUNK", 5)
    actions.send_campaign(access, ready, now=now)
    planning.advance(now)
    first = set(Message.objects.values_list("contact_id", flat=True))
    # The first two leave the segment after their turn, the eighth before it; the last one comes in.
    Contact.objects.filter(pk__in=[people[0].pk, people[1].pk, people[7].pk]).update(city="עכו")
    Contact.objects.filter(pk=people[24].pk).update(city="חיפה")

    while planning.advance(now):
        pass

    planned = set(Message.objects.values_list("contact_id", flat=True))
    assert first == {person.pk for person in people[:5]}
    wanted = {person.pk for person in people[:10]} - {people[7].pk} | {people[24].pk}
    assert planned == wanted


def test_reach_is_counted_for_the_channel(
    access: Access, ready: Campaign, noa: Contact, dan: Contact, yael: Contact, now: datetime
) -> None:
    everybody = ContactList.objects.get(workspace=access.workspace, is_all=True)
    sms = actions.create_campaign(access, name="קופון", channel="sms")
    _set(access, sms, Audience((Part("list", everybody.pk),), (), (Part("list", _readers(ready)),)))

    assert count_audience(sms, now) == Count(3, 1, 1, 1, 0)


def test_a_text_without_words_is_not_sent(access: Access, now: datetime) -> None:
    from kesher.campaigns.checks import problems_of

    sms = actions.create_campaign(access, name="ריק", channel="sms")

    assert {"no_content", "no_audience"} == {one.key for one in problems_of(sms, None, now=now)}


def _readers(ready: Campaign) -> int:
    return Audience.of(ready.audience).include[0].id


def test_an_audience_of_ids_from_before_segments_still_reads(
    ready: Campaign, readers: ContactList, now: datetime
) -> None:
    ready.audience = {"include": [readers.pk], "exclude": []}

    assert count_audience(ready, now).people == 25


def test_a_segment_put_away_cannot_be_chosen_and_is_said_to_be_gone(
    access: Access, ready: Campaign, haifa: Segment, now: datetime
) -> None:
    _set(access, ready, Audience((Part("segment", haifa.pk),)))
    archive_segment(access, haifa, now=now)

    with pytest.raises(BadValue):
        _set(access, ready, Audience((Part("segment", haifa.pk),)))
    from kesher.campaigns.checks import problems_of

    assert "part_gone" in {problem.key for problem in problems_of(ready, None, now=now)}


def test_an_opened_campaign_is_a_condition_like_any_other(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    from kesher.campaigns.facets import FACETS
    from kesher.events.log import NewEvent, record_many

    actions.send_campaign(access, ready, now=now)
    data = {"message_id": 1, "source": "campaign", "source_id": str(ready.pk), "subject": ""}
    events = [
        NewEvent("message.sent", person.pk, now, data, source="campaign") for person in people[:6]
    ]
    events += [
        NewEvent("message.opened", person.pk, now, data, source="campaign") for person in people[:2]
    ]
    record_many(access.workspace.pk, events)

    sizes = {}
    for facet in ("sent", "opened", "not_opened"):
        rule = FACETS[facet].rule(ready.pk)
        assert rule is not None
        segment = create_segment(access, name=facet, rule=rule, now=now)
        draft = actions.create_campaign(access, name=facet)
        _set(access, draft, Audience((Part("segment", segment.pk),)))
        sizes[facet] = count_audience(draft, now).people

    assert sizes == {"sent": 6, "opened": 2, "not_opened": 4}
