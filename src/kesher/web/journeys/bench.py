"""The bench on which a step's message is made: the editor's words and addresses. The message itself stays in the graph."""

from __future__ import annotations

import json

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.content.actions import bench_of
from kesher.journeys.models import Journey
from kesher.lib import clock
from kesher.web.content.editor import editor_data

KINDS = ("email", "sms", "whatsapp")


@require_POST
@workspace_view(Role.EDITOR)
def bench(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """The editor's data for a kind of message. Its document is a place to preview and test on, never shown in lists."""
    request.access.get(Journey, pk, archived_at=None)
    try:
        kind = json.loads(request.body).get("kind")
    except (ValueError, AttributeError):
        kind = None
    if kind not in KINDS:
        message = _("The request was not understood; load the page again")
        return JsonResponse({"message": message}, status=400)
    return JsonResponse(editor_data(request, bench_of(request.access, kind, now=clock.now())))
