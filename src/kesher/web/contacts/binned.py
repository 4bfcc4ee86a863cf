"""The bin of contacts: who was deleted, when and by whom; back again, or gone for good."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.bin import COUNTED_UP_TO, bin_page, count_binned, erase_binned
from kesher.contacts.bulk import restore_contacts
from kesher.lib import clock
from kesher.web.toasts import toast

ROWS = 50


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    """The latest first; a search finds them as it finds the living."""
    workspace_id, text = request.access.workspace.pk, request.GET.get("q", "").strip()[:200]
    rows = bin_page(
        workspace_id, text=text, after=_after(request.GET.get("after", "")), limit=ROWS + 1
    )
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    total = count_binned(workspace_id)
    given = {
        "nav": "contacts", "rows": rows[:ROWS], "text": text, "total": total, "is_exact": total < COUNTED_UP_TO,
        "next": f"{last.deleted_at.isoformat()}_{last.id}" if last else "",
    }  # fmt: skip
    return render(request, "contacts/bin.html", given)


def _after(text: str) -> tuple[datetime, int] | None:
    at, _sep, number = text.rpartition("_")
    try:
        return (datetime.fromisoformat(at), int(number)) if at else None
    except ValueError:
        return None


def _ids(request: WorkspaceRequest) -> list[int]:
    """The one whose button was pressed, else the ticked ones."""
    given = request.POST.getlist("only") or request.POST.getlist("ids")
    return [int(n) for n in given if n.isascii() and n.isdecimal() and len(n) < 19]


def _back(request: WorkspaceRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("contacts_bin", args=[request.access.workspace.key]))


@require_POST
@workspace_view("editor")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """One whose address another contact has now stays, and the toast says so."""
    ids = _ids(request)
    back = restore_contacts(request.access, ids=ids, now=clock.now()) if ids else []
    words = ngettext("%(n)s contact is back.", "%(n)s contacts are back.", len(back))
    said = words % {"n": len(back)}
    if lost := len(ids) - len(back):
        stays = ngettext(
            "%(n)s stays deleted: somebody else has the address now.",
            "%(n)s stay deleted: somebody else has the addresses now.",
            lost,
        )
        said = f"{said} {stays % {'n': lost}}" if back else stays % {"n": lost}
    toast(request, said if ids else _("Choose somebody first."), bad=not back)
    return _back(request)


@require_POST
@workspace_view("owner")
def erase(request: WorkspaceRequest) -> HttpResponse:
    """For good, before the thirty days are over."""
    count = erase_binned(request.access, ids=_ids(request))
    words = ngettext("%(n)s contact is gone for good.", "%(n)s contacts are gone for good.", count)
    toast(request, words % {"n": count} if count else _("Choose somebody first."), bad=not count)
    return _back(request)
