"""What staff do with a draft: write, choose the audience, name the sender, try it, send it; and put campaigns away.

Sending itself goes on in `planning`, which the worker calls. Pausing and the like are in `moves`, A/B tests in
`abtest`, sending again in `resend`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.campaigns import abtest, log
from kesher.campaigns.audience import count_audience
from kesher.campaigns.checks import problems_of
from kesher.campaigns.errors import BadValue, CannotSend, WrongState
from kesher.campaigns.models import AbTest, Campaign, Variant
from kesher.campaigns.moves import only_draft, set_status
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document, duplicate_document, publish_version
from kesher.content.document import blank
from kesher.content.models import Document, Version
from kesher.messages.actions import queue_test
from kesher.messages.subjects import marked_subject
from kesher.segments.audience import Audience
from kesher.segments.models import Segment

SHORTEST_PULSE = timedelta(minutes=1)
Status = Campaign.Status


@transaction.atomic
def create_campaign(
    access: Access, *, name: str, channel: str = "email", template: str | None = None
) -> Campaign:
    """A draft with a document of its own, from a starting template by key if one is given. Raises BadValue."""
    if channel not in CHANNELS:
        raise BadValue("channel", _("Choose e-mail, SMS or WhatsApp."))
    body = None if channel == "email" else _empty_text(access.workspace.language)
    document = create_document(access, kind=channel, name=name, body=body, template=template)
    campaign = Campaign.objects.create(
        workspace=access.workspace,
        name=name,
        channel=channel,
        document=document,
        created_by=access.user,
    )
    access.audit("campaign.created", campaign, name)
    return campaign


def _empty_text(language: str) -> dict[str, Any]:
    """A text with a first piece to write in."""
    return {**blank(language), "blocks": [{"id": "t1", "kind": "sms_text", "text": ""}]}


@transaction.atomic
def duplicate_campaign(access: Access, campaign: Campaign) -> Campaign:
    """A new draft with the same content, audience, sender and A/B test."""
    name = _("Copy of %(name)s") % {"name": campaign.name}
    document = duplicate_document(access, campaign.document)
    copy = Campaign.objects.create(
        workspace=access.workspace,
        name=name[:200],
        channel=campaign.channel,
        document=document,
        message_class=campaign.message_class,
        sender_name=campaign.sender_name,
        sender_email=campaign.sender_email,
        reply_to=campaign.reply_to,
        audience=campaign.audience,
        created_by=access.user,
    )
    _copy_test(access, campaign, copy)
    access.audit("campaign.created", copy, name)
    return copy


def _copy_test(access: Access, campaign: Campaign, copy: Campaign) -> None:
    test = abtest.ab_test_of(campaign)
    if test is None:
        return
    AbTest.objects.create(
        workspace=access.workspace,
        campaign=copy,
        **{
            name: getattr(test, name)
            for name in ("what", "sample_percent", "wait_seconds", "measure")
        },
    )
    for variant in campaign.variants.all():
        document = duplicate_document(access, variant.document) if variant.document else None
        Variant.objects.create(
            workspace=access.workspace,
            campaign=copy,
            number=variant.number,
            subject=variant.subject,
            sender_name=variant.sender_name,
            document=document,
        )


def rename_campaign(access: Access, campaign: Campaign, *, name: str) -> None:
    if not name.strip():
        raise BadValue("name", _("Give the campaign a name."))
    Campaign.objects.filter(pk=campaign.pk).update(name=name.strip()[:200])


def set_sender(
    access: Access, campaign: Campaign, *, name: str, email: str, reply_to: str, message_class: str
) -> None:
    """Empty values mean the workspace's own."""
    only_draft(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(
        sender_name=name.strip(),
        sender_email=email.strip(),
        reply_to=reply_to.strip(),
        message_class=message_class,
    )


def set_audience(access: Access, campaign: Campaign, *, audience: Audience) -> None:
    """Raises BadValue for what is of another workspace, put away, or both sent to and left out."""
    only_draft(campaign)
    lists, segments = audience.ids("list"), audience.ids("segment")
    usable = {"workspace": access.workspace, "archived_at": None}
    known = (
        ContactList.objects.filter(pk__in=lists, **usable).count(),
        Segment.objects.filter(pk__in=segments, **usable).count(),
    )
    if known != (len(lists), len(segments)):
        raise BadValue("audience", _("A list or segment is no longer there; choose again."))
    if {*audience.include, *audience.require} & set(audience.exclude):
        raise BadValue("audience", _("The same people cannot be both sent to and left out."))
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
    count = count_audience(campaign, now)
    found = problems_of(campaign, count, now=now)
    if blocking := [problem for problem in found if not problem.is_warning]:
        raise CannotSend(blocking)
    with transaction.atomic():
        version = _publish_all(access, campaign, now=now)
        set_status(
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
        kind = "scheduled" if at else "sent"
        log.note(campaign, kind, now=now, user=access.user, people=count.people)
        access.audit(f"campaign.{kind}", campaign, campaign.name, people=count.people)
    return campaign


def _publish_all(access: Access, campaign: Campaign, *, now: datetime) -> Version:
    """Freeze the content, of an A/B test each variant's; answers the first. Raises Problems."""
    first: Version | None = None
    for variant in campaign.variants.all():
        version = _publish(access, campaign, variant, now=now)
        Variant.objects.filter(pk=variant.pk).update(version=version)
        first = first or version
    return first or _publish(access, campaign, None, now=now)


def _publish(
    access: Access, campaign: Campaign, variant: Variant | None, *, now: datetime
) -> Version:
    """The content as it leaves; the document keeps the subject as it was written. Raises Problems."""
    document: Document = campaign.document
    if variant is not None and variant.document is not None:
        document = variant.document
    subject = variant.subject if variant is not None and variant.subject else document.subject
    if campaign.channel == "email":
        document.subject = marked_subject(
            subject,
            workspace=campaign.workspace,
            message_class=campaign.message_class,
            direction=str(document.body.get("direction", "rtl")),
        )
    try:
        return publish_version(access, document, now=now)
    finally:
        document.refresh_from_db(fields=["subject"])


def send_test(access: Access, campaign: Campaign, *, to: Sequence[str], now: datetime) -> None:
    """To each address the message as it would leave now, of an A/B test each variant. Raises Problems."""
    variants: list[Variant | None] = [*campaign.variants.all()]
    for variant in variants or [None]:
        sender = {
            key: getattr(campaign, key) for key in ("sender_name", "sender_email", "reply_to")
        }
        if variant is not None and variant.sender_name:
            sender["sender_name"] = variant.sender_name
        queue_test(
            access,
            version=_publish(access, campaign, variant, now=now),
            contact=None,
            to=to,
            now=now,
            sender={key: value for key, value in sender.items() if value},
            channel=campaign.channel,
            tests=campaign.message_class,
        )


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
        raise BadValue("pulse", _("Send at least one message in each pulse."))
    if pulse_every is not None and pulse_every < SHORTEST_PULSE:
        raise BadValue("pulse", _("The shortest period between pulses is a minute."))
