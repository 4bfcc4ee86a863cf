"""The demo's segments, and how they grew: the people of today by the day they came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kesher.accounts.access import Access
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import sql
from kesher.rules.parse import parse
from kesher.rules.sql import audience
from kesher.segments.actions import create_segment
from kesher.segments.models import Segment

DAYS = 75
SEGMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "קוראים נאמנים",
        "קנו חמש פעמים ויותר, ועוד קוראים אותנו",
        {"all": [
            {"field": "מספר-קניות", "op": "gte", "value": 5},
            {"did": "message.opened", "within": "P90D"},
        ]},
    ),
    (
        "לא פתחו 60 יום",
        "",
        {"all": [
            {"did": "message.sent", "within": "P90D"},
            {"not": {"did": "message.opened", "within": "P60D"}},
        ]},
    ),
    ("ימי הולדת החודש", "לברכה עם מתנה", {"field": "birthday", "op": "month_is", "value": "this"}),
    (
        "חיפה והצפון, אפשר ב־SMS",
        "הזמנות לסניף חיפה",
        {"all": [
            {"field": "city", "op": "one_of", "value": ["חיפה", "נצרת", "עכו", "כרמיאל", "טבריה"]},
            {"field": "mobile", "op": "is_set"},
            {"consent": "sms"},
        ]},
    ),
)  # fmt: skip

# How many of those who pass today were there already on each day.
_GROWTH = """
INSERT INTO segment_count (workspace_id, segment_id, day, count)
SELECT %(workspace)s, %(segment)s, d.day::date, (
    SELECT count(*) FROM contact c {joins} WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL
    AND c.created_at < d.day + interval '1 day' AND ({where}))
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS d(day)
"""


def add_segments(access: Access, now: datetime) -> None:
    for name, description, rule in SEGMENTS:
        made = create_segment(access, name=name, description=description, rule=rule, now=now)
        _grow(access, made, now)


def _grow(access: Access, segment: Segment, now: datetime) -> None:
    words, moment = vocabulary_of(access.workspace), moment_of(access.workspace, now)
    found = audience(parse(segment.rule, words), words, moment, workspace_id=access.workspace.pk)
    days = {"first": moment.today - timedelta(days=DAYS), "last": moment.today}
    own = {"workspace": access.workspace.pk, "segment": segment.pk, **days}
    sql.execute(_GROWTH.format(joins=found.joins, where=found.text), {**found.parameters, **own})
    last = sql.value(
        "SELECT count FROM segment_count WHERE workspace_id = %s AND segment_id = %s ORDER BY day DESC LIMIT 1",
        (access.workspace.pk, segment.pk),
    )
    Segment.objects.filter(pk=segment.pk).update(count=last, counted_at=now)
