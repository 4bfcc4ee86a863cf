"""Moving the test clock on: from one thing that falls due to the next, everything done in its order, until all is quiet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from kesher.accounts.models import Workspace
from kesher.campaigns import planning
from kesher.channels.models import ChannelAccount
from kesher.journeys import alerts, texting, webhooks
from kesher.journeys.when import after, instant, read_moment
from kesher.lib import clock, sql
from kesher.messages import sender
from kesher.messages.receipts.classify import SETTLE
from kesher.project import test_clock
from kesher.rules.durations import read_duration
from kesher.segments import upkeep
from kesher.worker import steps

MOST_TURNS = 100_000
LOCAL = "local"

Say = Callable[[str], None]


class CannotMove(Exception):
    """The clock stays where it is; the text says why."""


def refuse_real_providers() -> None:
    """Raises CannotMove: with a clock that stands still nothing may really leave."""
    real = ChannelAccount.objects.exclude(provider=LOCAL).select_related("workspace").first()
    if real is not None:
        raise CannotMove(
            f"the workspace {real.workspace.key} sends by {real.provider}: the test clock is for"
            " installations on which every account is the local one"
        )


def move(how: str, to: str | None, say: Say) -> None:
    """`how`: "advance" by a duration, or "to" a moment on the clock of Jerusalem. Raises CannotMove."""
    now = clock.now()
    if how == "advance":
        duration = read_duration(to)
        if duration is None:
            raise CannotMove(f"{to!r} is no duration; write P25D or PT2H")
        end = after(now, duration, test_clock.ZONE)
    else:
        found = read_moment(to or "", test_clock.ZONE)
        if found is None:
            raise CannotMove(f"{to!r} is no moment; write 2027-03-26T02:30")
        end = found
    if end < now:
        raise CannotMove("the clock goes forward only")
    pass_until(end, say)


def pass_until(end: datetime, say: Say = lambda line: None) -> int:
    """Let time pass; answers at how many moments something was done."""
    settle()
    moments = 0
    for _turn in range(MOST_TURNS):
        due = next_due(clock.now())
        if due is None or due > end:
            break
        test_clock.put(settings.HOME, due)
        if settle():
            moments += 1
            say(f"{test_clock.shown(settings.HOME)}: done what was due")
    else:
        raise CannotMove("more and more falls due: something goes round in a circle")
    test_clock.put(settings.HOME, end)
    settle()
    return moments


def settle() -> int:
    """Everything that is due at this moment, until all is quiet; answers how much that was."""
    done = 0
    for _turn in range(MOST_TURNS):
        now = clock.now()
        did = steps.engine(now) + sender.send_due(now)
        did += webhooks.deliver(now) + alerts.mail_alerts(now) + texting.text_alerts(now)
        did += upkeep.sweep(now)
        done += did
        if not did:
            return done
    raise CannotMove("something goes round in a circle at one moment")


# What is due at or before this moment has had its turn: only what comes later counts.
_NEXT = """
SELECT least(
    (SELECT min(due_at) FROM journey_run WHERE due_at > %(now)s),
    (SELECT min(next_at) FROM journey_clock WHERE next_at > %(now)s),
    (SELECT min(due_at) FROM message WHERE status = 'queued' AND due_at > %(now)s),
    (SELECT min(next_at) FROM webhook_delivery WHERE state = 'waiting' AND next_at > %(now)s),
    (SELECT min(scheduled_at) FROM campaign WHERE status = 'scheduled' AND scheduled_at > %(now)s),
    (SELECT min(next_pulse_at) FROM campaign WHERE status = 'sending' AND next_pulse_at > %(now)s),
    (SELECT min(at) + %(settle)s FROM hit WHERE at + %(settle)s > %(now)s)
)
"""


def next_due(now: datetime) -> datetime | None:
    """The next moment at which something falls due: also a midnight, where time itself moves people in segments."""
    found: datetime | None = sql.value(_NEXT, {"now": now, "settle": SETTLE})
    nights = [_midnight(now, zone) for zone in _zones()]
    moments = (found, planning.next_pulse_opens(now), *nights)
    return min((moment for moment in moments if moment is not None), default=None)


def _zones() -> set[str]:
    heard = sql.rows("SELECT DISTINCT workspace_id FROM segment_listener")
    rows = Workspace.objects.filter(pk__in=[row[0] for row in heard])
    return set(rows.values_list("time_zone", flat=True))


def _midnight(now: datetime, zone: str) -> datetime:
    return instant(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), time(), zone)
