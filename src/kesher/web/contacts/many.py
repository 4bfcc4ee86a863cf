"""What is done to thousands in the background: begun, watched, gone on with, taken back."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.changes import changes_in_words, known_of, sift_changes
from kesher.contacts.errors import Refused
from kesher.contacts.mass import run
from kesher.contacts.models import ContactList, MassAct
from kesher.lib.bidi import isolated
from kesher.web.toasts import toast
from kesher.web.work.views import progress_of

KEPT = timedelta(days=7)


def title_of(act: MassAct, named: str = "") -> str:
    """What is done to how many; `named` is the list's name or the change in words."""
    count = ngettext("%(n)s contact", "%(n)s contacts", act.total) % {"n": f"{act.total:,}"}
    words = {
        "join": _("Add to “%(named)s”: %(count)s"),
        "leave": _("Take out of “%(named)s”: %(count)s"),
        "delete": _("Delete: %(count)s"),
        "change": _("%(named)s: %(count)s"),
    }
    return words[act.kind] % {"named": isolated(named), "count": count}


def begin(request: WorkspaceRequest, act: MassAct, named: str = "") -> None:
    """Put the act on its way, and say so."""
    _defer(request, act, title_of(act, named))
    toast(request, _("It runs in the background: watch, stop or take it back from the top bar."))


def _defer(request: WorkspaceRequest, act: MassAct, title: str) -> None:
    from kesher.contacts.jobs import mass_act

    run.start(request.access, act, title=title, url=_address(request, act))
    mass_act.defer(workspace_id=act.workspace_id, act_id=act.pk)


def _address(request: WorkspaceRequest, act: MassAct) -> str:
    return reverse("contacts_act", args=[request.access.workspace.key, act.pk])


def _act(request: WorkspaceRequest, pk: int) -> MassAct:
    act = request.access.get(MassAct, pk, kind__in=("join", "leave", "delete", "change"))
    return MassAct.objects.select_related("work", "undoing", "created_by").get(pk=act.pk)


def _named(request: WorkspaceRequest, act: MassAct) -> str:
    if act.kind in ("join", "leave"):
        rows = ContactList.objects.filter(
            workspace=request.access.workspace, pk=act.data["list_id"]
        )
        return rows.values_list("name", flat=True).first() or ""
    if act.kind == "change":
        workspace = request.access.workspace
        changes, _problems = sift_changes(known_of(workspace), act.data["changes"])
        return changes_in_words(changes)
    return ""


@workspace_view("viewer")
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """How far it is, and what became of it."""
    act, now = _act(request, pk), timezone.now()
    works = [work for work in (act.work, act.undoing) if work is not None]
    running = any(work.state in run.RUNNING for work in works)
    changed = run.done_so_far(act)
    given = {
        "nav": "contacts", "act": act, "title": title_of(act, _named(request, act)),
        "items": [progress_of(work, now) for work in works], "running": running,
        "changed": changed, "until": act.created_at + KEPT,
        "may_undo": not running and changed > 0,
        "may_go_on": not running and act.undoing is None and act.work is not None and act.work.state != "done",
    }  # fmt: skip
    template = "contacts/_act.html" if request.htmx else "contacts/act.html"
    return render(request, template, given)


@require_POST
@workspace_view("editor")
def go_on(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Do what a stopped act left undone: the same contacts, chosen then."""
    act = _act(request, pk)
    if act.undoing is not None or (
        act.work is not None and act.work.state in (*run.RUNNING, "done")
    ):
        toast(request, _("There is nothing to go on with."), bad=True)
    else:
        _defer(request, act, title_of(act, _named(request, act)))
    return HttpResponseRedirect(_address(request, act))


@require_POST
@workspace_view("editor")
def undo(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Give each contact back what the act changed; who was changed since keeps the newer value."""
    from kesher.contacts.jobs import mass_act

    act = _act(request, pk)
    title = _("Taking back: %(title)s") % {"title": title_of(act, _named(request, act))}
    try:
        run.start_undo(request.access, act, title=title, url=_address(request, act))
    except Refused as refused:
        toast(request, refused.reason, bad=True)
    else:
        mass_act.defer(workspace_id=act.workspace_id, act_id=act.pk, undo=True)
    return HttpResponseRedirect(_address(request, act))
