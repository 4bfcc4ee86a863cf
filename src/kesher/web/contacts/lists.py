"""The lists, each with how many are in it; its page is the contacts table narrowed to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import UndoEntry
from kesher.contacts import lists as listing
from kesher.contacts.errors import Refused
from kesher.contacts.models import ContactList
from kesher.lib import clock
from kesher.web.toasts import toast


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    listing.all_contacts_list(request.access.workspace)
    rows = listing.live_lists(request.access.workspace)
    counts = listing.counts(request.access.workspace.pk, rows)
    given = {"nav": "lists", "rows": [(row, counts[row.pk]) for row in rows]}
    return render(request, "contacts/lists.html", given)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("lists_index", args=[request.access.workspace.key]))


@workspace_view("editor")
def new(request: WorkspaceRequest) -> HttpResponse:
    return _form(request, None)


@workspace_view("editor")
def edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _form(request, request.access.get(ContactList, pk, archived_at=None, is_all=False))


@dataclass(frozen=True)
class Words:
    """What people read of a list."""

    name: str
    description: str
    is_public: bool


def _create(request: WorkspaceRequest, words: Words) -> ContactList:
    return listing.create_list(
        request.access, name=words.name, description=words.description, is_public=words.is_public
    )


def _change(request: WorkspaceRequest, row: ContactList, words: Words) -> ContactList:
    return listing.rename_list(
        request.access,
        row,
        name=words.name,
        description=words.description,
        is_public=words.is_public,
    )


def _form(request: WorkspaceRequest, row: ContactList | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    given = {
        "nav": "lists", "row": row,
        "name": sent.get("name", "") if sent else row.name if row else "",
        "description": sent.get("description", "") if sent else row.description if row else "",
        "is_public": "is_public" in sent if sent else row.is_public if row else False,
    }  # fmt: skip
    if sent is None:
        return render(request, "contacts/list_form.html", given)
    words = Words(str(given["name"]), str(given["description"]), bool(given["is_public"]))
    try:
        made = _change(request, row, words) if row else _create(request, words)
    except Refused as refused:
        return render(
            request, "contacts/list_form.html", given | {"problem": refused.reason}, status=422
        )
    toast(request, _("The list “%(list)s” was saved.") % {"list": made.name})
    return _back(request)


@require_POST
@workspace_view("editor")
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(ContactList, pk, archived_at=None, is_all=False)
    undo_id = listing.archive_list(request.access, row, now=clock.now())
    words = _("The list “%(list)s” was archived.") % {"list": row.name}
    toast(request, words, undo=UndoEntry.objects.get(pk=undo_id))
    return _back(request)
