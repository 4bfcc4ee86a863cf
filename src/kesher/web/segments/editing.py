"""Making and changing segments."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role, UndoEntry
from kesher.contacts.errors import Refused
from kesher.contacts.rules import vocabulary_of
from kesher.lib import clock
from kesher.rules.problems import BadRule
from kesher.segments import actions, queries
from kesher.segments.models import Segment
from kesher.web.segments.examples import EXAMPLES, example
from kesher.web.toasts import toast

_NOTHING: dict[str, Any] = {"all": []}


@workspace_view(Role.EDITOR)
def new(request: WorkspaceRequest) -> HttpResponse:
    """Empty, from an example (?example=birthday), or from conditions of the contacts table (?rule={…})."""
    if request.method == "POST":
        return _save(request, None)
    chosen = example(request.GET.get("example", ""))
    if chosen is not None:
        return _form(request, None, name=str(chosen.name), rule=chosen.rule)
    return _form(request, None, rule=_read(request.GET.get("rule", "")) or _NOTHING)


@workspace_view(Role.EDITOR)
def edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = request.access.get(Segment, pk, archived_at=None)
    if request.method == "POST":
        return _save(request, found)
    return _form(request, found, name=found.name, description=found.description, rule=found.rule)


def _form(
    request: WorkspaceRequest, segment: Segment | None, *, status: int = 200, **values: Any
) -> HttpResponse:
    words = vocabulary_of(request.access.workspace)
    context = {
        "nav": "segments", "segment": segment, "examples": EXAMPLES,
        "sentence": queries.sentence_of(segment, words) if segment else "",
        "revision": segment.revision if segment else "",
        **values,
    }  # fmt: skip
    return render(request, "segments/form.html", context, status=status)


def _save(request: WorkspaceRequest, segment: Segment | None) -> HttpResponse:
    name, description = request.POST.get("name", ""), request.POST.get("description", "")
    text = request.POST.get("rule", "")
    rule = _read(text)
    given = {"name": name, "description": description, "rule": rule or text}
    if rule is None:
        problem = _("The conditions were not understood; load the page again.")
        return _form(request, segment, status=422, rule_problems=[problem], **given)
    if rule == _NOTHING:
        problem = _("Add a condition: without one everybody is in the segment.")
        return _form(request, segment, status=422, rule_problems=[problem], **given)
    try:
        made = _write(request, segment, name=name, description=description, rule=rule)
    except Refused as refused:
        return _form(request, segment, status=422, problem=refused.reason, **given)
    except BadRule as bad:
        problems = [problem.words for problem in bad.problems]
        return _form(request, segment, status=422, rule_problems=problems, **given)
    toast(request, _("The segment “%(name)s” was saved.") % {"name": made.name})
    return redirect("segment", request.access.workspace.key, made.pk)


def _write(
    request: WorkspaceRequest, segment: Segment | None, *, name: str, description: str, rule: Any
) -> Segment:
    now = clock.now()
    if segment is None:
        return actions.create_segment(
            request.access, name=name, rule=rule, description=description, now=now
        )
    number = request.POST.get("revision", "")
    return actions.update_segment(
        request.access, segment, name=name, rule=rule, description=description,
        revision=int(number) if number.isdecimal() else None, now=now,
    )  # fmt: skip


def _read(text: str) -> Any:
    """The JSON of a rule, None when it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@require_POST
@workspace_view(Role.EDITOR)
def duplicate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = request.access.get(Segment, pk)
    try:
        made = actions.duplicate_segment(request.access, found, now=clock.now())
    except BadRule as bad:
        toast(request, bad.problems[0].words, bad=True)
        return redirect("segment", request.access.workspace.key, found.pk)
    toast(request, _("This is the copy: change what should be different."))
    return redirect("segment_edit", request.access.workspace.key, made.pk)


@require_POST
@workspace_view(Role.EDITOR)
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = request.access.get(Segment, pk, archived_at=None)
    undo_id = actions.archive_segment(request.access, found, now=clock.now())
    words = _("The segment “%(name)s” was archived.") % {"name": found.name}
    toast(request, words, undo=UndoEntry.objects.get(pk=undo_id))
    return redirect("segments_index", request.access.workspace.key)
