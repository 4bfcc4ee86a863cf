"""Human or machine? Pure: a hit, its message's times, and the other clicks on that message around it.

The verdict depends on what came within a few seconds before and after, never on how hits fell into
batches: the digest waits until that time has passed (SETTLE) before it judges a hit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.messages.receipts.agents import is_image_proxy, machine_agent
from kesher.messages.receipts.hits import CLICK, HONEYPOT, PREFETCH, Hit

TOO_SOON = timedelta(seconds=2)  # nobody opens or clicks faster after sending
BURST = timedelta(seconds=2)  # so many different links so close together is a scanner
BURST_LINKS = 3
SWEEP = timedelta(
    seconds=8
)  # every link of a mail with several within this time: a patient scanner
SETTLE = timedelta(seconds=10)  # SWEEP, and time for a hit to be written

REASONS: dict[str, str | Promise] = {
    "head": _("asked for the headers only"),
    "prefetch": _("fetched ahead"),
    "no_agent": _("gave no name of its program"),
    "scanner_agent": _("a scanner or robot by the name of its program"),
    "apple_privacy": _("Apple Mail Privacy Protection"),
    "honeypot": _("followed a link that people do not see"),
    "too_soon": _("within two seconds of sending"),
    "burst": _("several different links within two seconds"),
    "sweep": _("every link of the mail within seconds"),
    "image_proxy": _("through the mail provider’s image proxy: a person, most likely"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a key of REASONS or "". "image_proxy" comes with is_machine False: not known to be a machine."""

    is_machine: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Click:
    """Of a click near by, what counts: when, which link, from where."""

    at: datetime
    link_number: int | None
    visitor: tuple[str, str] | None = None  # (ip, agent); None when it is not known any more


def clicks_of(hits: Iterable[Hit]) -> list[Click]:
    return [
        Click(hit.at, hit.link_number, (hit.ip, hit.agent)) for hit in hits if hit.kind == CLICK
    ]


class Clicks:
    """The clicks on one message, and the spans of time in which they look like a scanner's."""

    def __init__(self, clicks: Iterable[Click], links: int) -> None:
        ordered = sorted(clicks, key=lambda click: click.at)
        # Of a mail with two links, both at once is already all there is to follow.
        crowd = 2 if links == 2 else BURST_LINKS
        self._spans = {
            "honeypot": [
                (click.at - SWEEP, click.at + SWEEP)
                for click in ordered
                if click.link_number == HONEYPOT
            ],
            "burst": _crowded(ordered, BURST, crowd),
            "sweep": _crowded(ordered, SWEEP, links) if links > BURST_LINKS else [],
        }
        self._links = links
        self._clicks = ordered

    def pattern(self, at: datetime, margin: timedelta = timedelta(0)) -> str:
        """The reason why a click at this moment is a machine's, or ""."""
        for reason, spans in self._spans.items():
            place = bisect_right(spans, (at + margin, datetime.max.replace(tzinfo=UTC)))
            if place and spans[place - 1][1] >= at - margin:
                return reason
        return ""

    def by_visitor(self) -> dict[tuple[str, str], Clicks]:
        groups: dict[tuple[str, str], list[Click]] = {}
        for click in self._clicks:
            if click.visitor:
                groups.setdefault(click.visitor, []).append(click)
        return {visitor: Clicks(clicks, self._links) for visitor, clicks in groups.items()}


def _crowded(
    clicks: Sequence[Click], length: timedelta, wanted: int
) -> list[tuple[datetime, datetime]]:
    """The stretches of at most `length` that see at least `wanted` different links, in order."""
    spans = []
    seen: Counter[int | None] = Counter()
    end = 0
    for click in clicks:
        while end < len(clicks) and clicks[end].at - click.at <= length:
            seen[clicks[end].link_number] += 1
            end += 1
        if len(seen) >= wanted:
            spans.append((click.at, clicks[end - 1].at))
        seen[click.link_number] -= 1
        if not seen[click.link_number]:
            del seen[click.link_number]
    return spans


def judge(
    hit: Hit,
    *,
    sent_at: datetime | None,
    clicks: Clicks | None = None,
    own_clicks: Clicks | None = None,
) -> Verdict:
    """Whether a person did it.

    `clicks` are those on this message at about that time, by anybody (scanners come from many addresses);
    `own_clicks` those of the same visitor, by which an open is judged.
    """
    if reason := _by_itself(hit, sent_at):
        return Verdict(True, reason)
    if hit.kind == CLICK:
        reason = clicks.pattern(hit.at) if clicks else ""
    else:
        reason = own_clicks.pattern(hit.at, SWEEP) if own_clicks else ""
    if reason:
        return Verdict(True, reason)
    return Verdict(False, "image_proxy" if is_image_proxy(hit.agent) else "")


def _by_itself(hit: Hit, sent_at: datetime | None) -> str:
    """The reason that the hit gives without looking at others."""
    if hit.method == "HEAD":
        return "head"
    if hit.method == PREFETCH:
        return "prefetch"
    if hit.link_number == HONEYPOT:
        return "honeypot"
    if reason := machine_agent(hit.agent):
        return reason
    return "too_soon" if sent_at is not None and hit.at - sent_at < TOO_SOON else ""
