"""Campaigns: the table, and a draft on its way to being sent. The report of a sent one is in `report`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.accounts.undo import UNDO, UndoKind, offer_undo
from kesher.campaigns import actions, queries
from kesher.campaigns.actions import BadValue, CannotSend, WrongState
from kesher.campaigns.audience import Audience, count_audience, lists_of
from kesher.campaigns.checks import problems_of
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.preview import preview as render_preview
from kesher.content.problems import Problems
from kesher.content.templates import templates_in
from kesher.events import counters
from kesher.lib import clock
from kesher.lib.addresses import normalise_email
from kesher.web.campaigns import report
from kesher.web.campaigns.forms import PERIODS, SenderForm, SendForm
from kesher.web.toasts import toast

PAGE = 25
MOST_TEST_ADDRESSES = 10
Status = Campaign.Status


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
    """Choose a starting template and a name."""
    if request.method == "POST":
        name = request.POST.get("name", "").strip() or _("Untitled campaign")
        made = actions.create_campaign(
            request.access, name=name, template=request.POST.get("template") or None
        )
        return redirect(editor_url(made))
    wanted = request.GET.get("language", request.access.workspace.language)
    language = wanted if wanted in dict(settings.LANGUAGES) else "he"
    context = {"nav": "campaigns", "templates": templates_in(language), "language": language}
    return render(request, "campaigns/new.html", context)


def editor_url(campaign: Campaign) -> str:
    """The document editor, coming back to the campaign."""
    key = campaign.workspace.key
    back = reverse("campaign", args=[key, campaign.pk])
    return f"{reverse('content_editor', args=[key, campaign.document_id])}?next={back}"


@workspace_view()
def campaign(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    if found.status in (Status.DRAFT, Status.SCHEDULED):
        return _setup(request, found)
    return report.show(request, found)


def _setup(request: WorkspaceRequest, found: Campaign, **more: Any) -> HttpResponse:
    """The steps of a draft, each with its state, and what is still missing."""
    chosen = Audience.of(found.audience)
    count = count_audience(
        found.workspace, chosen, advertising=found.message_class == "advertising"
    )
    sender = SenderForm(
        initial={
            "sender_name": found.sender_name,
            "sender_email": found.sender_email,
            "reply_to": found.reply_to,
            "message_class": found.message_class,
        }
    )
    problems = problems_of(found, count)
    context = {
        "nav": "campaigns",
        "campaign": found,
        "editor_url": editor_url(found),
        "lists": _lists_with_counts(request.access),
        "chosen": chosen,
        "count": count,
        "sender_form": sender,
        "send_form": SendForm(zone=found.workspace.time_zone),
        "periods": PERIODS,
        "problems": problems,
        "ready": not [problem for problem in problems if not problem.is_warning],
        "chosen_lists": lists_of(found.workspace, chosen),
        **more,
    }
    return render(request, "campaigns/setup.html", context)


def _lists_with_counts(access: Access) -> list[tuple[ContactList, int]]:
    lists = list(
        ContactList.objects.filter(workspace=access.workspace, archived_at=None).order_by(
            "-is_all", "name"
        )
    )
    numbers = counters.read(access.workspace.pk, ["contacts", *(f"list.{row.pk}" for row in lists)])
    return [(row, numbers["contacts" if row.is_all else f"list.{row.pk}"]) for row in lists]


@require_POST
@workspace_view(Role.EDITOR)
def rename(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    return _act(
        request,
        found,
        lambda: actions.rename_campaign(request.access, found, name=request.POST.get("name", "")),
    )


@require_POST
@workspace_view(Role.EDITOR)
def audience(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Saved as it is clicked; answers the new count and what is missing."""
    found = _campaign(request, pk)
    try:
        actions.set_audience(
            request.access,
            found,
            audience=Audience(_numbers(request, "include"), _numbers(request, "exclude")),
        )
    except (BadValue, WrongState) as error:
        return render(request, "campaigns/_count.html", {"campaign": found, "error": _why(error)})
    found.refresh_from_db()
    chosen = Audience.of(found.audience)
    count = count_audience(
        found.workspace, chosen, advertising=found.message_class == "advertising"
    )
    problems = problems_of(found, count)
    context = {
        "campaign": found,
        "count": count,
        "chosen": chosen,
        "problems": problems,
        "ready": not [problem for problem in problems if not problem.is_warning],
        "swap": True,
    }
    return render(request, "campaigns/_count.html", context)


def _numbers(request: HttpRequest, name: str) -> tuple[int, ...]:
    return tuple(int(value) for value in request.POST.getlist(name) if value.isdigit())


@require_POST
@workspace_view(Role.EDITOR)
def sender(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    form = SenderForm(request.POST)
    if not form.is_valid():
        return _setup(request, found, sender_form=form, sender_open=True)
    values = form.cleaned_data
    return _act(
        request,
        found,
        lambda: actions.set_sender(
            request.access,
            found,
            name=values["sender_name"],
            email=values["sender_email"],
            reply_to=values["reply_to"],
            message_class=values["message_class"],
        ),
        done=_("Saved."),
    )


@xframe_options_sameorigin
@workspace_view()
def preview(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The mail as HTML, for a sandboxed frame."""
    found = _campaign(request, pk)
    body, subject, preheader = found.document.body, found.document.subject, found.document.preheader
    if found.version is not None and found.status not in (Status.DRAFT,):
        body, subject, preheader = (
            found.version.body,
            found.version.subject,
            found.version.preheader,
        )
    shown = render_preview(body, subject, preheader, found.workspace, None, device="desktop")
    response = HttpResponse(shown.html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = (
        "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *"
    )
    return response


@require_POST
@workspace_view(Role.EDITOR)
def test(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Send what is in the editor to a few addresses."""
    found = _campaign(request, pk)
    words = re.split(r"[\s,;]+", request.POST.get("to", "").strip())
    addresses = [address for word in words if (address := normalise_email(word))]
    if not addresses or len(addresses) != len([word for word in words if word]):
        messages.error(request, _("Write one or more e-mail addresses, with commas between them."))
    elif len(addresses) > MOST_TEST_ADDRESSES:
        messages.error(request, _("A test goes to ten addresses at most."))
    else:
        _send_test(request, found, addresses)
    return redirect("campaign", request.access.workspace.key, found.pk)


def _send_test(request: WorkspaceRequest, campaign: Campaign, addresses: list[str]) -> None:
    try:
        actions.send_test(request.access, campaign, to=addresses, now=clock.now())
    except Problems as error:
        messages.error(request, " ".join(problem.message for problem in error.problems))
    else:
        said = ngettext(
            "The test is on its way.", "%(count)s tests are on their way.", len(addresses)
        )
        messages.success(request, said % {"count": len(addresses)})


@require_POST
@workspace_view(Role.EDITOR)
def send(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    form = SendForm(request.POST, zone=found.workspace.time_zone)
    if not form.is_valid():
        return _setup(request, found, send_form=form, sending=True)
    timing = form.timing()
    try:
        actions.send_campaign(
            request.access,
            found,
            now=clock.now(),
            at=timing.at,
            pulse_size=timing.pulse_size,
            pulse_every=timing.pulse_every,
        )
    except CannotSend as error:
        messages.error(request, " ".join(str(problem.text) for problem in error.problems))
    except BadValue as error:
        form.add_error("at" if error.field == "at" else "pulse_size", error.text)
        return _setup(request, found, send_form=form, sending=True)
    except WrongState as error:
        messages.error(request, _why(error))
    else:
        messages.success(request, _("Scheduled.") if timing.at else _("On its way."))
    return redirect("campaign", request.access.workspace.key, found.pk)


@require_POST
@workspace_view(Role.EDITOR)
def unschedule(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    return _act(
        request,
        found,
        lambda: actions.unschedule_campaign(request.access, found),
        done=_("A draft again."),
    )


@require_POST
@workspace_view(Role.EDITOR)
def pause(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    return _act(
        request, found, lambda: actions.pause_campaign(request.access, found), done=_("Paused.")
    )


@require_POST
@workspace_view(Role.EDITOR)
def resume(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    return _act(
        request,
        found,
        lambda: actions.resume_campaign(request.access, found, now=clock.now()),
        done=_("Going on."),
    )


@require_POST
@workspace_view(Role.EDITOR)
def cancel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    return _act(
        request,
        found,
        lambda: actions.cancel_campaign(request.access, found, now=clock.now()),
        done=_("Cancelled. Whoever was not written to yet will not be."),
    )


@require_POST
@workspace_view(Role.EDITOR)
def duplicate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    copy = actions.duplicate_campaign(request.access, _campaign(request, pk))
    return redirect("campaign", request.access.workspace.key, copy.pk)


@require_POST
@workspace_view(Role.EDITOR)
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    try:
        actions.archive_campaign(request.access, found, now=clock.now())
    except WrongState as error:
        messages.error(request, _why(error))
        return redirect("campaign", request.access.workspace.key, pk)
    undo = offer_undo(request.access, kind="campaign.archived", data={"campaign": found.pk})
    toast(request, _("“%(name)s” was deleted.") % {"name": found.name}, undo=undo)
    return redirect("campaigns_index", request.access.workspace.key)


def _restore(access: Access, data: dict[str, Any]) -> str:
    actions.restore_campaign(access, data["campaign"])
    return _("The campaign is back.")


UNDO.register(UndoKind("campaign.archived", _restore))


def _campaign(request: WorkspaceRequest, pk: int) -> Campaign:
    found = request.access.get(Campaign, pk)
    found.workspace = request.access.workspace
    return found


def _act(
    request: WorkspaceRequest, found: Campaign, act: Callable[[], object], done: str = ""
) -> HttpResponse:
    """Do it and go back to the campaign, with words for what happened."""
    try:
        act()
    except (BadValue, WrongState) as error:
        messages.error(request, _why(error))
    else:
        if done:
            messages.success(request, done)
    return redirect("campaign", request.access.workspace.key, found.pk)


def _why(error: BadValue | WrongState) -> str:
    if isinstance(error, BadValue):
        return error.text
    label = str(Status(error.status).label)
    return _("Somebody was faster: the campaign is now “%(status)s”.") % {"status": label}
