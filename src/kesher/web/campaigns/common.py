"""What the screens of campaigns share: finding one, acting on it, saying why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest
from kesher.campaigns.abtest import ab_test_of
from kesher.campaigns.audience import count_audience
from kesher.campaigns.checks import problems_of
from kesher.campaigns.errors import BadValue, WrongState
from kesher.campaigns.models import Campaign
from kesher.content.models import Document
from kesher.lib import clock

Status = Campaign.Status


def find(request: WorkspaceRequest, pk: int) -> Campaign:
    found = request.access.get(Campaign, pk)
    found.workspace = request.access.workspace
    return found


def back_to(request: WorkspaceRequest, campaign: Campaign) -> HttpResponse:
    return redirect("campaign", request.access.workspace.key, campaign.pk)


def act(
    request: WorkspaceRequest, campaign: Campaign, what: Callable[[], object], done: str = ""
) -> HttpResponse:
    """Do it and go back to the campaign, with words for what happened."""
    try:
        what()
    except (BadValue, WrongState) as error:
        messages.error(request, why(error))
    else:
        if done:
            messages.success(request, done)
    return back_to(request, campaign)


def why(error: BadValue | WrongState) -> str:
    if isinstance(error, BadValue):
        return error.text
    label = str(Status(error.status).label)
    return _("Somebody was faster: the campaign is now “%(status)s”.") % {"status": label}


def editor_url(campaign: Campaign, document: Document | None = None) -> str:
    """The document editor, coming back to the campaign; of a variant's document if one is given."""
    key = campaign.workspace.key
    back = reverse("campaign", args=[key, campaign.pk])
    number = document.pk if document else campaign.document_id
    return f"{reverse('content_editor', args=[key, number])}?next={back}"


def state_of(campaign: Campaign) -> dict[str, Any]:
    """The live count, what is missing, and whether it can be sent."""
    now = clock.now()
    count = count_audience(campaign, now)
    problems = problems_of(campaign, count, now=now)
    return {
        "count": count,
        "problems": problems,
        "ready": not [problem for problem in problems if not problem.is_warning],
        "campaign": campaign,
        "ab_test": ab_test_of(campaign),
    }
