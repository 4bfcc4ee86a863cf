"""The settings page of sending hours: what holds, the next seven days, and the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.channels import CHANNELS
from kesher.lib import clock
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.cities import CITIES
from kesher.messages.windows.deciding import Windows, closed_for
from kesher.messages.windows.queries import waiting, windows_of
from kesher.messages.windows.settings import (
    OFF,
    BadWindows,
    json_of_windows,
    recommended,
)
from kesher.messages.windows.words import holds_words, opens_words
from kesher.web.toasts import toast
from kesher.web.windows import reading
from kesher.web.windows.picture import strips


@workspace_view("manager")
def hours(request: WorkspaceRequest) -> HttpResponseBase:
    if request.method == "POST":
        try:
            set_windows(request.access, settings=reading.read(request.POST), now=clock.now())
        except BadWindows as error:
            form = reading.form_of(reading.read(request.POST), error.problems)
            return _page(request, form, status=422)
        toast(request, _("Saved. What was waiting is asked about anew."))
        return redirect("sending_hours", request.access.workspace.key)
    windows = windows_of(request.access.workspace)
    shown = json_of_windows(windows) if windows.is_on else recommended()
    return _page(request, reading.form_of(shown))


@require_POST
@workspace_view("manager")
def usual(request: WorkspaceRequest) -> HttpResponseBase:
    """One click: what is usual in Israel, by the sun of a town."""
    town = request.POST.get("city", "")
    settings = recommended(town if town in CITIES else "jerusalem")
    set_windows(request.access, settings=settings, now=clock.now())
    toast(request, _("From now on advertising keeps to the sending hours."))
    return redirect("sending_hours", request.access.workspace.key)


@require_POST
@workspace_view("manager")
def off(request: WorkspaceRequest) -> HttpResponseBase:
    set_windows(request.access, settings=OFF, now=clock.now())
    toast(request, _("Messages leave at any hour again. What was waiting leaves now."))
    return redirect("sending_hours", request.access.workspace.key)


def _page(request: WorkspaceRequest, form: Mapping[str, Any], status: int = 200) -> HttpResponse:
    workspace, now = request.access.workspace, clock.now()
    windows = windows_of(workspace)
    count, first = waiting(workspace.pk, now)
    context = {
        "nav": "settings",
        "tab": "hours",
        "windows": windows,
        "holds": holds_words(windows),
        "channels": _channels(request, windows, now),
        "waiting": count,
        "waiting_until": opens_words(first, windows.zone) if first else "",
        "cities": CITIES.values(),
        "form": form,
        "is_open_form": status != 200 or "edit" in request.GET,
    }
    return render(request, "windows/hours.html", context, status=status)


def _channels(request: WorkspaceRequest, windows: Windows, now: datetime) -> dict[str, Any]:
    """Which channel is shown, those to choose from, and its next days. Channels that are alike are shown once."""
    states = [
        {
            "key": channel.key,
            "label": channel.label,
            "icon": channel.icon,
            "opens": opens_words(opens, windows.zone) if opens else "",
        }
        for channel in CHANNELS.values()
        for opens in [closed_for(windows, channel.key, now)]
    ]
    asked = request.GET.get("channel", "")
    shown = asked if asked in CHANNELS else "email"
    alike = len({str(windows.hours.get(channel)) for channel in CHANNELS}) == 1
    return {
        "states": states,
        "shown": shown,
        "alike": alike,
        "strips": strips(windows, shown, now),
    }
