"""Notes of staff on a card."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import UndoEntry
from kesher.contacts import actions
from kesher.contacts.errors import Refused
from kesher.contacts.models import Note
from kesher.lib import clock
from kesher.web.contacts.card import back_to, contact_of
from kesher.web.toasts import toast


@require_POST
@workspace_view("editor")
def add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    try:
        actions.add_note(
            request.access, contact, text=request.POST.get("text", ""), now=clock.now()
        )
    except Refused as refused:
        toast(request, refused.reason, bad=True)
    return back_to(request, contact)


@workspace_view("editor")
def edit(request: WorkspaceRequest, pk: int, note_id: int) -> HttpResponse:
    contact = contact_of(request, pk)
    note = request.access.get(Note, note_id, contact=contact)
    if request.method == "POST":
        try:
            actions.edit_note(request.access, note, text=request.POST.get("text", ""))
        except Refused as refused:
            toast(request, refused.reason, bad=True)
        return back_to(request, contact)
    return render(request, "contacts/_note_form.html", {"contact": contact, "note": note})


@require_POST
@workspace_view("editor")
def delete(request: WorkspaceRequest, pk: int, note_id: int) -> HttpResponse:
    contact = contact_of(request, pk)
    note = request.access.get(Note, note_id, contact=contact)
    undo_id = actions.delete_note(request.access, note)
    toast(request, _("The note was deleted."), undo=UndoEntry.objects.get(pk=undo_id))
    return back_to(request, contact)
