"""Choosing an audience: lists and segments in three groups, saved as they are ticked, counted at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.campaigns import actions
from kesher.campaigns.audience import named
from kesher.campaigns.errors import BadValue, WrongState
from kesher.campaigns.models import Campaign
from kesher.contacts.errors import Refused
from kesher.contacts.models import ContactList
from kesher.contacts.rules import vocabulary_of
from kesher.events import counters
from kesher.lib import clock
from kesher.rules.problems import BadRule
from kesher.segments.actions import create_segment
from kesher.segments.audience import Audience, Part
from kesher.segments.counting import count_segment
from kesher.segments.queries import segments_of, sentence_of
from kesher.web.campaigns.common import act, back_to, find, state_of, why
from kesher.web.campaigns.texts import size_context

MANY = 8  # from so many on there is something to search in
MOST_SHOWN = 60
MOST_COUNTED = 5  # segments never counted before that one look counts
GROUPS = {
    "include": gettext_lazy("Send to any of"),
    "require": gettext_lazy("Only those also in each of"),
    "exclude": gettext_lazy("But not to any of"),
}


@dataclass(frozen=True)
class Choice:
    """A list or segment as it is offered. `count` None: not known yet."""

    value: str
    kind: str
    name: str
    count: int | None
    sentence: str = ""
    is_all: bool = False


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    choices: list[tuple[Choice, bool]]
    is_open: bool


def picker_context(access: Access, campaign: Campaign, text: str = "") -> dict[str, Any]:
    """The three groups, narrowed by a search; what is chosen always shows, so that saving cannot lose it."""
    chosen = Audience.of(campaign.audience)
    choices = _choices(access)
    wanted = [one for one in choices if text.casefold() in one.name.casefold()][:MOST_SHOWN]
    groups = []
    for key, label in GROUPS.items():
        values = {f"{part.kind}:{part.id}" for part in getattr(chosen, key)}
        shown = [
            (one, one.value in values)
            for one in choices
            if one.value in values or (one in wanted and not (one.is_all and key != "include"))
        ]
        shown.sort(key=lambda pair: not pair[1])
        groups.append(Group(key, str(label), shown, key == "include" or bool(values)))
    if campaign.parent_id is not None:
        groups = groups[1:]
    return {
        "groups": groups,
        "chosen": chosen,
        "chosen_names": named(access.workspace, chosen),
        "search_sources": len(choices) > MANY,
        "text": text,
    }


def _choices(access: Access) -> list[Choice]:
    """All lists and segments in use, with counts."""
    workspace = access.workspace
    lists = list(
        ContactList.objects.filter(workspace=workspace, archived_at=None).order_by(
            "-is_all", "name"
        )
    )
    numbers = counters.read(workspace.pk, ["contacts", *(f"list.{row.pk}" for row in lists)])
    found = [
        Choice(
            f"list:{row.pk}",
            "list",
            row.name,
            numbers["contacts" if row.is_all else f"list.{row.pk}"],
            is_all=row.is_all,
        )
        for row in lists
    ]
    return found + _segments(access)


def _segments(access: Access) -> list[Choice]:
    words, now = vocabulary_of(access.workspace), clock.now()
    rows = segments_of(access.workspace)
    for row in [row for row in rows if row.count is None][:MOST_COUNTED]:
        count_segment(access.workspace, row, now, vocabulary=words, milliseconds=300)
    return [
        Choice(f"segment:{row.pk}", "segment", row.name, row.count, sentence_of(row, words))
        for row in rows
    ]


def read_parts(values: list[str]) -> tuple[Part, ...]:
    """From "list:3" and "segment:5"; what is neither is left out."""
    found = []
    for value in values:
        kind, _colon, number = value.partition(":")
        if number.isdigit() and kind == "list":
            found.append(Part("list", int(number)))
        elif number.isdigit() and kind == "segment":
            found.append(Part("segment", int(number)))
    return tuple(found)


@require_GET
@workspace_view(Role.EDITOR)
def search(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The groups, narrowed."""
    found = find(request, pk)
    text = request.GET.get("sources", "").strip()[:80]
    context = {"campaign": found, **picker_context(request.access, found, text)}
    return render(request, "campaigns/_groups.html", context)


@require_POST
@workspace_view(Role.EDITOR)
def audience(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Saved as it is ticked; answers the new count and what is missing."""
    found = find(request, pk)
    include = read_parts(request.POST.getlist("include"))
    if found.parent_id is not None:
        include = Audience.of(found.audience).include
    wanted = Audience(
        include,
        read_parts(request.POST.getlist("require")),
        read_parts(request.POST.getlist("exclude")),
    )
    try:
        actions.set_audience(request.access, found, audience=wanted)
    except (BadValue, WrongState) as error:
        context: dict[str, Any] = {"campaign": found, "error": why(error)}
        return render(request, "campaigns/_count.html", context)
    if not request.htmx:
        return back_to(request, found)
    found.refresh_from_db()
    context = {**state_of(found), **size_context(found), "chosen": wanted, "swap": True}
    return render(request, "campaigns/_count.html", context)


@require_POST
@workspace_view(Role.EDITOR)
def save_rule(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Conditions made on the spot become a segment, which joins a group of the audience."""
    found = find(request, pk)
    group = request.POST.get("group", "include")
    return act(
        request,
        found,
        lambda: _add_segment(request, found, group if group in GROUPS else "include"),
        done=_("Saved as a segment and added to the audience."),
    )


def _add_segment(request: WorkspaceRequest, campaign: Campaign, group: str) -> None:
    try:
        made = create_segment(
            request.access,
            name=request.POST.get("name", ""),
            rule=json.loads(request.POST.get("rule", "") or "{}"),
            now=clock.now(),
        )
    except json.JSONDecodeError as error:
        raise BadValue("rule", _("The conditions could not be read.")) from error
    except Refused as error:
        raise BadValue(error.field, str(error.reason)) from error
    except BadRule as error:
        raise BadValue("rule", " ".join(str(problem) for problem in error.problems)) from error
    chosen = Audience.of(campaign.audience)
    parts = {key: getattr(chosen, key) for key in GROUPS}
    parts[group] = (*parts[group], Part("segment", made.pk))
    actions.set_audience(request.access, campaign, audience=Audience(**parts))
