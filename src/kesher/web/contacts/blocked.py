"""Blocked addresses: never written to on a channel, whoever imports them again."""

from __future__ import annotations

import re

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Suppression
from kesher.contacts.suppression import address_hash, normalise, suppress
from kesher.lib import clock
from kesher.web.toasts import toast

ROWS = 100
MOST_PASTED = 20_000


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    """The newest first; a search by the whole address also finds those kept only as a hash."""
    text = request.GET.get("q", "").strip()
    before = request.GET.get("before", "")
    rows = Suppression.objects.filter(workspace=request.access.workspace)
    if text:
        rows = rows.filter(pk__in=_found(request, text))
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: ROWS + 1])
    given = {
        "nav": "contacts", "rows": found[:ROWS], "text": text, "channels": CHANNELS.values(),
        "next": found[ROWS - 1].pk if len(found) > ROWS else None,
        "labels": {key: str(channel.label) for key, channel in CHANNELS.items()},
    }  # fmt: skip
    return render(request, "contacts/blocked.html", given)


def _found(request: WorkspaceRequest, text: str) -> list[int]:
    workspace = request.access.workspace
    rows = Suppression.objects.filter(workspace=workspace)
    hashes = [
        address_hash(workspace.address_salt, address)
        for channel in ("email", "sms")
        if (address := normalise(channel, text, workspace.country))
    ]
    exact = rows.filter(address_hash__in=hashes).values_list("pk", flat=True)
    similar = rows.filter(address__contains=_plain(text)).values_list("pk", flat=True)[:1000]
    return [*exact, *similar]


def _plain(text: str) -> str:
    """Part of a phone as it is kept: 050-123 is +97250123."""
    if re.fullmatch(r"[\d\s().+-]+", text):
        digits = re.sub(r"\D", "", text)
        return "+972" + digits[1:] if digits.startswith("0") else digits
    return text.lower()


@require_POST
@workspace_view("editor")
def add(request: WorkspaceRequest) -> HttpResponse:
    channel = request.POST.get("channel", "")
    if channel not in CHANNELS:
        return HttpResponse(status=400)
    given = [
        part for part in re.split(r"[\n,;\t]+", request.POST.get("addresses", "")) if part.strip()
    ]
    done = suppress(
        request.access.workspace, channel=channel, addresses=given[:MOST_PASTED], reason="blocked",
        now=clock.now(), source="staff",
    )  # fmt: skip
    request.access.audit("suppression.added", None, str(done.new), channel=channel, count=done.new)
    _tell(request, done.new, done.known, len(done.bad))
    return _back(request)


def _tell(request: WorkspaceRequest, new: int, known: int, bad: int) -> None:
    parts = [
        ngettext("%(n)s address was blocked.", "%(n)s addresses were blocked.", new) % {"n": new}
    ]
    if known:
        parts.append(_("%(n)s were blocked before.") % {"n": known})
    if bad:
        parts.append(_("%(n)s are no addresses and were left out.") % {"n": bad})
    toast(request, " ".join(parts), bad=not new and bool(bad))


@require_POST
@workspace_view("manager")
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(Suppression, pk)
    address = row.address or _("the address")
    request.access.audit(
        "suppression.lifted", row, row.address, channel=row.channel, reason=row.reason
    )
    row.delete()
    toast(request, _("%(address)s may be written to again.") % {"address": address})
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("blocked_index", args=[request.access.workspace.key]))
