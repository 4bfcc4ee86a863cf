"""The figures of the dashboard. All from counters and a few campaigns: it costs the same with a million contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.content.models import Document
from kesher.events import counters
from kesher.lib import sql
from kesher.messages.models import Message
from kesher.web import formats, navigation

DAYS = 30
LATEST = 5
MOST_NEW = 10_000
SERIES = ("delivered", "opened", "clicked")
STATE_LOOKS = {
    "draft": "off",
    "scheduled": "wait",
    "sending": "live",
    "paused": "wait",
    "sent": "good",
    "cancelled": "off",
}

# The newest contacts by the index contact_newest, at most MOST_NEW and one: bounded whatever was imported.
_NEW_CONTACTS = """
SELECT count(*) FILTER (WHERE created_at >= %(since)s) FROM (
    SELECT created_at FROM contact WHERE workspace_id = %(workspace)s AND deleted_at IS NULL
    ORDER BY id DESC LIMIT %(limit)s
) AS newest
"""


@dataclass(frozen=True)
class Figure:
    """One card. `good` colours the note: True, False, or None for neither."""

    label: str | Promise
    value: str
    note: str | Promise = ""
    good: bool | None = None
    href: str | None = None
    spark: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """A campaign in "latest campaigns". The numbers are None before it was sent."""

    campaign: Campaign
    look: str
    numbers: dict[str, int] | None


@dataclass(frozen=True)
class Step:
    """One step of getting started. `href` is None while its screen is not there."""

    title: str | Promise
    text: str | Promise
    action: str | Promise
    href: str | None
    done: bool


@dataclass(frozen=True)
class Activity:
    """Mail by the day on which its campaign began to be sent, oldest first."""

    days: list[date]
    delivered: list[int]
    opened: list[int]
    clicked: list[int]

    @property
    def is_empty(self) -> bool:
        return not any(self.delivered)

    def as_json(self) -> dict[str, Any]:
        """As frontend/src/charts/lines.ts draws it."""
        series = [
            {"name": _("Delivered"), "tone": "brand", "filled": True, "values": self.delivered},
            {"name": _("Opened"), "tone": "amber", "values": self.opened},
            {"name": _("Clicked"), "tone": "plum", "values": self.clicked},
        ]
        return {
            "labels": [formats.short_day(day) for day in self.days],
            "series": [{**one, "name": str(one["name"])} for one in series],
        }


def recent_campaigns(workspace: Workspace, now: datetime) -> list[Campaign]:
    """Those whose sending began in the last DAYS days, oldest first."""
    since = now - timedelta(days=DAYS)
    found = Campaign.objects.filter(workspace=workspace, started_at__gte=since)
    return list(found.order_by("started_at")[:1000])


def activity(
    campaigns: list[Campaign], numbers: dict[int, dict[str, int]], now: datetime
) -> Activity:
    """Sums by day of the current time zone; a day without mail is 0."""
    last = timezone.localtime(now).date()
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    sums = {name: dict.fromkeys(days, 0) for name in SERIES}
    for campaign in campaigns:
        if campaign.started_at is None:
            continue
        day = timezone.localtime(campaign.started_at).date()
        for name in SERIES:
            if day in sums[name]:
                sums[name][day] += numbers[campaign.pk][name]
    return Activity(days, *(list(sums[name].values()) for name in SERIES))


def figures(
    access: Access,
    campaigns: list[Campaign],
    numbers: dict[int, dict[str, int]],
    now: datetime,
    *,
    contacts: int,
) -> list[Figure]:
    """Contacts; delivered, opened, clicked and unsubscribed of the last DAYS days."""
    sums = _sums(numbers.values())
    people = navigation.href("contacts_index", access.workspace.key)
    mails = navigation.href("campaigns_index", access.workspace.key)

    def rates(name: str) -> list[float]:
        shown = [numbers[campaign.pk] for campaign in campaigns[-12:]]
        return [one[name] / one["reached"] for one in shown if one["reached"]]

    return [
        _contacts_figure(access.workspace, contacts, people, now),
        Figure(
            _("Delivered in 30 days"),
            formats.number(sums["delivered"]),
            href=mails,
            spark=[float(numbers[campaign.pk]["delivered"]) for campaign in campaigns[-12:]],
        ),
        _rate(_("Opened"), sums["opened"], sums["reached"], mails, rates("opened")),
        _rate(_("Clicked"), sums["clicked"], sums["reached"], mails, rates("clicked")),
        _rate(
            _("Unsubscribed"), sums["unsubscribed"], sums["reached"], mails, rates("unsubscribed")
        ),
    ]


def latest(workspace: Workspace) -> list[Campaign]:
    """What was last worked on or sent."""
    touched = Coalesce("started_at", "updated_at")
    rows = Campaign.objects.filter(workspace=workspace, archived_at=None)
    return list(rows.order_by(touched.desc(), "-pk")[:LATEST])


def listed(campaigns: list[Campaign], numbers: dict[int, dict[str, int]]) -> list[Listed]:
    return [
        Listed(row, STATE_LOOKS.get(row.status, "off"), numbers[row.pk] if row.started_at else None)
        for row in campaigns
    ]


def was_sent(workspace: Workspace, known: list[Campaign]) -> bool:
    """Whether any campaign ever was. `known` are the latest; when they are fewer than `latest` gives, they are all."""
    if any(row.started_at for row in known):
        return True
    if len(known) < LATEST:
        return False
    return Campaign.objects.filter(workspace=workspace, started_at__isnull=False).exists()


def contacts_of(workspace: Workspace) -> int:
    return counters.read(workspace.pk, ["contacts"])["contacts"]


def first_steps(access: Access, *, contacts: int) -> list[Step]:
    """Getting started, in order, each done by what is really there; of a workspace that has sent nothing yet."""
    workspace = access.workspace

    def to(name: str) -> str | None:
        return navigation.href(name, workspace.key)

    mails = Document.objects.filter(workspace=workspace, is_template=False, is_apart=False)
    messages = Message.objects.filter(workspace_id=workspace.pk)
    return [
        Step(
            _("Bring your contacts"),
            _(
                "From a spreadsheet: names, addresses and what else you know. Nothing is sent to them yet."
            ),
            _("Import a file"),
            to("imports_new"),
            contacts > 0,
        ),
        Step(
            _("Write a mail"),
            _("From a ready design, with the reader's name in it."),
            _("Write a mail"),
            to("campaigns_new"),
            mails.exists(),
        ),
        Step(
            _("Send yourself a test"),
            _("See it in your own mailbox, on the phone too."),
            _("To the campaigns"),
            to("campaigns_index"),
            messages.filter(source="test").exists(),
        ),
        Step(
            _("Send it"),
            _("Choose a list, check the number of people, send now or later."),
            _("To the campaigns"),
            to("campaigns_index"),
            False,
        ),
    ]


def _contacts_figure(workspace: Workspace, total: int, href: str | None, now: datetime) -> Figure:
    new = int(
        sql.value(
            _NEW_CONTACTS,
            {
                "workspace": workspace.pk,
                "since": now - timedelta(days=DAYS),
                "limit": MOST_NEW + 1,
            },
        )
    )
    more = "+" if new > MOST_NEW else ""
    note = _("%(count)s new in 30 days") % {"count": formats.number(min(new, MOST_NEW)) + more}
    return Figure(_("Contacts"), formats.number(total), note if new else "", good=None, href=href)


def _rate(
    label: str | Promise, part: int, whole: int, href: str | None, spark: list[float]
) -> Figure:
    people = ngettext("%(count)s person", "%(count)s people", part)
    note = people % {"count": formats.number(part)} if whole else ""
    return Figure(label, formats.share(part, whole), note, href=href, spark=spark)


def _sums(numbers: Iterable[dict[str, int]]) -> dict[str, int]:
    found = dict.fromkeys((*SERIES, "reached", "unsubscribed"), 0)
    for one in numbers:
        for name in found:
            found[name] += one[name]
    return found
