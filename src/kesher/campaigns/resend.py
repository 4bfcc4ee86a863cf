"""Sending a campaign again to those who got it and did not open: the draft, its audience, and a last look.

Whoever opened or clicked in between gets nothing: it is asked when planning, and for each message at sending.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.campaigns.errors import BadValue
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document
from kesher.lib import sql
from kesher.messages.subjects import unmarked
from kesher.segments.audience import Audience, Part

Status = Campaign.Status


def can_resend(campaign: Campaign) -> bool:
    """A mail that has gone out, and is not itself sent again."""
    over = campaign.status in (Status.SENT, Status.CANCELLED)
    return campaign.channel == "email" and over and campaign.parent_id is None


def resend_of(campaign: Campaign) -> Campaign | None:
    """The one that sends it again, if there is one: a person gets a mail a second time, never a third."""
    found = Campaign.objects.filter(
        workspace_id=campaign.workspace_id, parent=campaign, archived_at=None
    )
    return found.exclude(status=Status.CANCELLED).order_by("pk").first()


@transaction.atomic
def resend_campaign(access: Access, campaign: Campaign) -> Campaign:
    """A draft with what was sent, to those who did not open; the one there already is, if it is still a draft.

    Raises BadValue.
    """
    # As it is now, and held: two clicks make one draft.
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not can_resend(campaign) or campaign.version is None:
        raise BadValue("campaign", _("Only a mail that has gone out can be sent again, and once."))
    if known := resend_of(campaign):
        if known.status != Status.DRAFT:
            raise BadValue("campaign", _("It was already sent again."))
        return known
    name = (_("%(name)s – to those who did not open") % {"name": campaign.name})[:200]
    version = campaign.version
    document = create_document(
        access,
        kind=campaign.channel,
        name=name,
        body=version.body,
        subject=unmarked(version.subject),
        preheader=version.preheader,
    )
    everybody = ContactList.objects.get(workspace=access.workspace, is_all=True)
    made = Campaign.objects.create(
        workspace=access.workspace,
        name=name,
        document=document,
        parent=campaign,
        channel=campaign.channel,
        message_class=campaign.message_class,
        sender_name=_sender_name(campaign),
        sender_email=campaign.sender_email,
        reply_to=campaign.reply_to,
        audience=Audience((Part("list", everybody.pk),), (), ()).stored(),
        created_by=access.user,
    )
    access.audit("campaign.created", made, name, resend_of=campaign.pk)
    return made


def _sender_name(campaign: Campaign) -> str:
    """As the rest got it: the winner of a test of sender names."""
    won = campaign.variants.filter(version=campaign.version).exclude(sender_name="").first()
    return won.sender_name if won else campaign.sender_name


_NOT_OPENED = """EXISTS (
    SELECT 1 FROM message first WHERE first.workspace_id = c.workspace_id AND first.source = 'campaign'
      AND first.source_id = %(resend_of)s AND first.contact_id = c.id AND first.status = 'sent'
      AND first.opened_at IS NULL AND first.clicked_at IS NULL AND first.bounced_at IS NULL
      AND first.complained_at IS NULL AND first.unsubscribed_at IS NULL
) AND NOT EXISTS (
    SELECT 1 FROM message again WHERE again.workspace_id = c.workspace_id AND again.source = 'campaign'
      AND again.source_id = ANY(%(resend_others)s) AND again.contact_id = c.id AND again.status IN ('sent', 'unknown')
)"""


def where_not_opened(campaign: Campaign) -> tuple[str, dict[str, Any]]:
    """Over alias `c`: got the parent, did not open or click, and was not written to by another resend of it."""
    others = Campaign.objects.filter(
        workspace_id=campaign.workspace_id, parent_id=campaign.parent_id
    ).exclude(pk=campaign.pk)
    return _NOT_OPENED, {
        "resend_of": str(campaign.parent_id),
        "resend_others": [str(number) for number in others.values_list("pk", flat=True)],
    }


_OPENED_MEANWHILE = """
SELECT r.id, m.contact_id FROM campaign r
JOIN message m ON m.workspace_id = r.workspace_id AND m.source = 'campaign' AND m.source_id = r.parent_id::text
JOIN unnest(%(campaigns)s::bigint[], %(contacts)s::bigint[]) AS w(campaign, contact)
  ON w.campaign = r.id AND w.contact = m.contact_id
WHERE r.workspace_id = %(workspace)s AND r.parent_id IS NOT NULL
  AND (m.opened_at IS NOT NULL OR m.clicked_at IS NOT NULL)
"""


def refusals(
    workspace: Workspace, wanted: Mapping[str, Collection[int]]
) -> Mapping[tuple[str, int], str]:
    """Whom a resend does not want any more, asked at the moment of sending."""
    numbers = {int(source_id): source_id for source_id in wanted if source_id.isdigit()}
    resent = Campaign.objects.filter(
        workspace=workspace, pk__in=numbers, parent__isnull=False
    ).values_list("pk", flat=True)
    pairs = [(number, contact) for number in resent for contact in wanted[numbers[number]]]
    if not pairs:
        return {}
    found = sql.rows(
        _OPENED_MEANWHILE,
        {
            "workspace": workspace.pk,
            "campaigns": [pair[0] for pair in pairs],
            "contacts": [pair[1] for pair in pairs],
        },
    )
    return {(str(number), contact): "opened_meanwhile" for number, contact in found}
