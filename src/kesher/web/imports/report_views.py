"""An import that runs or has run: progress, report, refused rows, people, cancel, remove."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.work import cancel_work
from kesher.contacts.errors import Refused
from kesher.contacts.imports import actions, plan, report
from kesher.contacts.models import ContactList, Import
from kesher.lib import clock
from kesher.web.toasts import toast

SHOWN = 20
PAGE = 50


@require_safe
@workspace_view("viewer")
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The report; while it runs, a part of it asks for itself every second."""
    row = request.access.get(Import, pk)
    if row.state == Import.State.UPLOADED:
        if not request.access.may("editor"):
            raise Http404
        return redirect("imports_columns", request.access.workspace.key, row.pk)
    chosen = plan.from_json(row.options)
    given = {
        "nav": "imports",
        "row": row,
        "work": row.work,
        "running": row.state == Import.State.RUNNING,
        "blocked": chosen.purpose == plan.BLOCKED,
        "options": chosen,
        "lists": ContactList.objects.filter(
            workspace=request.access.workspace, pk__in=chosen.lists
        ),
        "update": plan.UPDATES.get(chosen.update, ""),
        "consent": plan.CONSENTS.get(chosen.consent, ""),
        "reasons": report.reasons(row),
        "refused": _first_rows(row),
        **_speed(row),
    }
    template = "imports/_report.html" if request.htmx else "imports/show.html"
    return render(request, template, given)


def _first_rows(row: Import) -> list[report.RefusedRow]:
    """Some of the refused rows; where there are none, of those taken without a value."""
    return list(report.refused_rows(row, warnings=False, limit=SHOWN)) or list(
        report.refused_rows(row, limit=SHOWN)
    )


def _speed(row: Import) -> dict[str, float | int | None]:
    """Rows a second and the seconds left, as far as that can be told."""
    work = row.work
    if work is None or work.started_at is None or not work.done:
        return {"percent": None, "rate": None, "seconds_left": None}
    seconds = max(((row.finished_at or clock.now()) - work.started_at).total_seconds(), 0.001)
    rate = work.done / seconds
    total = max(work.total or 0, work.done)
    return {
        "percent": min(100, round(100 * work.done / total)),
        "rate": round(rate),
        "seconds_left": (total - work.done) / rate,
        "seconds": seconds,
    }


@require_safe
@workspace_view("viewer")
def refused(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    row = request.access.get(Import, pk)
    name = quote(f"{row.name.rpartition('.')[0] or row.name} - {_('refused rows')}")
    if request.GET.get("format") == "xlsx":
        return FileResponse(
            report.as_xlsx(row), as_attachment=True, filename=f"refused-{row.pk}.xlsx"
        )
    answer = StreamingHttpResponse(report.as_csv(row), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f"attachment; filename=\"refused.csv\"; filename*=UTF-8''{name}.csv"
    )
    return answer


@require_safe
@workspace_view("viewer")
def people(request: WorkspaceRequest, pk: int, what: str) -> HttpResponse:
    row = request.access.get(Import, pk)
    if what not in report.KINDS:
        raise Http404
    after = request.GET.get("after", "0")
    found = report.people(row, what, after=int(after) if after.isdigit() else 0, limit=PAGE)
    given = {
        "nav": "imports",
        "row": row,
        "what": what,
        "people": found,
        "next": found[-1].pk if len(found) == PAGE else None,
    }
    return render(request, "imports/people.html", given)


@require_POST
@workspace_view("editor")
def cancel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(Import, pk)
    if row.work_id is not None and row.state == Import.State.RUNNING:
        cancel_work(request.access, row.work_id)
        toast(request, _("The import is stopping; what was imported so far is kept."))
    return redirect("imports_show", request.access.workspace.key, row.pk)


@require_POST
@workspace_view("editor")
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    row = request.access.get(Import, pk)
    try:
        actions.remove(request.access, row)
        toast(request, _("The import and its file were removed; the people stay."))
    except Refused as refused_:
        toast(request, refused_.reason, bad=True)
    return redirect("imports_index", request.access.workspace.key)
