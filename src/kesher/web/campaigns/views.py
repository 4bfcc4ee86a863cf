"""Campaigns: the table, a new one, and what moves one from state to state. A draft is in `drafts`, a report in `report`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.accounts.undo import UNDO, UndoKind, offer_undo
from kesher.campaigns import actions, queries
from kesher.campaigns.errors import BadValue, WrongState
from kesher.campaigns.moves import MOVES, move_campaign
from kesher.campaigns.resend import resend_campaign
from kesher.contacts.channels import CHANNELS
from kesher.content.templates import templates_in
from kesher.lib import clock
from kesher.web.campaigns import drafts, from_segment, report
from kesher.web.campaigns.common import Status, act, editor_url, find, why
from kesher.web.toasts import toast

PAGE = 25


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdigit() else 1
    found = queries.campaigns_of(request.access.workspace, status=status, text=text)
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    numbers = queries.numbers_of(rows)
    context = {
        "nav": "campaigns",
        "campaigns": [(row, numbers.get(row.pk, {})) for row in rows[:PAGE]],
        "statuses": Status.choices,
        "status": status,
        "text": text,
        "page": page,
        "more": len(rows) > PAGE,
        "none_at_all": not rows and not status and not text and page == 1,
    }
    template = "campaigns/_rows.html" if request.htmx else "campaigns/index.html"
    return render(request, template, context)


@workspace_view(Role.EDITOR)
def new(request: WorkspaceRequest) -> HttpResponse:
    """First by which channel; then, for a mail, a starting template, and a name."""
    channel = request.GET.get("channel", "")
    if request.method == "POST":
        made = actions.create_campaign(
            request.access,
            name=request.POST.get("name", "").strip() or _("Untitled campaign"),
            channel=channel if channel in CHANNELS else "email",
            template=request.POST.get("template") or None,
        )
        from_segment.apply(request, made)
        return redirect(editor_url(made))
    from_segment.remember(request)
    wanted = request.GET.get("language", request.access.workspace.language)
    language = wanted if wanted in dict(settings.LANGUAGES) else "he"
    context: dict[str, Any] = {"nav": "campaigns", "language": language, "channel": channel}
    if channel == "email":
        context["templates"] = templates_in(language)
        return render(request, "campaigns/new.html", context)
    if channel in CHANNELS:
        return render(request, "campaigns/new_text.html", context)
    return render(request, "campaigns/new_channel.html", {**context, "channels": CHANNELS})


@workspace_view()
def campaign(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if found.status in (Status.DRAFT, Status.SCHEDULED):
        return drafts.show(request, found)
    return report.show(request, found)


@require_POST
@workspace_view(Role.EDITOR)
def rename(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found, name = find(request, pk), request.POST.get("name", "")
    return act(request, found, lambda: actions.rename_campaign(request.access, found, name=name))


@require_POST
@workspace_view(Role.EDITOR)
def move(request: WorkspaceRequest, pk: int, to: str) -> HttpResponse:
    """Pause, resume, cancel, back to a draft: `to` is a key of MOVES."""
    found = find(request, pk)
    return act(
        request,
        found,
        lambda: move_campaign(request.access, found, to, now=clock.now()),
        done=str(MOVES[to].done),
    )


@require_POST
@workspace_view(Role.EDITOR)
def resend(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A draft to those who did not open, ready but for a new subject."""
    found = find(request, pk)
    try:
        made = resend_campaign(request.access, found)
    except BadValue as error:
        messages.error(request, why(error))
        return redirect("campaign", request.access.workspace.key, pk)
    return redirect("campaign", request.access.workspace.key, made.pk)


@require_POST
@workspace_view(Role.EDITOR)
def duplicate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    copy = actions.duplicate_campaign(request.access, find(request, pk))
    return redirect("campaign", request.access.workspace.key, copy.pk)


@require_POST
@workspace_view(Role.EDITOR)
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    try:
        actions.archive_campaign(request.access, found, now=clock.now())
    except WrongState as error:
        messages.error(request, why(error))
        return redirect("campaign", request.access.workspace.key, pk)
    undo = offer_undo(request.access, kind="campaign.archived", data={"campaign": found.pk})
    toast(request, _("“%(name)s” was deleted.") % {"name": found.name}, undo=undo)
    return redirect("campaigns_index", request.access.workspace.key)


def _restore(access: Access, data: dict[str, Any]) -> str:
    actions.restore_campaign(access, data["campaign"])
    return _("The campaign is back.")


UNDO.register(UndoKind("campaign.archived", _restore))
