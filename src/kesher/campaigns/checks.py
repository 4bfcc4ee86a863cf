"""What stands between a draft and sending it, in words; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.campaigns.audience import Audience, Count
from kesher.campaigns.models import Campaign
from kesher.contacts.vocabulary import fields_of
from kesher.content import problems as content
from kesher.content.compile import compile_document

ADVERTISING_MARK = "פרסומת"


@dataclass(frozen=True)
class Problem:
    """`step` is where it is mended: content, audience, sender. A warning does not stop sending."""

    key: str
    text: str | Promise
    step: str
    is_warning: bool = False


def problems_of(campaign: Campaign, count: Count | None) -> list[Problem]:
    """What is missing. `count` None leaves the audience's size unasked."""
    found = [*_content_problems(campaign), *_sender_problems(campaign)]
    audience = Audience.of(campaign.audience)
    if not audience.include:
        found.append(Problem("no_audience", _("Choose at least one list to send to."), "audience"))
    elif count is not None and count.people == 0:
        found.append(Problem("empty_audience", _("Nobody is in the chosen lists."), "audience"))
    elif count is not None and count.reachable == 0:
        found.append(
            Problem("unreachable", _("Nobody in the chosen lists can be written to."), "audience")
        )
    return found


def _content_problems(campaign: Campaign) -> list[Problem]:
    found = []
    if not campaign.document.subject.strip():
        found.append(Problem("no_subject", _("The subject is empty."), "content"))
    if not campaign.document.body.get("blocks"):
        found.append(Problem("no_content", _("The mail has no content yet."), "content"))
    if not campaign.document.preheader.strip():
        found.append(
            Problem(
                "no_preheader",
                _("There is no preview text; mail programs will show the first words of the mail."),
                "content",
                is_warning=True,
            )
        )
    return [*found, *_block_problems(campaign)]


def _block_problems(campaign: Campaign) -> list[Problem]:
    """What stops the content from being compiled, but for an empty subject or mail: a button without a link."""
    document = campaign.document
    try:
        errors = compile_document(
            document.body,
            subject=document.subject,
            preheader=document.preheader,
            fields=fields_of(campaign.workspace),
        ).errors
    except content.Problems as error:
        errors = error.problems
    return [
        Problem("broken_content", error.message, "content")
        for error in errors
        if error.path not in ("subject", "blocks")
    ]


def _sender_problems(campaign: Campaign) -> list[Problem]:
    workspace = campaign.workspace
    found = []
    if not (campaign.sender_email or workspace.sender_email):
        found.append(Problem("no_sender", _("There is no sender address."), "sender"))
    if not (campaign.sender_name or workspace.sender_name or workspace.name):
        found.append(Problem("no_sender_name", _("There is no sender name."), "sender"))
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


def marked_subject(subject: str, *, workspace: Workspace, message_class: str) -> str:
    """The subject with "פרסומת" before it where Israeli law asks for it (Communications Law §30A(e)(1))."""
    needed = workspace.country == "IL" and message_class == "advertising"
    if not needed or subject.strip().startswith(ADVERTISING_MARK):
        return subject
    return f"{ADVERTISING_MARK}: {subject}"
