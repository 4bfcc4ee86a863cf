"""Triggers by date: looked at each day at their hour, on the workspace's clock, and people taken in in chunks.

A day missed because nothing ran is made up for, up to a week back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of
from kesher.journeys.graph import Trigger
from kesher.journeys.models import Journey, JourneyClock, JourneyVersion
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import Candidate, start_runs
from kesher.journeys.triggers import BY_ITSELF, DATE
from kesher.journeys.versions import Live, version_of
from kesher.journeys.when import (
    HEBREW_YEAR,
    hebrew_days,
    next_opening,
    occurrence,
    origins,
    read_moment,
    read_time,
    shifted,
)
from kesher.lib import sql
from kesher.rules.operators.days import read_day
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import audience
from kesher.rules.tree import AllOf, Rule

CHUNK = 2_000
MORNING = time(9)
LONGEST_AGO = timedelta(days=7)


def due_workspaces(now: datetime) -> list[int]:
    rows = sql.rows("SELECT DISTINCT workspace_id FROM journey_clock WHERE next_at <= %s", (now,))
    return [row[0] for row in rows]


def set_clocks(workspace: Workspace, live: Live, *, now: datetime) -> None:
    """From now on these triggers are looked at; those of the version before no longer. A clock that is due, or halfway
    through the contacts, goes on when its trigger is there as it was."""
    clocks = JourneyClock.objects.filter(workspace_id=workspace.pk, journey_id=live.id)
    due = {one.trigger: one for one in clocks.select_for_update() if one.next_at <= now}
    before = _triggers_before(live) if due else []
    kept = {_date_of(one): due[one.number] for one in before if one.number in due}
    clocks.delete()
    JourneyClock.objects.bulk_create(
        JourneyClock(
            workspace_id=workspace.pk,
            journey_id=live.id,
            trigger=trigger.number,
            next_at=old.next_at if old else next_opening(now, workspace.time_zone, at=_hour(trigger)),
            after_id=old.after_id if old else 0,
        )
        for trigger in live.version.graph.triggers
        if trigger.kind == DATE
        for old in (kept.get(_date_of(trigger)),)
    )  # fmt: skip


def _triggers_before(live: Live) -> Sequence[Trigger]:
    """Of the version that was live before this one."""
    earlier = JourneyVersion.objects.filter(
        journey_id=live.id, number__lt=live.version.number
    ).order_by("-number")
    number = earlier.values_list("pk", flat=True).first()
    return version_of(number).graph.triggers if number else ()


def _date_of(trigger: Trigger) -> str:
    """What it goes by, apart from whom it is for and what it is called."""
    given = {key: value for key, value in trigger.given.items() if key not in ("rule", "label")}
    return json.dumps(given, sort_keys=True)


def stop_clocks(workspace_id: int, journey_id: int) -> None:
    JourneyClock.objects.filter(workspace_id=workspace_id, journey_id=journey_id).delete()


def _hour(trigger: Trigger) -> time:
    return read_time(trigger.given.get("at")) or MORNING


@transaction.atomic
def strike(workspace: Workspace, *, now: datetime) -> int:
    """One chunk for one clock that is due; answers how many clocks and contacts were dealt with."""
    clock = (
        JourneyClock.objects.select_for_update(skip_locked=True)
        .filter(workspace_id=workspace.pk, next_at__lte=now)
        .order_by("next_at", "journey_id", "trigger")
        .first()
    )
    if clock is None:
        return 0
    live, is_paused = _journey_of(clock)
    triggers = {one.number: one for one in live.version.graph.triggers} if live else {}
    trigger = triggers.get(clock.trigger)
    if live is None or trigger is None:
        _delete(clock)
        return 1
    if now - clock.next_at > LONGEST_AGO:  # at once, not a day at a time
        _move(clock, next_at=_following(now - LONGEST_AGO, workspace, trigger), after_id=0)
        return 1
    ids = [] if is_paused else _come_round(workspace, live, trigger, clock, now)
    if len(ids) == CHUNK:
        _move(clock, next_at=clock.next_at, after_id=ids[-1])
    else:
        next_at = _following(clock.next_at + timedelta(minutes=1), workspace, trigger)
        _move(clock, next_at=next_at, after_id=0)
    return 1 + len(ids)


def _journey_of(clock: JourneyClock) -> tuple[Live | None, bool]:
    """The clock's journey when it is live or only paused, and whether it is."""
    row = Journey.objects.filter(
        pk=clock.journey_id, status__in=(Journey.Status.LIVE, Journey.Status.PAUSED)
    ).first()
    if row is None or row.live_version_id is None:
        return None, False
    live = Live(row.pk, row.key, row.name, version_of(row.live_version_id))
    return live, row.status == Journey.Status.PAUSED


def _following(start: datetime, workspace: Workspace, trigger: Trigger) -> datetime:
    return next_opening(start, workspace.time_zone, at=_hour(trigger))


def _mine(clock: JourneyClock) -> Any:
    return JourneyClock.objects.filter(
        workspace_id=clock.workspace_id, journey_id=clock.journey_id, trigger=clock.trigger
    )


def _move(clock: JourneyClock, *, next_at: datetime, after_id: int) -> None:
    _mine(clock).update(next_at=next_at, after_id=after_id)


def _delete(clock: JourneyClock) -> None:
    _mine(clock).delete()


_CHUNK = """
SELECT c.id FROM contact c {joins}
WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL AND c.id > %(after)s AND ({rule})
ORDER BY c.id LIMIT %(limit)s
"""


def _come_round(
    workspace: Workspace, live: Live, trigger: Trigger, clock: JourneyClock, now: datetime
) -> list[int]:
    """Start the next chunk of those whose date comes round on the clock's day."""
    sitting = Sitting(workspace, now)
    today = clock.next_at.astimezone(ZoneInfo(workspace.time_zone)).date()
    rule = due_rule(sitting, trigger, today)
    if rule is None:
        return []
    moment = moment_of(workspace, clock.next_at)
    made = audience(rule, sitting.vocabulary, moment, workspace_id=workspace.pk)
    rows = sql.rows(
        _CHUNK.format(joins=made.joins, rule=made.text),
        {**made.parameters, "workspace": workspace.pk, "after": clock.after_id, "limit": CHUNK},
    )
    ids = [row[0] for row in rows]
    data = {
        "day": today.isoformat(),
        **({"field": trigger.given["field"]} if trigger.given.get("field") else {}),
    }
    start_runs(sitting, live, [Candidate(number, data) for number in ids])
    return ids


def due_rule(sitting: Sitting, trigger: Trigger, today: date) -> Rule | None:
    """Whom the trigger is for on this day. None: nobody, also when its words are gone."""
    given = trigger.given
    every, offset = given.get("every") or "", given.get("offset")
    try:
        own = sitting.rule(given["rule"]) if given.get("rule") else AllOf(())
        if field := given.get("field"):
            days = _days_rule(field, today, offset, every, str(given.get("evening") or ""))
            return AllOf((parse(days, sitting.vocabulary), own))
    except BadRule:
        return None
    if any(given.get(key) for key in BY_ITSELF):
        comes = any(shifted(day, offset) == today for day in hebrew_days(given, today))
        return own if comes else None
    on = _fixed_day(given, sitting.zone)
    if on is None:
        return None
    if every == HEBREW_YEAR:
        return own if occurrence(on, offset, every, today) == today else None
    comes = (
        today in {shifted(on, offset)}
        if not every
        else any(_is_of(on, one, every) for one in origins(today, offset, every))
    )
    return own if comes and today >= shifted(on, offset) else None


def _is_of(on: date, sample: date, every: str) -> bool:
    return on.day == sample.day and (every == "month" or on.month == sample.month)


def _fixed_day(given: Any, zone: str) -> date | None:
    text = str(given.get("on") or "")
    if day := read_day(text):
        return day
    found = read_moment(text, zone)
    return found.astimezone(ZoneInfo(zone)).date() if found else None


def _days_rule(
    field: str, today: date, offset: str | None, every: str, evening: str
) -> dict[str, Any]:
    """The field's date is one of those that come round today, and is not still to come."""
    days = list(origins(today, offset, every))
    if every == HEBREW_YEAR:
        return _hebrew_rule(field, days, evening)
    if not every:
        return {"any": [_leaf(field, "on", day.isoformat()) for day in days]}
    names = sorted(set(_names(days, every)))
    latest = _latest(today, offset)
    born = {"not": _leaf(field, "after", latest.isoformat())}
    return {"all": [{"any": [_leaf(field, "day_is", name) for name in names]}, born]}


def _hebrew_rule(field: str, days: list[date], evening: str) -> dict[str, Any]:
    """`evening` is the field that says who was born after sunset; "" for none."""
    by_day = {"any": [_leaf(field, "hebrew_on", day.isoformat()) for day in days]}
    if not evening:
        return by_day
    by_night = {"any": [_leaf(field, "hebrew_eve_on", day.isoformat()) for day in days]}
    after_sunset = {"field": evening, "op": "is", "value": True}
    return {"any": [{"all": [after_sunset, by_night]}, {"all": [{"not": after_sunset}, by_day]}]}


def _leaf(field: str, op: str, value: str) -> dict[str, str]:
    return {"field": field, "op": op, "value": value}


def _latest(today: date, offset: str | None) -> date:
    """The last day whose own first occurrence, with the offset, is not after today."""
    candidates = origins(today, offset, "")
    return max(candidates, default=today)


def _names(days: Iterable[date], every: str) -> Iterable[str]:
    for day in days:
        if every == "year":
            yield f"{day:%m-%d}"
        else:
            yield from (
                f"{month:02}-{day.day:02}"
                for month in range(1, 13)
                if day.day <= _LONGEST[month - 1]
            )


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
