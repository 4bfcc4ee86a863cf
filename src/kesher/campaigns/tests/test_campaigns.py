"""A campaign from draft to sent: checks, planning, pulses, pausing, and what two people may do to it at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions, planning
from kesher.campaigns.audience import count_audience
from kesher.campaigns.errors import BadValue, CannotSend, WrongState
from kesher.campaigns.models import Campaign
from kesher.campaigns.moves import move_campaign
from kesher.contacts.consent import record_consent
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact, ContactList
from kesher.content.models import Version
from kesher.messages.models import Message
from kesher.segments.audience import Audience, Part

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def _advance(now: datetime) -> None:
    for _step in range(50):
        if not planning.advance(now):
            return


def _released(campaign: Campaign) -> int:
    return Message.objects.filter(
        source="campaign", source_id=str(campaign.pk), due_at__isnull=False
    ).count()


def test_an_empty_draft_says_all_that_is_missing(access: Access, now: datetime) -> None:
    campaign = actions.create_campaign(access, name="ריק")

    with pytest.raises(CannotSend) as caught:
        actions.send_campaign(access, campaign, now=now)

    assert {"no_subject", "no_audience"} <= {problem.key for problem in caught.value.problems}
    assert Campaign.objects.get(pk=campaign.pk).status == "draft"


def test_everyone_in_the_audience_gets_one_message(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    _advance(now)

    planned = Message.objects.filter(source="campaign", source_id=str(ready.pk))
    assert sorted(planned.values_list("contact_id", flat=True)) == [person.pk for person in people]
    assert Campaign.objects.get(pk=ready.pk).planned == 25


def test_who_is_also_in_a_list_left_out_is_not_written_to(
    access: Access, ready: Campaign, readers: ContactList, people: list[Contact], now: datetime
) -> None:
    staff = create_list(access, name="צוות")
    join_list(
        access.workspace.pk, list_id=staff.pk, contact_ids=[people[0].pk, people[1].pk], now=now
    )
    actions.set_audience(
        access,
        ready,
        audience=Audience((Part("list", readers.pk),), exclude=(Part("list", staff.pk),)),
    )
    ready.refresh_from_db()

    actions.send_campaign(access, ready, now=now)
    _advance(now)

    assert Message.objects.filter(source_id=str(ready.pk)).count() == 23


def test_the_count_tells_who_cannot_be_written_to(
    ready: Campaign, people: list[Contact], now: datetime
) -> None:
    Contact.objects.filter(pk=people[0].pk).update(email_consent="withdrawn")
    Contact.objects.filter(pk=people[1].pk).update(email_consent="")
    Contact.objects.filter(pk=people[2].pk).update(email="")
    Contact.objects.filter(pk=people[3].pk).update(email_bounced_at=now)

    advertising = count_audience(ready, now)
    ready.message_class = "service"
    service = count_audience(ready, now)

    assert (advertising.people, advertising.reachable) == (25, 21)
    assert (advertising.no_consent, advertising.no_address, advertising.bounced) == (2, 1, 1)
    assert service.reachable == 22  # only the one who was never asked may get a service notice


def test_advertising_in_israel_says_so_first_in_the_subject(
    access: Access, ready: Campaign, now: datetime
) -> None:
    sent = actions.send_campaign(access, ready, now=now)

    assert sent.version is not None
    assert sent.version.subject == "פרסומת: חורף, [[first_name]]"
    sent.document.refresh_from_db()
    assert sent.document.subject == "חורף, [[first_name]]"


def test_a_button_without_a_link_is_said_before_sending(
    access: Access, ready: Campaign, now: datetime
) -> None:
    ready.document.body["blocks"][1]["url"] = ""
    ready.document.save()

    with pytest.raises(CannotSend) as refused:
        actions.send_campaign(access, ready, now=now)

    assert [problem.key for problem in refused.value.problems] == ["broken_content"]


def test_a_test_looks_as_what_will_be_sent(access: Access, ready: Campaign, now: datetime) -> None:
    actions.send_test(access, ready, to=["dana@shop.example"], now=now)

    queued = Message.objects.get()
    assert queued.source == "test"
    assert Version.objects.get(pk=queued.version_id).subject == "פרסומת: חורף, [[first_name]]"


def test_a_scheduled_campaign_leaves_at_its_time_and_not_before(
    access: Access, ready: Campaign, now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now, at=now + HOUR)

    _advance(now + HOUR - timedelta(seconds=1))
    assert Message.objects.count() == 0
    _advance(now + HOUR)
    assert Message.objects.count() == 25


def test_what_is_changed_after_scheduling_does_not_change_what_is_sent(
    access: Access, ready: Campaign, now: datetime
) -> None:
    sent = actions.send_campaign(access, ready, now=now, at=now + HOUR)
    ready.document.subject = "אחר"
    ready.document.save()
    _advance(now + HOUR)

    assert sent.version is not None
    assert set(Message.objects.values_list("version_id", flat=True)) == {sent.version.pk}


def test_no_pulse_is_larger_than_asked_and_all_are_reached(
    access: Access, ready: Campaign, now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now, pulse_size=10, pulse_every=HOUR)

    released = []
    for hour in range(5):
        _advance(now + hour * HOUR)
        _advance(now + hour * HOUR + timedelta(minutes=59))
        released.append(_released(ready))

    assert released == [10, 20, 25, 25, 25]


def test_a_worker_that_slept_for_hours_lets_one_pulse_go_not_three(
    access: Access, ready: Campaign, now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now, pulse_size=10, pulse_every=HOUR)
    _advance(now)

    _advance(now + 3 * HOUR)

    assert _released(ready) == 20


def test_a_paused_campaign_plans_and_releases_nothing(
    access: Access, ready: Campaign, now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now, pulse_size=10, pulse_every=HOUR)
    _advance(now)
    move_campaign(access, ready, "pause", now=now)

    _advance(now + HOUR)
    assert _released(ready) == 10

    move_campaign(access, ready, "resume", now=now + 2 * HOUR)
    _advance(now + 2 * HOUR)
    assert _released(ready) == 20
    assert Message.objects.count() == 25


def test_cancelling_refuses_those_not_yet_written_to(
    access: Access, ready: Campaign, now: datetime
) -> None:
    actions.send_campaign(access, ready, now=now)
    _advance(now)

    move_campaign(access, ready, "cancel", now=now)

    left = Message.objects.filter(source_id=str(ready.pk))
    assert set(left.values_list("status", "reason")) == {("refused", "cancelled")}
    assert Campaign.objects.get(pk=ready.pk).status == "cancelled"


def test_of_two_people_pressing_send_one_wins(
    access: Access, ready: Campaign, now: datetime
) -> None:
    other = Campaign.objects.get(pk=ready.pk)

    actions.send_campaign(access, ready, now=now)
    with pytest.raises(WrongState):
        actions.send_campaign(access, other, now=now)

    _advance(now)
    assert Message.objects.count() == 25


def test_a_campaign_is_sent_when_its_last_message_is(
    access: Access, ready: Campaign, now: datetime
) -> None:
    from kesher.events import counters

    actions.send_campaign(access, ready, now=now)
    _advance(now)
    assert Campaign.objects.get(pk=ready.pk).status == "sending"

    Message.objects.update(status="sent", sent_at=now)
    counters.add(access.workspace.pk, {f"campaign.{ready.pk}.sent": 25})
    _advance(now)

    assert Campaign.objects.get(pk=ready.pk).status == "sent"


def test_an_audience_takes_only_lists_of_its_own_workspace(access: Access, ready: Campaign) -> None:
    with pytest.raises(BadValue):
        actions.set_audience(access, ready, audience=Audience((Part("list", 10**9),)))


def test_times_that_passed_and_pulses_without_a_period_are_refused(
    access: Access, ready: Campaign, now: datetime
) -> None:
    with pytest.raises(BadValue):
        actions.send_campaign(access, ready, now=now, at=now - HOUR)
    with pytest.raises(BadValue):
        actions.send_campaign(access, ready, now=now, pulse_size=5)
    with pytest.raises(BadValue):
        actions.send_campaign(
            access, ready, now=now, pulse_size=5, pulse_every=timedelta(seconds=1)
        )


def test_refusals_after_planning_are_asked_again_at_sending(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    from kesher.messages import sender

    actions.send_campaign(access, ready, now=now)
    _advance(now)
    record_consent(
        access.workspace.pk,
        contact_ids=[people[0].pk],
        channel="email",
        state="withdrawn",
        basis="link",
        evidence={},
        now=now,
    )

    while sender.send_due(now, limit=100):
        pass
    _advance(now)

    message = Message.objects.get(contact_id=people[0].pk)
    assert (message.status, message.reason) == ("refused", "consent_withdrawn")
    assert Message.objects.filter(status="sent").count() == 24
    assert Campaign.objects.get(pk=ready.pk).status == "sent"
