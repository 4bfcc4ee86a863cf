"""What is done to the chosen contacts, or to all that match: at once, with a toast that takes it back."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Work
from kesher.accounts.undo import offer_undo
from kesher.accounts.work import start_work
from kesher.contacts import bulk, lists
from kesher.contacts.errors import Refused
from kesher.contacts.export import file_of
from kesher.contacts.fields import BadValue
from kesher.contacts.search import matching_ids
from kesher.contacts.values import context_of
from kesher.contacts.vocabulary import fields_of
from kesher.lib import clock
from kesher.web.contacts.filters import read_query
from kesher.web.contacts.narrowing import narrowed
from kesher.web.contacts.table import list_or_none
from kesher.web.toasts import toast


@require_POST
@workspace_view("editor")
def run(request: WorkspaceRequest) -> HttpResponse:
    ids = _chosen(request)
    act = request.POST.get("do", "")
    handler = {
        "join": _join,
        "leave": _leave,
        "delete": _delete,
        "set": _set,
        "csv": _export,
        "xlsx": _export,
    }.get(act)
    if handler is None:
        return HttpResponse(status=400)
    if ids:
        handler(request, ids)
    else:
        toast(request, _("Choose somebody first."), bad=True)
    return HttpResponseRedirect(_back(request))


def _back(request: WorkspaceRequest) -> str:
    """The table as it was; or the screen of this workspace that asked for an export."""
    key = request.access.workspace.key
    back = request.POST.get("back", "")
    if back.startswith(f"/w/{key}/") and url_has_allowed_host_and_scheme(back, None):
        return back
    return f"{reverse('contacts_index', args=[key])}?{request.POST.get('query', '')}"


def _chosen(request: WorkspaceRequest) -> list[int]:
    if request.POST.get("all"):
        given, workspace = QueryDict(request.POST.get("query", "")), request.access.workspace
        query, _narrowing = narrowed(
            workspace, given, read_query(given, fields_of(workspace)), clock.now()
        )
        return matching_ids(request.access.workspace.pk, text=query.text, filters=query.filters)
    return [int(number) for number in request.POST.getlist("ids") if number.isdecimal()]


def _join(request: WorkspaceRequest, ids: list[int]) -> None:
    row = list_or_none(request, request.POST.get("list", ""))
    now, workspace_id = clock.now(), request.access.workspace.pk
    new = lists.join(workspace_id, list_id=row.pk, contact_ids=ids, now=now, source="staff")
    words = ngettext(
        "%(n)s contact was added to “%(list)s”.",
        "%(n)s contacts were added to “%(list)s”.",
        len(new),
    )
    _say(request, words, new, "contacts.joined", {"list_id": row.pk}, list=row.name)


def _leave(request: WorkspaceRequest, ids: list[int]) -> None:
    row = list_or_none(request, request.POST.get("list", ""))
    now, workspace_id = clock.now(), request.access.workspace.pk
    gone = lists.leave(workspace_id, list_id=row.pk, contact_ids=ids, now=now, source="staff")
    words = ngettext(
        "%(n)s contact was taken out of “%(list)s”.",
        "%(n)s contacts were taken out of “%(list)s”.",
        len(gone),
    )
    _say(request, words, gone, "contacts.left", {"list_id": row.pk}, list=row.name)


def _delete(request: WorkspaceRequest, ids: list[int]) -> None:
    gone = bulk.delete_contacts(request.access, ids=ids, now=clock.now())
    words = ngettext("%(n)s contact was deleted.", "%(n)s contacts were deleted.", len(gone))
    _say(request, words, gone, "contacts.deleted", {})


def _set(request: WorkspaceRequest, ids: list[int]) -> None:
    workspace = request.access.workspace
    key = request.POST.get("field", "")
    info = next((info for info in fields_of(workspace) if info.key == key), None)
    if info is None:
        raise Http404
    typed = info.field_type.parse(
        request.POST.get("value", ""), info.options, context_of(workspace)
    )
    if isinstance(typed, BadValue):
        toast(request, f"{info.label}: {typed.words}", bad=True)
        return
    try:
        before = bulk.set_field(request.access, info, ids=ids, value=typed, now=clock.now())
    except Refused as refused:
        toast(request, refused.reason, bad=True)
        return
    words = ngettext(
        "“%(field)s” was changed for %(n)s contact.",
        "“%(field)s” was changed for %(n)s contacts.",
        len(before),
    )
    undo = offer_undo(
        request.access,
        kind="contacts.field_set",
        data={"key": key, "value": typed, "before": before},
    )
    toast(request, words % {"n": len(before), "field": info.label}, undo=undo if before else None)


def _say(
    request: WorkspaceRequest,
    words: str,
    ids: list[int],
    kind: str,
    data: dict[str, Any],
    **names: str,
) -> None:
    undo = offer_undo(request.access, kind=kind, data=data | {"ids": ids}) if ids else None
    toast(request, words % {"n": f"{len(ids):,}", **names}, undo=undo)


def _export(request: WorkspaceRequest, ids: list[int]) -> None:
    from kesher.contacts.jobs import export_contacts

    access, kind = request.access, request.POST["do"]
    count = ngettext("%(n)s contact", "%(n)s contacts", len(ids)) % {"n": f"{len(ids):,}"}
    work = start_work(
        access,
        kind="contacts.export",
        title=_("Export: %(count)s") % {"count": count},
        total=len(ids),
    )
    Work.objects.filter(pk=work.pk).update(
        url=reverse("contacts_export", args=[access.workspace.key, work.pk])
    )
    access.audit("contacts.exported", work, work.title, count=len(ids), kind=kind)
    export_contacts.defer(
        workspace_id=access.workspace.pk,
        work_id=work.pk,
        kind=kind,
        language=get_language() or "he",
        ids=ids,
    )
    toast(request, _("The export is on its way: watch it in the top bar."))


@workspace_view("editor")
def download(request: WorkspaceRequest, work_id: int) -> FileResponse:
    work = request.access.get(Work, work_id, kind="contacts.export", state=Work.State.DONE)
    kind = str(work.result.get("kind", "csv"))
    try:
        file = file_of(work.pk, kind).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file, as_attachment=True, filename=f"contacts-{work.created_at:%Y-%m-%d}.{kind}"
    )
