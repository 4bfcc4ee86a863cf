"""What stands between a draft and sending it, in words; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kesher.campaigns.audience import Count, named, where_of
from kesher.campaigns.models import AbTest, Campaign
from kesher.contacts.vocabulary import fields_of
from kesher.content import problems as content
from kesher.content.coverage import coverage
from kesher.content.lines import has_tags, problems_of_line
from kesher.content.models import Document
from kesher.content.texts import opening
from kesher.content.workspace import is_targeted, problems_in
from kesher.lib.patience import TooSlow
from kesher.messages.subjects import unmarked
from kesher.segments.audience import Audience

SOON = timedelta(
    hours=24
)  # a resend before that reaches many who would still have opened the first
FEW = 100  # people for each variant; below, only enormous differences are more than chance


@dataclass(frozen=True)
class Problem:
    """`step` is where it is mended: content, audience, sender. A warning does not stop sending."""

    key: str
    text: str | Promise
    step: str
    is_warning: bool = False


def problems_of(campaign: Campaign, count: Count | None, *, now: datetime) -> list[Problem]:
    """What is missing. `count` None leaves the audience's size unasked."""
    return [
        *_content_problems(campaign),
        *_sender_problems(campaign),
        *_audience_problems(campaign, count),
        *_test_problems(campaign, count),
        *_resend_problems(campaign, now),
        *targeting_problems(campaign, now),
    ]


def _audience_problems(campaign: Campaign, count: Count | None) -> list[Problem]:
    chosen = Audience.of(campaign.audience)
    if not chosen.include:
        text = _("Choose at least one list or segment to send to.")
        return [Problem("no_audience", text, "audience")]
    found = [
        Problem("part_gone", _("A list or segment of the audience is no longer there."), "audience")
        for _part in named(campaign.workspace, chosen).gone[:1]
    ]
    if count is not None and count.people == 0:
        found.append(Problem("empty_audience", _("Nobody is in the audience."), "audience"))
    elif count is not None and count.reachable == 0:
        text = _("Nobody in the audience can be written to.")
        found.append(Problem("unreachable", text, "audience"))
    return found


def _test_problems(campaign: Campaign, count: Count | None) -> list[Problem]:
    """What an A/B test lacks, and whether it can teach anything."""
    test = AbTest.objects.filter(campaign=campaign).first()
    if test is None:
        return []
    variants = list(campaign.variants.all())
    found = [
        Problem("broken_variant", error.message, "test")
        for variant in variants
        if variant.document is not None
        for error in errors_of(campaign, variant.document)
    ]
    if count is None or len(variants) < 2:
        return found
    each = count.reachable * test.sample_percent // 100 // len(variants)
    if each < FEW:
        text = _("Only about %(people)s people get each variant: the winner may well be chance.")
        words = str(text) % {"people": each}
        found.append(Problem("small_sample", words, "test", is_warning=True))
    return found


def _resend_problems(campaign: Campaign, now: datetime) -> list[Problem]:
    parent = campaign.parent
    if parent is None:
        return []
    found = []
    if parent.finished_at is not None and now < parent.finished_at + SOON:
        text = _("The first mail left less than a day ago; many may still open it.")
        found.append(Problem("resend_soon", text, "audience", is_warning=True))
    if parent.version and unmarked(parent.version.subject) == campaign.document.subject.strip():
        text = _("The subject is the same as the first time; a new one gets opened more.")
        found.append(Problem("same_subject", text, "content", is_warning=True))
    return found


def _content_problems(campaign: Campaign) -> list[Problem]:
    document = campaign.document
    found = [
        Problem("broken_content", error.message, "content")
        for error in errors_of(campaign, document)
    ]
    said = document.body.get("blocks") if campaign.channel == "email" else opening(document.body)
    if not said:
        found.append(Problem("no_content", _("The message has no content yet."), "content"))
    if campaign.channel != "email":
        return found
    if not document.subject.strip():
        found.append(Problem("no_subject", _("The subject is empty."), "content"))
    if not document.preheader.strip():
        text = _("There is no preview text; mail programs will show the first words of the mail.")
        found.append(Problem("no_preheader", text, "content", is_warning=True))
    return found


def errors_of(campaign: Campaign, document: Document) -> list[content.Problem]:
    """What stops a document from being sent, but for an empty subject or an empty message."""
    found = problems_in(
        campaign.workspace,
        document.body,
        subject=document.subject,
        preheader=document.preheader,
        kind=campaign.channel,
    )
    return [
        problem
        for problem in found
        if problem.severity == content.ERROR and problem.path not in ("subject", "blocks")
    ]


def targeting_problems(campaign: Campaign, now: datetime) -> list[Problem]:
    """What targeting does to this audience: who would get nothing at all, gaps, blocks nobody sees."""
    document = campaign.document
    try:
        if not Audience.of(campaign.audience).include or not is_targeted(document.body):
            return []
        found = coverage(campaign.workspace, document.body, where_of(campaign, now), now=now)
    except (content.Problems, TooSlow):
        return []  # broken content is told already; a slow count is no reason to keep a person waiting
    problems = [
        Problem(one.code or "targeting", one.message, "content", is_warning=True)
        for one in found.problems
        if one.severity == content.WARNING
    ]
    if found.nothing:
        words = ngettext(
            "%(people)s person would get nothing: no block is meant for them, so nothing is sent to them.",
            "%(people)s people would get nothing: no block is meant for them, so nothing is sent to them.",
            found.nothing,
        )
        text = words % {"people": f"{found.nothing:,}"}
        problems.append(Problem("nothing_left", text, "content", is_warning=True))
    return problems


def _sender_problems(campaign: Campaign) -> list[Problem]:
    """A text message is sent by the gateway's number; only mail names its sender itself."""
    workspace = campaign.workspace
    found: list[Problem] = []
    if campaign.channel != "email":
        return found
    if not (campaign.sender_email or workspace.sender_email):
        found.append(Problem("no_sender", _("There is no sender address."), "sender"))
    if not (campaign.sender_name or workspace.sender_name or workspace.name):
        found.append(Problem("no_sender_name", _("There is no sender name."), "sender"))
    if has_tags(campaign.sender_name):
        wrong = problems_of_line(campaign.sender_name, fields_of(workspace), path="sender_name")
        found += [Problem("bad_sender_name", problem.message, "sender") for problem in wrong]
    if campaign.message_class == "advertising" and not workspace.postal_address:
        found.append(
            Problem(
                "no_postal_address",
                _(
                    "The law asks for your postal address in advertising mail; add it in the settings."
                ),
                "sender",
                is_warning=True,
            )
        )
    return found
