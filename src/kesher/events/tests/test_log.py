from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.events import counters, log
from kesher.events.kinds import EVENT_KINDS
from kesher.events.log import NewEvent
from kesher.lib import sql
from kesher.lib.registry import UnknownKey


def told(number: str, now: datetime, **more: Any) -> NewEvent:
    return NewEvent(
        "list.joined", 7, now, {"list": "לקוחות"}, source="shop", source_id=number, **more
    )


def test_what_a_source_tells_twice_is_one_event(workspace: Any, now: datetime) -> None:
    assert log.record(workspace.pk, told("1", now)) is not None
    assert log.record(workspace.pk, told("1", now)) is None
    assert len(log.record_many(workspace.pk, [told("1", now), told("2", now), told("2", now)])) == 1
    assert len(log.timeline(workspace.pk, 7)) == 2


def test_an_event_somebody_listens_to_waits_in_the_inbox(workspace: Any, now: datetime) -> None:
    sql.execute(
        "INSERT INTO event_listener VALUES (%s, 'list.joined', 'journey:1')", (workspace.pk,)
    )
    log.record(workspace.pk, told("1", now))
    log.record(workspace.pk, NewEvent("list.left", 7, now))
    log.record_for(workspace.pk, kind="list.joined", contact_ids=[8, 9], at=now, data={"list": "א"})
    log.record_for(workspace.pk, kind="list.left", contact_ids=[8, 9], at=now)

    waiting = sql.rows(
        "SELECT kind, contact_id FROM inbox WHERE workspace_id = %s ORDER BY contact_id",
        (workspace.pk,),
    )
    assert waiting == [("list.joined", 7), ("list.joined", 8), ("list.joined", 9)]


def test_a_timeline_pages_on_without_losing_or_repeating(workspace: Any, now: datetime) -> None:
    events = [NewEvent("list.left", 7, now - timedelta(days=40 * (n % 3))) for n in range(9)]
    log.record_many(workspace.pk, events)
    seen: list[int] = []
    before = None
    while page := log.timeline(workspace.pk, 7, before=before, limit=4):
        seen += [entry.id for entry in page]
        before = (page[-1].at, page[-1].id)

    assert len(seen) == len(set(seen)) == 9


def test_an_unknown_kind_is_refused_with_those_known(workspace: Any, now: datetime) -> None:
    with pytest.raises(UnknownKey):
        log.record(workspace.pk, NewEvent("list.jioned", 7, now))
    with pytest.raises(UnknownKey):
        log.record_for(workspace.pk, kind="list.jioned", contact_ids=[7], at=now)


@pytest.mark.parametrize("language", ["he", "en"])
@pytest.mark.parametrize("kind", [kind.key for kind in EVENT_KINDS])
def test_every_kind_reads_as_a_sentence_also_with_nothing_known(kind: str, language: str) -> None:
    with translation.override(language):
        known = EVENT_KINDS.get(kind)
        assert known.in_words({})
        assert known.in_words({field.key: "x" for field in known.data})
        assert str(known.label)


def test_counters_add_up_and_are_forgotten(workspace: Any) -> None:
    counters.add(workspace.pk, {"a": 2, "b": -1, "c": 0})
    counters.add(workspace.pk, {"a": 3})

    assert counters.read(workspace.pk, ["a", "b", "c"]) == {"a": 5, "b": -1, "c": 0}
    counters.reset(workspace.pk, ["a"])
    assert counters.read(workspace.pk, ["a"]) == {"a": 0}
