"""Who sees what, for the editor: coverage of the audience, counts beside blocks. The JSON is told in `editor`."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.content.coverage import REACHABLE, Coverage, Person, Where
from kesher.content.coverage import coverage as cover
from kesher.content.models import Document
from kesher.content.preview import Preview
from kesher.content.problems import Problems
from kesher.lib import clock
from kesher.lib.patience import TooSlow
from kesher.segments.audience import Audience, where_of
from kesher.web.content.requests import BadRequest, not_understood, read_json, refused


@require_POST
@workspace_view("editor")
def coverage(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Which sets of blocks occur among the audience, how many people see each, and who would get nothing."""
    return _answer(request, pk, coverage_json)


@require_POST
@workspace_view("editor")
def counts(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """The numbers beside targeted blocks."""
    return _answer(request, pk, _counts_json)


def _answer(request: WorkspaceRequest, pk: int, shape: Any) -> HttpResponseBase:
    document = request.access.get(Document, pk)
    try:
        data = read_json(request)
        where = audience_of(request.access.workspace, document, data.get("audience"))
        found = cover(request.access.workspace, data["body"], where, now=clock.now())
    except (BadRequest, KeyError):
        return not_understood()
    except Problems as error:
        return refused(error)
    except TooSlow:
        return JsonResponse(
            {"message": _("Counting takes too long just now; try again in a while")}, status=503
        )
    return JsonResponse(shape(found))


def audience_of(
    workspace: Workspace, document: Document, given: Any = None, *, else_all: Where = REACHABLE
) -> Where:
    """The audience given, else that of the document's campaign while it has one, else all who may get mail."""
    stored = given if isinstance(given, dict) else _audience_of_campaign(workspace, document)
    if stored is not None and (audience := Audience.of(stored)).include:
        return where_of(workspace, audience, clock.now())
    return else_all


def _audience_of_campaign(workspace: Workspace, document: Document) -> dict[str, Any] | None:
    return (
        Campaign.objects.filter(workspace=workspace, document=document)
        .order_by("-pk")
        .values_list("audience", flat=True)
        .first()
    )


def coverage_json(found: Coverage) -> dict[str, Any]:
    total = sum(one.count for one in found.combinations) + found.others[1]
    return {
        **_counts_json(found),
        "combinations": [
            {
                "shown": list(one.shown),
                "hidden": list(one.hidden),
                "count": one.count,
                "share": one.count / total if total else 0,
                "contact": _person(one.contact),
            }
            for one in found.combinations
        ],
        "others": {"combinations": found.others[0], "count": found.others[1]}
        if found.others[0]
        else None,
        "problems": [problem.to_json() for problem in found.problems],
    }


def _counts_json(found: Coverage) -> dict[str, Any]:
    lacking = {"count": found.nothing, "contact": _person(found.nothing_contact)}
    return {
        "total": found.total,
        "about": found.about,
        "blocks": found.blocks,
        "nothing": lacking if found.nothing else None,
    }


def _person(one: Person | None) -> dict[str, Any] | None:
    return one.to_json() if one else None


def targeting_json(shown: Preview) -> dict[str, Any]:
    """What a preview says about targeting."""
    message = _("Nothing in it is meant for this contact: it would not be sent")
    return {
        "hidden": shown.hidden,
        "targeting": [
            {
                "block": one.block,
                "holds": one.holds,
                "visible": one.visible,
                "sentence": one.sentence,
            }
            for one in shown.targeting
        ],
        "not_sent": None
        if shown.leaves_something
        else {"reason": "nothing_left", "message": message},
    }
