"""A draft on its way to being sent: its steps, each with its state, and what is still missing."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.campaigns import actions
from kesher.campaigns.errors import BadValue, CannotSend, WrongState
from kesher.campaigns.models import Campaign
from kesher.content.models import Document
from kesher.content.preview import preview as render_preview
from kesher.content.problems import Problems
from kesher.lib import clock
from kesher.lib.addresses import normalise_email, normalise_phone
from kesher.web.campaigns.common import Status, act, back_to, editor_url, find, state_of, why
from kesher.web.campaigns.forms import PERIODS, SenderForm, SendForm
from kesher.web.campaigns.hours import hours_context
from kesher.web.campaigns.picker import picker_context
from kesher.web.campaigns.testing import test_context
from kesher.web.campaigns.texts import size_context, text_context

MOST_TEST_ADDRESSES = 10


def show(request: WorkspaceRequest, found: Campaign, **more: Any) -> HttpResponse:
    context = {
        "nav": "campaigns",
        "campaign": found,
        "is_mail": found.channel == "email",
        "editor_url": editor_url(found),
        "sender_form": SenderForm(
            initial={
                name: getattr(found, name)
                for name in ("sender_name", "sender_email", "reply_to", "message_class")
            }
        ),
        "send_form": SendForm(zone=found.workspace.time_zone),
        "periods": PERIODS,
        **state_of(found),
        **picker_context(request.access, found),
        **test_context(found),
        **text_context(found),
        **size_context(found),
        **hours_context(found),
        **more,
    }
    return render(request, "campaigns/setup.html", context)


@require_POST
@workspace_view(Role.EDITOR)
def sender(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    form = SenderForm(request.POST)
    if not form.is_valid():
        return show(request, found, sender_form=form, sender_open=True)
    values = form.cleaned_data
    return act(
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
    """The message as HTML, for a sandboxed frame; ?variant=1 of an A/B test."""
    found = find(request, pk)
    body, subject, preheader = _content(found, request.GET.get("variant", ""))
    shown = render_preview(body, subject, preheader, found.workspace, None, device="desktop")
    response = HttpResponse(shown.html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = (
        "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *"
    )
    return response


def _content(campaign: Campaign, number: str) -> tuple[dict[str, Any], str, str]:
    """What is being written, or once it is frozen what leaves."""
    variant = campaign.variants.filter(number=number).first() if number.isdigit() else None
    version = variant.version if variant else campaign.version
    if campaign.status != Status.DRAFT and version is not None:
        return version.body, version.subject, version.preheader
    document: Document = (variant.document if variant else None) or campaign.document
    subject = variant.subject if variant and variant.subject else document.subject
    return document.body, subject, document.preheader


@require_POST
@workspace_view(Role.EDITOR)
def test(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Send what is in the editor to a few addresses, or a few phones."""
    found = find(request, pk)
    between = r"[\s,;]+" if found.channel == "email" else r"[,;\n]+"  # numbers may hold spaces
    words = [word for word in re.split(between, request.POST.get("to", "").strip()) if word.strip()]
    read = normalise_email if found.channel == "email" else _mobile
    addresses = [address for word in words if (address := read(word))]
    if not addresses or len(addresses) != len(words):
        messages.error(request, _how_to_write(found.channel))
    elif len(addresses) > MOST_TEST_ADDRESSES:
        messages.error(request, _("A test goes to ten addresses at most."))
    else:
        _send_test(request, found, addresses)
    return back_to(request, found)


def _mobile(text: str) -> str | None:
    phone = normalise_phone(text)
    return phone.number if phone else None


def _how_to_write(channel: str) -> str:
    if channel == "email":
        return _("Write one or more e-mail addresses, with commas between them.")
    return _("Write one or more mobile numbers, with commas between them.")


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
    found = find(request, pk)
    form = SendForm(request.POST, zone=found.workspace.time_zone)
    if not form.is_valid():
        return show(request, found, send_form=form)
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
        return show(request, found, send_form=form)
    except WrongState as error:
        messages.error(request, why(error))
    else:
        messages.success(request, _("Scheduled.") if timing.at else _("On its way."))
    return back_to(request, found)
