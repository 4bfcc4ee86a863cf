"""What staff do with campaigns: write, choose the audience, send, schedule, pause, resume, cancel.

Sending itself goes on in `planning`, which the worker calls; an action only moves the campaign's state by
compare-and-set, so that two people pressing two buttons cannot both win.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.campaigns import events
from kesher.campaigns.audience import Audience, count_audience
from kesher.campaigns.checks import Problem, marked_subject, problems_of
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document, duplicate_document, publish_version
from kesher.content.models import Version
from kesher.messages.actions import cancel_queued, hold_source, queue_test, release_source

SOURCE = events.SOURCE
SHORTEST_PULSE = timedelta(minutes=1)
Status = Campaign.Status


class CannotSend(Exception):
    """The campaign is not ready; `problems` say what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.key for problem in problems))
        self.problems = problems


class WrongState(Exception):
    """Somebody was faster, or the act does not fit the state. `status` is what it is now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class BadValue(Exception):
    """A value that cannot be used: `field` names it, `text` says what would do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


@transaction.atomic
def create_campaign(access: Access, *, name: str, template: str | None = None) -> Campaign:
    """A draft with a document of its own, from a starting template by key if one is given."""
    document = create_document(access, kind="email", name=name, template=template)
    campaign = Campaign.objects.create(
        workspace=access.workspace, name=name, document=document, created_by=access.user
    )
    access.audit("campaign.created", campaign, name)
    return campaign


@transaction.atomic
def duplicate_campaign(access: Access, campaign: Campaign) -> Campaign:
    """A new draft with the same content, audience and sender."""
    name = _("Copy of %(name)s") % {"name": campaign.name}
    document = duplicate_document(access, campaign.document)
    copy = Campaign.objects.create(
        workspace=access.workspace,
        name=name[:200],
        document=document,
        message_class=campaign.message_class,
        sender_name=campaign.sender_name,
        sender_email=campaign.sender_email,
        reply_to=campaign.reply_to,
        audience=campaign.audience,
        created_by=access.user,
    )
    access.audit("campaign.created", copy, name)
    return copy


def rename_campaign(access: Access, campaign: Campaign, *, name: str) -> None:
    if not name.strip():
        raise BadValue("name", _("Give the campaign a name."))
    Campaign.objects.filter(pk=campaign.pk).update(name=name.strip()[:200])


def set_sender(
    access: Access, campaign: Campaign, *, name: str, email: str, reply_to: str, message_class: str
) -> None:
    """Empty values mean the workspace's own."""
    _only_draft(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(
        sender_name=name.strip(),
        sender_email=email.strip(),
        reply_to=reply_to.strip(),
        message_class=message_class,
    )


def set_audience(access: Access, campaign: Campaign, *, audience: Audience) -> None:
    """Raises BadValue for lists of another workspace or a list both in and out."""
    _only_draft(campaign)
    wanted = {*audience.include, *audience.exclude}
    known = ContactList.objects.filter(
        workspace=access.workspace, pk__in=wanted, archived_at=None
    ).count()
    if known != len(wanted):
        raise BadValue("lists", _("One of the lists is no longer there; choose again."))
    if set(audience.include) & set(audience.exclude):
        raise BadValue("lists", _("A list cannot be both sent to and left out."))
    Campaign.objects.filter(pk=campaign.pk).update(audience=audience.stored())


def send_campaign(
    access: Access,
    campaign: Campaign,
    *,
    now: datetime,
    at: datetime | None = None,
    pulse_size: int | None = None,
    pulse_every: timedelta | None = None,
) -> Campaign:
    """Send now, or at a time; at once, or `pulse_size` each `pulse_every`.

    Freezes the content: what is compiled here is what goes out. Raises CannotSend, WrongState, BadValue.
    """
    _check_timing(now, at, pulse_size, pulse_every)
    count = count_audience(
        campaign.workspace,
        Audience.of(campaign.audience),
        advertising=campaign.message_class == "advertising",
    )
    if blocking := [problem for problem in problems_of(campaign, count) if not problem.is_warning]:
        raise CannotSend(blocking)
    with transaction.atomic():
        version = _publish(access, campaign, now=now)
        _move(
            campaign,
            (Status.DRAFT,),
            Status.SCHEDULED if at else Status.SENDING,
            version=version,
            scheduled_at=at,
            started_at=None if at else now,
            pulse_size=pulse_size,
            pulse_seconds=int(pulse_every.total_seconds()) if pulse_every else None,
            next_pulse_at=(at or now) if pulse_size else None,
        )
        access.audit(
            "campaign.scheduled" if at else "campaign.sent",
            campaign,
            campaign.name,
            people=count.people,
        )
    campaign.refresh_from_db()
    return campaign


def _publish(access: Access, campaign: Campaign, *, now: datetime) -> Version:
    """The content as it leaves; the document keeps the subject as it was written. Raises Problems."""
    document = campaign.document
    document.subject = marked_subject(
        document.subject, workspace=campaign.workspace, message_class=campaign.message_class
    )
    return publish_version(access, document, now=now)


def send_test(access: Access, campaign: Campaign, *, to: Sequence[str], now: datetime) -> None:
    """To each address the mail as it would leave now, from the same sender. Raises Problems."""
    sender = {key: getattr(campaign, key) for key in ("sender_name", "sender_email", "reply_to")}
    queue_test(
        access,
        version=_publish(access, campaign, now=now),
        contact=None,
        to=to,
        now=now,
        sender={key: value for key, value in sender.items() if value},
    )


def unschedule_campaign(access: Access, campaign: Campaign) -> None:
    """Back to a draft, before its time came."""
    _move(campaign, (Status.SCHEDULED,), Status.DRAFT, scheduled_at=None, next_pulse_at=None)
    access.audit("campaign.unscheduled", campaign, campaign.name)


@transaction.atomic
def pause_campaign(access: Access, campaign: Campaign) -> None:
    """Nothing more leaves, but for the few that are on the wire at this moment."""
    _move(campaign, (Status.SENDING,), Status.PAUSED)
    hold_source(campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk))
    access.audit("campaign.paused", campaign, campaign.name)


@transaction.atomic
def resume_campaign(access: Access, campaign: Campaign, *, now: datetime) -> None:
    """Go on where it stopped. The next pulse is never sooner than a whole period after the last."""
    _move(campaign, (Status.PAUSED,), Status.SENDING)
    release_source(campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk))
    access.audit("campaign.resumed", campaign, campaign.name)


@transaction.atomic
def cancel_campaign(access: Access, campaign: Campaign, *, now: datetime) -> None:
    """Those not yet written to are not written to; the report says so."""
    _move(
        campaign,
        (Status.SENDING, Status.PAUSED),
        Status.CANCELLED,
        finished_at=now,
        next_pulse_at=None,
    )
    cancel_queued(
        campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk), reason="cancelled"
    )
    access.audit("campaign.cancelled", campaign, campaign.name)


def archive_campaign(access: Access, campaign: Campaign, *, now: datetime) -> None:
    """Out of the table; its report stays. Not while it is going out."""
    if campaign.status in (Status.SENDING, Status.SCHEDULED, Status.PAUSED):
        raise WrongState(campaign.status)
    Campaign.objects.filter(pk=campaign.pk).update(archived_at=now)
    access.audit("campaign.archived", campaign, campaign.name)


def restore_campaign(access: Access, campaign_id: int) -> None:
    Campaign.objects.filter(pk=campaign_id, workspace=access.workspace).update(archived_at=None)


def _check_timing(
    now: datetime, at: datetime | None, pulse_size: int | None, pulse_every: timedelta | None
) -> None:
    if at is not None and at <= now:
        raise BadValue("at", _("This time has passed; choose a later one."))
    if (pulse_size is None) != (pulse_every is None):
        raise BadValue("pulse", _("Staged sending needs both a number and a period."))
    if pulse_size is not None and pulse_size < 1:
        raise BadValue("pulse", _("Send at least one mail in each pulse."))
    if pulse_every is not None and pulse_every < SHORTEST_PULSE:
        raise BadValue("pulse", _("The shortest period between pulses is a minute."))


def _only_draft(campaign: Campaign) -> None:
    if campaign.status != Status.DRAFT:
        raise WrongState(campaign.status)


def _move(campaign: Campaign, expected: tuple[str, ...], target: str, **values: Any) -> None:
    """Compare-and-set of the status; the object in hand is brought up to date."""
    moved = Campaign.objects.filter(pk=campaign.pk, status__in=expected).update(
        status=target, **values
    )
    campaign.refresh_from_db()
    if not moved:
        raise WrongState(campaign.status)
