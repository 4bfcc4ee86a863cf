"""Who enters and who leaves a segment that something listens to: by events, by the clock, in silence."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.contacts import bulk, lists
from kesher.contacts.merge import merge_contacts
from kesher.contacts.models import Contact
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.events import log
from kesher.events.log import NewEvent
from kesher.events.models import Event, InboxEntry
from kesher.lib import sql
from kesher.rules.sql import truths
from kesher.segments import upkeep
from kesher.segments.actions import hear, unhear, update_segment
from kesher.segments.models import Segment, SegmentMember
from kesher.segments.tests.conftest import HAIFA, Make

pytestmark = pytest.mark.django_db

OPENED = {"did": "message.opened", "within": "P7D"}


def listen(segment: Segment, now: datetime) -> Segment:
    hear(segment.workspace_id, segment_id=segment.pk, listener="journey:1", now=now)
    return segment


def told(segment: Segment) -> list[tuple[str, int]]:
    found = Event.objects.filter(kind__startswith="segment.", data__segment=segment.key)
    return [
        (row.kind.removeprefix("segment."), row.contact_id or 0) for row in found.order_by("id")
    ]


def members(segment: Segment) -> set[int]:
    rows = SegmentMember.objects.filter(segment_id=segment.pk)
    return set(rows.values_list("contact_id", flat=True))


def move(contact: Any, city: str, now: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(city=city)
    log.record(contact.workspace_id, NewEvent("contact.updated", contact.pk, now))


def test_who_is_in_already_did_not_enter(make: Make, noa: Any, now: datetime) -> None:
    segment = listen(make(), now)
    assert (members(segment), told(segment)) == ({noa.pk}, [])


def test_a_change_lets_one_in_and_another_out(
    make: Make, noa: Any, dan: Any, now: datetime
) -> None:
    segment = listen(make(), now)
    move(dan, "חיפה", now)
    move(noa, "יפו", now)
    assert upkeep.advance(now) == 2
    assert sorted(told(segment)) == [("entered", dan.pk), ("left", noa.pk)]
    assert members(segment) == {dan.pk}

    move(dan, "חיפה", now)
    upkeep.advance(now)
    assert len(told(segment)) == 2
    event = Event.objects.filter(kind="segment.entered").get()
    assert event.data == {"segment_id": segment.pk, "segment": segment.key, "name": segment.name}


def test_only_what_the_rule_depends_on_is_waited_for(make: Make, noa: Any, now: datetime) -> None:
    listen(make(), now)
    log.record(noa.workspace_id, NewEvent("note.added", noa.pk, now))
    assert not InboxEntry.objects.exists()
    log.record(noa.workspace_id, NewEvent("contact.updated", noa.pk, now))
    assert InboxEntry.objects.filter(consumer="segment").count() == 1


def test_a_segment_inside_a_segment_is_followed(
    make: Make, access: Any, noa: Any, dan: Any, now: datetime
) -> None:
    inner = make("פנימי")
    outer = listen(make("חיצוני", {"not": {"segment": inner.key}}), now)
    assert members(outer) == {dan.pk}
    move(noa, "יפו", now)
    upkeep.advance(now)
    assert told(outer) == [("entered", noa.pk)]

    update_segment(access, inner, rule={"consent": "email"}, now=now)

    assert members(outer) == {dan.pk}
    assert told(outer) == [("entered", noa.pk)]
    log.record(dan.workspace_id, NewEvent("consent.granted", dan.pk, now))
    assert InboxEntry.objects.filter(consumer="segment").count() == 1


def test_the_deleted_leave_and_the_restored_return(
    make: Make, access: Any, noa: Any, now: datetime
) -> None:
    segment = listen(make(), now)
    bulk.delete_contacts(access, ids=[noa.pk], now=now)
    upkeep.advance(now)
    assert members(segment) == set()
    bulk.restore_contacts(access, ids=[noa.pk], now=now)
    upkeep.advance(now)
    assert told(segment) == [("left", noa.pk), ("entered", noa.pk)]


def test_of_two_cards_made_one_only_one_is_a_member(
    make: Make, access: Any, noa: Any, dan: Any, now: datetime
) -> None:
    move(dan, "חיפה", now)
    dan.refresh_from_db()
    segment = listen(make(), now)
    assert members(segment) == {noa.pk, dan.pk}
    merge_contacts(access, keep=dan, remove=noa, take={}, now=now)
    upkeep.advance(now)
    assert members(segment) == {dan.pk}
    assert ("left", dan.pk) not in told(segment)


def test_time_alone_lets_people_out(make: Make, noa: Any, now: datetime) -> None:
    log.record(noa.workspace_id, NewEvent("message.opened", noa.pk, now - timedelta(days=6)))
    segment = listen(make("פתחו", OPENED), now)
    assert members(segment) == {noa.pk}

    assert upkeep.sweep(now + timedelta(minutes=30)) == 0
    assert upkeep.sweep(now + timedelta(days=2)) == 1

    assert told(segment) == [("left", noa.pk)]
    assert upkeep.sweep(now + timedelta(days=2, minutes=5)) == 0


def test_midnight_lets_the_birthdays_in(make: Make, noa: Any, now: datetime) -> None:
    birthday = {"field": "birthday", "op": "day_is", "value": "today"}
    Contact.objects.filter(pk=noa.pk).update(birthday="1990-11-18")
    segment = listen(make("ימי הולדת", birthday), now)
    before_midnight = now.replace(hour=21, minute=55)  # 23:55 in Jerusalem
    assert upkeep.sweep(before_midnight) == 0
    assert upkeep.sweep(before_midnight + timedelta(minutes=10)) == 1
    assert told(segment) == [("entered", noa.pk)]


def test_a_rule_that_time_does_not_change_is_not_swept(make: Make, now: datetime) -> None:
    segment = listen(make(), now)
    upkeep.sweep(now + timedelta(days=3))
    segment.refresh_from_db()
    assert segment.swept_at == now


def test_nobody_hears_after_the_last_listener_left(
    make: Make, noa: Any, dan: Any, now: datetime
) -> None:
    segment = listen(make(), now)
    hear(noa.workspace_id, segment_id=segment.pk, listener="journey:2", now=now)
    unhear(noa.workspace_id, segment_id=segment.pk, listener="journey:1")
    move(dan, "חיפה", now)
    upkeep.advance(now)
    assert told(segment) == [("entered", dan.pk)]
    unhear(noa.workspace_id, segment_id=segment.pk, listener="journey:2")
    assert members(segment) == set()
    move(dan, "יפו", now)
    assert not InboxEntry.objects.exists()


def test_segments_that_hear_each_other_come_to_rest(make: Make, noa: Any, now: datetime) -> None:
    """In when nobody told of leaving within the hour … each entering makes the other leave."""
    one = make("א", {"not": {"did": "segment.entered", "times": {"at_least": 1}}})
    rule = {"did": "segment.entered", "where": {"segment": one.key}, "times": {"exactly": 1}}
    two = make("ב", {"all": [HAIFA, {"not": rule}]})
    listen(one, now)
    listen(two, now)
    move(noa, "חיפה", now)
    rounds = 0
    while upkeep.advance(now):
        rounds += 1
        assert rounds < 100


def test_events_too_deep_change_members_in_silence(make: Make, dan: Any, now: datetime) -> None:
    segment = listen(make(), now)
    Contact.objects.filter(pk=dan.pk).update(city="חיפה")
    log.record(dan.workspace_id, NewEvent("contact.updated", dan.pk, now, depth=upkeep.MOST_DEPTH))
    upkeep.advance(now)
    assert (members(segment), told(segment)) == ({dan.pk}, [])


def test_many_changes_are_taken_in_bounded_sets(make: Make, workspace: Any, now: datetime) -> None:
    segment = listen(make(), now)
    people = Contact.objects.bulk_create(
        Contact(
            workspace=workspace,
            email=f"p{n}@example.com",
            city="חיפה",
            created_at=now,
            updated_at=now,
        )
        for n in range(500)
    )
    log.record_for(workspace.pk, kind="contact.created", contact_ids=[p.pk for p in people], at=now)
    vocabulary_of(workspace)  # read once: it is kept until a field, a list or a segment changes
    with CaptureQueriesContext(connection) as first:
        assert upkeep.advance(now, limit=100) == 100
    assert len(members(segment)) == 100
    with CaptureQueriesContext(connection) as second:
        assert upkeep.advance(now, limit=400) == 400
    assert len(members(segment)) == 500
    assert len(first) == len(second)


def buffers(segment: Segment, contact_id: int, now: datetime) -> int:
    """How many pages one change touches, the whole way."""

    vocabulary = vocabulary_of(segment.workspace)
    heard = upkeep.heard_segments(segment.workspace, vocabulary)
    asked = truths(
        [one.rule for one in heard], vocabulary, moment_of(segment.workspace, now),
        workspace_id=segment.workspace_id, contact_ids=[contact_id],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked.text}", asked.parameters)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def test_a_change_costs_the_same_at_ten_times_the_base(
    access: Any, make: Make, workspace: Any, noa: Any, now: datetime
) -> None:
    vip = lists.create_list(access, name="vip")
    segment = listen(
        make(
            "ק",
            {
                "all": [
                    HAIFA,
                    {"any": [{"list": vip.key}, OPENED, {"not": {"did": "message.clicked"}}]},
                ]
            },
        ),
        now,
    )
    costs = []
    for size in (2_000, 18_000):
        _fill(workspace.pk, size, now)
        move(noa, "חיפה", now)
        vocabulary_of(workspace)
        with CaptureQueriesContext(connection) as queries:
            upkeep.advance(now)
        costs.append((len(queries), buffers(segment, noa.pk, now)))
    assert costs[0][0] == costs[1][0]
    assert costs[1][1] <= costs[0][1] + 6


def _fill(workspace_id: int, size: int, now: datetime) -> None:
    sql.execute(
        "INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company,"
        " city, notes, fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)"
        " SELECT %s, gen_random_uuid()::text, '', '', '', '', '', '', '', 'חיפה', '', '{}', '', 'granted', '', '', '',"
        " %s, %s FROM generate_series(1, %s)",
        (workspace_id, now, now, size),
    )
    sql.execute(
        "INSERT INTO event (workspace_id, kind, contact_id, at) SELECT workspace_id, 'message.opened', id, %s"
        " FROM contact WHERE workspace_id = %s",
        (now, workspace_id),
    )
    sql.execute("ANALYZE contact, event, list_membership")
