"""An A/B test from the draft to its end, on a clock that is passed in; and killed in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import abtest, actions, planning
from kesher.campaigns.abtest import Plan, ab_test_of, set_ab_test
from kesher.campaigns.errors import BadValue, WrongState
from kesher.campaigns.models import Campaign
from kesher.campaigns.moves import move_campaign
from kesher.campaigns.split import place_of
from kesher.contacts.models import Contact
from kesher.messages import sender
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SUBJECTS = Plan("subject", ("חם לכם?",), 40, 2 * HOUR, "opens")


@pytest.fixture
def people(workspace: Any, now: datetime) -> list[Contact]:
    """Eighty who agreed: whatever ids they get, each variant has some in a sample of two in five."""
    made = [
        Contact(
            workspace=workspace,
            first_name=f"אדם {number}",
            email=f"p{number}@example.com",
            email_consent="granted",
            created_at=now,
            updated_at=now,
        )
        for number in range(80)
    ]
    return Contact.objects.bulk_create(made)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    yield
    sender.close()


def _advance(now: datetime) -> None:
    for _step in range(60):
        sent = sender.send_due(now, limit=1000)
        if not planning.advance(now) and not sent:
            return


def _messages(campaign: Campaign) -> Any:
    return Message.objects.filter(source="campaign", source_id=str(campaign.pk))


def _sample(campaign: Campaign, people: list[Contact], percent: int = 40) -> dict[int, int]:
    """Contact ids of the sample with their variant's number."""
    places = {
        person.pk: place_of(campaign.pk, person.pk, percent=percent, variants=2)
        for person in people
    }
    return {number: variant for number, (inside, variant) in places.items() if inside}


def _versions(campaign: Campaign) -> dict[int, int]:
    return dict(campaign.variants.values_list("number", "version_id"))


def _open(campaign: Campaign, variant: int, at: datetime) -> None:
    version = _versions(campaign)[variant]
    _messages(campaign).filter(version_id=version, status="sent").update(opened_at=at)


def test_only_the_sample_leaves_each_with_its_variant(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)

    _advance(now)

    sample, versions = _sample(ready, people), _versions(ready)
    sent = dict(_messages(ready).filter(status="sent").values_list("contact_id", "version_id"))
    assert sent == {contact: versions[variant] for contact, variant in sample.items()}
    assert _messages(ready).count() == len(people)
    test = ab_test_of(ready)
    assert test is not None
    assert test.sampled == len(sample)
    assert abtest.decides_at(test) == now + 2 * HOUR


def test_the_rest_gets_the_winner_when_the_wait_is_over_and_not_before(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    _open(ready, 1, now + HOUR)

    _advance(now + 2 * HOUR - timedelta(seconds=1))
    assert _messages(ready).filter(status="sent").count() == len(_sample(ready, people))

    _advance(now + 2 * HOUR)
    _advance(now + 2 * HOUR)
    ready.refresh_from_db()
    sample, versions = _sample(ready, people), _versions(ready)
    got = dict(_messages(ready).filter(status="sent").values_list("contact_id", "version_id"))
    assert got == {person.pk: versions[sample.get(person.pk, 1)] for person in people}
    assert ready.status == "sent"
    assert ready.version_id == versions[1]
    kinds = [(entry.kind, entry.data.get("how")) for entry in ready.log.all()]
    assert ("winner", "rate") in kinds


def test_opens_of_machines_decide_nothing(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    version = _versions(ready)[1]
    _messages(ready).filter(version_id=version).update(machine_opened_at=now)

    _advance(now + 2 * HOUR)

    test = ab_test_of(ready)
    assert test is not None
    assert test.winner is not None
    assert (test.winner.number, test.decided_how) == (0, "nothing")


def test_a_winner_chosen_by_hand_while_waiting_is_final(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    _open(ready, 0, now)

    abtest.choose_winner(access, ready, number=1, now=now + HOUR)
    _advance(now + HOUR)
    with pytest.raises(WrongState):
        abtest.choose_winner(access, ready, number=0, now=now + HOUR)

    _advance(now + 3 * HOUR)
    rest = _messages(ready).exclude(contact_id__in=_sample(ready, people))
    assert set(rest.values_list("version_id", flat=True)) == {_versions(ready)[1]}


def test_left_to_people_it_waits_for_them(access: Access, ready: Campaign, now: datetime) -> None:
    set_ab_test(access, ready, plan=Plan("subject", ("חם?",), 40, HOUR, "hand"))
    actions.send_campaign(access, ready, now=now)
    _advance(now)

    _advance(now + timedelta(days=30))

    assert Campaign.objects.get(pk=ready.pk).status == "sending"
    assert _messages(ready).filter(status="queued", due_at=None).exists()


def test_pulses_are_for_the_rest_only(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now, pulse_size=12, pulse_every=HOUR)
    _advance(now)
    sample = len(_sample(ready, people))
    assert _messages(ready).filter(status="sent").count() == sample

    left = []
    for hour in range(2, 8):
        _advance(now + hour * HOUR)
        left.append(_messages(ready).filter(status="sent").count() - sample)

    rest = len(people) - sample
    assert left == [min(rest, 12 * (number + 1)) for number in range(6)]


def test_everybody_in_the_sample_is_an_even_split_in_pulses(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=Plan("subject", ("חם?",), 100, HOUR, "opens"))
    actions.send_campaign(access, ready, now=now, pulse_size=30, pulse_every=HOUR)

    released = []
    for hour in range(3):
        _advance(now + hour * HOUR)
        released.append(_messages(ready).filter(status="sent").count())

    assert released == [30, 60, 80]
    versions = _versions(ready)
    places = {
        person.pk: place_of(ready.pk, person.pk, percent=100, variants=2)[1] for person in people
    }
    got = dict(_messages(ready).values_list("contact_id", "version_id"))
    assert got == {contact: versions[number] for contact, number in places.items()}


def test_a_worker_killed_at_any_step_repeats_and_loses_nobody(
    access: Access, ready: Campaign, people: list[Contact], now: datetime, monkeypatch: Any
) -> None:
    """Every transaction of planning is broken off once, right before its end."""
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    monkeypatch.setattr(planning, "CHUNK", 12)
    steps = ("_plan_chunk", "_watch_test", "_release", "_finish")
    for name in steps:
        monkeypatch.setattr(planning, name, _dying(getattr(planning, name)))

    moments = [now, now, now + 2 * HOUR, now + 2 * HOUR]
    for at in moments:
        for _turn in range(60):
            sender.send_due(at, limit=1000)
            try:
                if not planning.advance(at):
                    break
            except _Killed:
                continue
        _open(ready, 1, at)

    sample, versions = _sample(ready, people), _versions(ready)
    got = dict(_messages(ready).filter(status="sent").values_list("contact_id", "version_id"))
    assert got == {person.pk: versions[sample.get(person.pk, 1)] for person in people}
    assert Counter(_messages(ready).values_list("contact_id", flat=True)).most_common(1)[0][1] == 1


class _Killed(Exception):
    """The worker is gone; what it did in this transaction is not."""


def _dying(step: Any) -> Any:
    """Each second call rolls back what it did and dies."""
    from django.db import transaction

    calls = Counter[str]()

    def run(*arguments: Any) -> Any:
        calls["all"] += 1
        with transaction.atomic():
            done = step(*arguments)
            if calls["all"] % 2 and done:
                raise _Killed
        return done

    return run


def test_the_name_of_the_sender_is_the_variants(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=Plan("sender", ("דנה מהחנות",), 40, HOUR, "clicks"))
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    version = _versions(ready)[1]
    _messages(ready).filter(version_id=version, status="sent").update(clicked_at=now, opened_at=now)
    _advance(now + HOUR)
    _advance(now + HOUR)

    sample = _sample(ready, people)
    names = {
        contact: (data or {}).get("sender_name", "")
        for contact, data in _messages(ready).values_list("contact_id", "data")
    }
    assert names == {
        person.pk: "דנה מהחנות" if sample.get(person.pk, 1) else "" for person in people
    }


def test_a_content_variant_is_a_document_of_its_own(
    access: Access, ready: Campaign, now: datetime
) -> None:
    set_ab_test(access, ready, plan=Plan("content", ("", ""), 30, HOUR, "clicks"))
    documents = [variant.document for variant in ready.variants.all()]

    assert documents[0] is None
    assert len({document.pk for document in documents[1:] if document}) == 2
    assert ready.document_id not in {document.pk for document in documents[1:] if document}


def test_cancelling_while_waiting_lets_nobody_else_have_it(
    access: Access, ready: Campaign, people: list[Contact], now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    _advance(now)

    move_campaign(access, ready, "cancel", now=now)
    _advance(now + 5 * HOUR)

    sample = _sample(ready, people)
    assert _messages(ready).filter(status="sent").count() == len(sample)
    assert _messages(ready).filter(reason="cancelled").count() == len(people) - len(sample)


def test_paused_while_waiting_it_decides_when_it_goes_on(
    access: Access, ready: Campaign, now: datetime
) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)
    actions.send_campaign(access, ready, now=now)
    _advance(now)
    move_campaign(access, ready, "pause", now=now)

    _advance(now + 5 * HOUR)
    test = ab_test_of(ready)
    assert test is not None
    assert test.decided_at is None

    move_campaign(access, ready, "resume", now=now + 6 * HOUR)
    _advance(now + 6 * HOUR)
    test = ab_test_of(ready)
    assert test is not None
    assert test.decided_at == now + 6 * HOUR


BAD = [
    (Plan("subject", ("",), 40, HOUR, "opens"), "variants"),
    (Plan("subject", ("חורף, [[first_name]]",), 40, HOUR, "opens"), "variants"),
    (Plan("subject", (), 40, HOUR, "opens"), "variants"),
    (Plan("subject", ("א", "ב", "ג", "ד"), 40, HOUR, "opens"), "variants"),
    (Plan("subject", ("א",), 1, HOUR, "opens"), "sample_percent"),
    (Plan("subject", ("א",), 40, timedelta(minutes=1), "opens"), "wait"),
    (Plan("colour", ("א",), 40, HOUR, "opens"), "what"),
    (Plan("subject", ("א",), 40, HOUR, "luck"), "measure"),
]


@pytest.mark.parametrize(("plan", "field"), BAD)
def test_what_teaches_nothing_is_refused(
    access: Access, ready: Campaign, plan: Plan, field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        set_ab_test(access, ready, plan=plan)

    assert refused.value.field == field


def test_a_copy_is_tested_again(access: Access, ready: Campaign) -> None:
    set_ab_test(access, ready, plan=SUBJECTS)

    copy = actions.duplicate_campaign(access, ready)

    test = ab_test_of(copy)
    assert test is not None
    assert [variant.subject for variant in copy.variants.all()] == ["", "חם לכם?"]
