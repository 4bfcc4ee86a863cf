"""The workspace's own fields: adding, changing, ordering, archiving."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import UndoEntry
from kesher.contacts import custom_fields
from kesher.contacts.errors import Refused
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.models import Field
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.lib import clock
from kesher.web.toasts import toast


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = Field.objects.filter(workspace=request.access.workspace, archived_at=None)
    given = {
        "nav": "contacts",
        "rows": [(row, FIELD_TYPES.get(row.type)) for row in rows.order_by("position", "id")],
        "defaults": DEFAULT_FIELDS,
    }
    return render(request, "contacts/fields.html", given)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("fields_index", args=[request.access.workspace.key]))


@workspace_view("manager")
def new(request: WorkspaceRequest) -> HttpResponse:
    return _form(request, None)


@workspace_view("manager")
def edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _form(request, request.access.get(Field, pk, archived_at=None))


def _form(request: WorkspaceRequest, row: Field | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    options = _options(sent) if sent else row.options if row else {}
    given: dict[str, Any] = {
        "nav": "contacts", "row": row, "types": list(FIELD_TYPES), "options": options,
        "label": sent.get("label", "") if sent else row.label if row else "",
        "type": row.type if row else (sent or request.GET).get("type", "text"),
        "choices": _choice_lines(options), "decimals": [0, 1, 2, 3], "ends": range(3, 11),
    }  # fmt: skip
    if sent is None:
        return render(request, "contacts/field_form.html", given)
    try:
        made = _save(request, row, given)
    except Refused as refused:
        wrong = {"problem": refused.reason, "problem_field": refused.field}
        return render(request, "contacts/field_form.html", given | wrong, status=422)
    toast(request, _("The field “%(field)s” was saved.") % {"field": made.label})
    return _back(request)


def _save(request: WorkspaceRequest, row: Field | None, given: dict[str, Any]) -> Field:
    label, options = given["label"], given["options"]
    if row:
        return custom_fields.change_field(request.access, row, label=label, options=options)
    return custom_fields.create_field(
        request.access, label=label, type=given["type"], options=options
    )


def _options(sent: QueryDict) -> dict[str, Any]:
    return {
        "choices": [line for line in sent.get("choices", "").splitlines() if line.strip()],
        "max": sent.get("max", ""), "low": sent.get("low", ""), "high": sent.get("high", ""),
        "decimals": sent.get("decimals", ""),
    }  # fmt: skip


def _choice_lines(options: dict[str, Any]) -> str:
    """One choice a line."""
    labels = [c["label"] if isinstance(c, dict) else c for c in options.get("choices", ())]
    return "\n".join(labels)


@require_POST
@workspace_view("manager")
def move(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(Field, pk, archived_at=None)
    custom_fields.move_field(request.access, row, by=-1 if "up" in request.POST else 1)
    return _back(request)


@require_POST
@workspace_view("manager")
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(Field, pk, archived_at=None)
    undo_id = custom_fields.archive_field(request.access, row, now=clock.now())
    words = _("The field “%(field)s” was archived. Its values are kept.") % {"field": row.label}
    toast(request, words, undo=UndoEntry.objects.get(pk=undo_id))
    return _back(request)
