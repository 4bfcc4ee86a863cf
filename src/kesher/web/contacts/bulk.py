"""What is done to the chosen contacts, or to all that match: few at once, with a toast that takes it back.

Thousands are done in the background: see `many`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
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
from kesher.contacts.changes import changes_in_words
from kesher.contacts.errors import Refused
from kesher.contacts.export import file_of
from kesher.contacts.mass.deeds import change_and_remember
from kesher.contacts.mass.selection import select_matching, select_these
from kesher.contacts.models import MassAct
from kesher.contacts.search import matching_ids
from kesher.contacts.vocabulary import fields_of
from kesher.lib import clock
from kesher.web.contacts.changing import read_change
from kesher.web.contacts.filters import Query, read_query
from kesher.web.contacts.many import begin
from kesher.web.contacts.narrowing import narrowed
from kesher.web.contacts.table import list_or_none
from kesher.web.toasts import toast

LARGE = 2_000  # contacts: more are done in the background


@dataclass(frozen=True)
class Chosen:
    """The ticked, or all who match a query. `ids` are at most one more than LARGE, so that nobody loads a million."""

    ids: list[int]
    query: Query | None = None

    @property
    def is_large(self) -> bool:
        return len(self.ids) > LARGE

    def select(self, request: WorkspaceRequest, kind: str, data: dict[str, Any]) -> MassAct:
        """The selection as it is now, kept for the work in the background."""
        access, now = request.access, clock.now()
        if self.query is None:
            return select_these(access, kind=kind, data=data, ids=self.ids, now=now)
        return select_matching(
            access, kind=kind, data=data, text=self.query.text, filters=self.query.filters, now=now
        )


@require_POST
@workspace_view("editor")
def run(request: WorkspaceRequest) -> HttpResponse:
    handler = HANDLERS.get(request.POST.get("do", ""))
    if handler is None:
        return HttpResponse(status=400)
    chosen = _chosen(request)
    if chosen.ids:
        handler(request, chosen)
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


def _chosen(request: WorkspaceRequest) -> Chosen:
    if not request.POST.get("all"):
        return Chosen(
            [int(n) for n in request.POST.getlist("ids") if n.isascii() and n.isdecimal()]
        )
    given, workspace = QueryDict(request.POST.get("query", "")), request.access.workspace
    query, _narrowing = narrowed(
        workspace, given, read_query(given, fields_of(workspace)), clock.now()
    )
    ids = matching_ids(
        workspace.pk, salt=workspace.address_salt, text=query.text, filters=query.filters, limit=LARGE + 1
    )  # fmt: skip
    return Chosen(ids, query)


def _join(request: WorkspaceRequest, chosen: Chosen) -> None:
    row = list_or_none(request, request.POST.get("list", ""))
    if chosen.is_large:
        begin(request, chosen.select(request, "join", {"list_id": row.pk}), row.name)
        return
    new = lists.join(
        row.workspace_id, list_id=row.pk, contact_ids=chosen.ids, now=clock.now(), source="staff"
    )
    words = ngettext(
        "%(n)s contact was added to “%(list)s”.",
        "%(n)s contacts were added to “%(list)s”.",
        len(new),
    )
    _say(request, words, new, "contacts.joined", {"list_id": row.pk}, list=row.name)


def _leave(request: WorkspaceRequest, chosen: Chosen) -> None:
    row = list_or_none(request, request.POST.get("list", ""))
    if chosen.is_large:
        begin(request, chosen.select(request, "leave", {"list_id": row.pk}), row.name)
        return
    gone = lists.leave(
        row.workspace_id, list_id=row.pk, contact_ids=chosen.ids, now=clock.now(), source="staff"
    )
    words = ngettext(
        "%(n)s contact was taken out of “%(list)s”.",
        "%(n)s contacts were taken out of “%(list)s”.",
        len(gone),
    )
    _say(request, words, gone, "contacts.left", {"list_id": row.pk}, list=row.name)


def _delete(request: WorkspaceRequest, chosen: Chosen) -> None:
    if chosen.is_large:
        begin(
            request,
            chosen.select(request, "delete", {"by": request.user.name or request.user.email}),
        )
        return
    gone = bulk.delete_contacts(request.access, ids=chosen.ids, now=clock.now())
    words = ngettext("%(n)s contact was deleted.", "%(n)s contacts were deleted.", len(gone))
    _say(request, words, gone, "contacts.deleted", {})


def _change(request: WorkspaceRequest, chosen: Chosen) -> None:
    try:
        change = read_change(request.access.workspace, request.POST)
    except Refused as refused:
        toast(request, refused.reason, bad=True)
        return
    said = changes_in_words([change])
    if chosen.is_large:
        data = {"changes": [change.stored()]}
        begin(request, chosen.select(request, "change", data), said)
        return
    with transaction.atomic():
        made = change_and_remember(
            request.access.workspace.pk, ids=chosen.ids, changes=[change], now=clock.now()
        )
        request.access.audit("contacts.change", None, said, count=len(made))
        undo = offer_undo(request.access, kind="contacts.changed", data={"made": made})
    words = ngettext("%(change)s: %(n)s contact.", "%(change)s: %(n)s contacts.", len(made))
    toast(request, words % {"change": said, "n": f"{len(made):,}"}, undo=undo if made else None)


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


def _export(request: WorkspaceRequest, chosen: Chosen) -> None:
    from kesher.contacts.jobs import export_contacts

    access = request.access
    data = {"format": request.POST["do"], "language": get_language() or "he"}
    act = chosen.select(request, "export", data)
    count = ngettext("%(n)s contact", "%(n)s contacts", act.total) % {"n": f"{act.total:,}"}
    title = _("Export: %(count)s") % {"count": count}
    work = start_work(access, kind="contacts.export", title=title, total=act.total)
    work.url = reverse("contacts_export", args=[access.workspace.key, work.pk])
    work.save(update_fields=["url"])
    MassAct.objects.filter(pk=act.pk).update(work=work)
    access.audit("contacts.exported", work, work.title, count=act.total, kind=data["format"])
    export_contacts.defer(workspace_id=access.workspace.pk, act_id=act.pk)
    toast(request, _("The export is on its way: watch it in the top bar."))


HANDLERS: dict[str, Callable[[WorkspaceRequest, Chosen], None]] = {
    "join": _join, "leave": _leave, "delete": _delete, "change": _change, "csv": _export, "xlsx": _export,
}  # fmt: skip


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
