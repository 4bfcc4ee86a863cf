"""What people are assumed to do: opens and clicks some time after a message, and what happens to a share of them.

Opens and clicks come as hits, as from the visitors' door, and are judged and told by the real digest. Who does what is
drawn by lot, always the same for one contact and message, so that two rehearsals differ only by what was changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from kesher.accounts.models import Workspace
from kesher.contacts.acts import Acts, apply_acts, read_acts
from kesher.contacts.changes import BadChanges
from kesher.events.log import NewEvent, record_many
from kesher.journeys.problems import BadJourney, of_rule
from kesher.journeys.rehearsal.outlet import Sent
from kesher.journeys.rehearsal.wishes import Assumed, Happening
from kesher.journeys.starting import lot
from kesher.journeys.when import after
from kesher.lib import sql
from kesher.messages.contents import plan_of
from kesher.messages.receipts.digest import digest_hits
from kesher.messages.receipts.hits import CLICK, OPEN, NewHit, store_hits
from kesher.rules.durations import read_duration

SOURCE = "rehearsal"
AT_ONCE = 5_000
# How long after a message people open it, of a hundred: most within the day.
DELAYS = (
    (20, timedelta(minutes=15)),
    (45, timedelta(hours=1)),
    (70, timedelta(hours=3)),
    (88, timedelta(hours=9)),
    (100, timedelta(days=1)),
)
# The open is told a little before the moment at which it is looked at, the click between: both have settled by then.
OPENED, CLICKED = timedelta(seconds=90), timedelta(seconds=30)
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
ADDRESS = "198.51.100.7"  # RFC 5737: nobody's
# When people read in a rehearsal that is long: each moment of the day costs, and nobody reads at night.
READING_HOURS = (time(9), time(14), time(20))


@dataclass(frozen=True)
class Percent:
    open: float = 0
    click: float = 0


@dataclass(frozen=True)
class Prepared:
    """Something that happens, read."""

    number: int
    share: float
    acts: Acts | None
    kind: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class Behaviour:
    """`contacts` are the people; `history` what messages did so far, by channel.

    They open and click at whole steps of `grain`, without one at the reading hours of their day: who reads about
    the same time does so together.
    """

    def __init__(
        self,
        workspace: Workspace,
        journey_id: int,
        contacts: Sequence[int],
        assumed: Assumed,
        history: Mapping[str, Percent],
        grain: timedelta | None = timedelta(minutes=15),
    ) -> None:
        self.workspace, self.journey_id, self.contacts = workspace, journey_id, contacts
        self.assumed, self.history, self.grain = assumed, history, grain
        self.zone = ZoneInfo(workspace.time_zone)
        self._due: list[tuple[datetime, int, Any]] = []
        self._order = count()
        self.opened = self.clicked = 0

    # Looking ahead.

    @property
    def next_at(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def expect(self, happenings: Iterable[Prepared], at: Iterable[datetime]) -> None:
        for one, moment in zip(happenings, at, strict=True):
            self._put(moment, one)

    def _put(self, at: datetime, what: Any) -> None:
        heapq.heappush(self._due, (at, next(self._order), what))

    def hear(self, sent: Iterable[Sent]) -> None:
        """Messages that left: who will open them, and when."""
        moments: dict[datetime, list[NewHit]] = {}
        for one in sent:
            rates = self.rates_of(one)
            if one.channel == "email" and self._draw(one, "open") >= max(rates.open, rates.click):
                continue
            clicks = self._draw(one, "click" if one.channel != "email" else "open") < rates.click
            at = self._moment(one.at + self._delay(one))
            hits = moments.setdefault(at, [])
            if one.channel == "email":
                hits.append(NewHit(OPEN, one.message_id, at - OPENED, None, ADDRESS, AGENT))
                self.opened += 1
            number = self._link(one) if clicks else None
            if number is not None:
                hits.append(NewHit(CLICK, one.message_id, at - CLICKED, number, ADDRESS, AGENT))
                self.clicked += 1
        for at, hits in moments.items():
            if hits:
                self._put(at, hits)

    def _moment(self, wanted: datetime) -> datetime:
        if self.grain is None:
            return _reading_time(wanted, self.zone)
        return _rounded(wanted, self.grain)

    def rates_of(self, one: Sent) -> Percent:
        """Those of the step, else the common ones, else those of history, else nobody does anything."""
        journey, _, node = one.group.partition(".")
        own = self.assumed.nodes.get(node) if journey == str(self.journey_id) else None
        past = self.history.get(one.channel, Percent()) if self.assumed.history else Percent()

        def first(*given: float | None) -> float:
            return next((rate for rate in given if rate is not None), 0.0)

        return Percent(
            first(own.open if own else None, self.assumed.open, past.open),
            first(own.click if own else None, self.assumed.click, past.click),
        )

    def _draw(self, one: Sent, what: str) -> float:
        """0 to 99.99; who clicks is among those who open."""
        return lot(self.journey_id, one.contact_id, f"{one.group}:{what}") + 0.5

    def _delay(self, one: Sent) -> timedelta:
        drawn = lot(self.journey_id, one.contact_id, f"{one.group}:delay")
        return next(delay for share, delay in DELAYS if drawn < share)

    def _link(self, one: Sent) -> int | None:
        """One of the links, spread evenly. None: there is nothing to click on."""
        plan = plan_of(one.version_id)
        if plan is None or not plan.links:
            return None
        return plan.links[lot(self.journey_id, one.contact_id, "link") % len(plan.links)].number

    # Doing.

    def act(self, now: datetime) -> int:
        """What is due by now, done; answers how much."""
        done = 0
        hits: list[NewHit] = []
        while self._due and self._due[0][0] <= now:
            what = heapq.heappop(self._due)[2]
            done += 1
            if isinstance(what, Prepared):
                self._happen(what, now)
            else:
                hits += what
        if hits:
            store_hits(hits)
            for _start in range(0, len(hits), AT_ONCE):  # all have settled by now
                digest_hits(now, AT_ONCE)
        return done

    def _happen(self, one: Prepared, now: datetime) -> None:
        name = f"happening:{one.number}"
        ids = [who for who in self.contacts if lot(self.journey_id, who, name) < one.share]
        if one.acts is not None:
            apply_acts(self.workspace.pk, contact_ids=ids, acts=one.acts, now=now, source=SOURCE)
            return
        for start in range(0, len(ids), AT_ONCE):
            record_many(
                self.workspace.pk,
                [
                    NewEvent(one.kind, who, now, dict(one.data), SOURCE)
                    for who in ids[start : start + AT_ONCE]
                ],
            )


def _rounded(at: datetime, grain: timedelta) -> datetime:
    """The next whole step of the day."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -((midnight - at) // grain) * grain


def _reading_time(at: datetime, zone: ZoneInfo) -> datetime:
    """The next reading hour on the wall clock."""
    here = at.astimezone(zone)
    days = (here.date(), here.date() + timedelta(days=1))
    hours = (datetime.combine(day, one, zone) for day in days for one in READING_HOURS)
    return next(one for one in hours if one >= at).astimezone(UTC)


def grain_of(length: timedelta) -> timedelta | None:
    """How exactly people's reading is timed in a rehearsal of this length; None: only to reading hours."""
    if length <= timedelta(days=7):
        return timedelta(minutes=15)
    return timedelta(hours=1) if length <= timedelta(days=31) else None


def prepare(workspace: Workspace, happenings: Sequence[Happening]) -> list[Prepared]:
    """Raises BadJourney where acts name what is not there."""
    found = []
    for number, one in enumerate(happenings):
        if one.event is not None:
            found.append(Prepared(number, one.share, None, one.event.kind, one.event.data))
            continue
        try:
            acts = read_acts(workspace, one.acts, path=f"happenings[{number}].acts")
        except BadChanges as bad:
            raise BadJourney(of_rule(bad.problems)) from bad
        found.append(Prepared(number, one.share, acts))
    return found


def moments_of(happenings: Sequence[Happening], start: datetime, zone: str) -> list[datetime]:
    durations = (read_duration(one.after) for one in happenings)
    return [after(start, one, zone) if one else start for one in durations]


# The newest messages tell enough, and no more of the table than that is read.
_HISTORY = """
SELECT channel, count(*), count(opened_at), count(clicked_at) FROM (
    SELECT channel, opened_at, clicked_at FROM message
    WHERE workspace_id = %s AND status = 'sent' AND source <> 'test' ORDER BY id DESC LIMIT 20000
) m GROUP BY channel
"""


def history_of(workspace_id: int) -> dict[str, Percent]:
    """How many of a hundred opened and clicked so far, by channel. Ask it before the copies stand."""
    return {
        channel: Percent(100 * opened / total, 100 * clicked / total)
        for channel, total, opened, clicked in sql.rows(_HISTORY, (workspace_id,))
    }
