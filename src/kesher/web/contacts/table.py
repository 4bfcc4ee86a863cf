"""The contacts table: search, filters, sort, columns, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts import lists
from kesher.contacts.models import ContactList
from kesher.contacts.queries import list_names_of, suppressed_among
from kesher.contacts.search import Row, search_page
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.lib import clock
from kesher.web.contacts import changing
from kesher.web.contacts import filters as filtering
from kesher.web.contacts.narrowing import narrowed

ROWS = 50
FIXED = {
    "consent": _("Consent"),
    "lists": _("Lists"),
    "active": _("Last active"),
    "created": _("Added"),
    "source": _("Source"),
}
USUAL_COLUMNS = ["mobile", "city", "lists", "consent", "active"]
ALWAYS_SHOWN = {"first_name", "last_name", "email"}
CONSENT_WORDS = {"granted": _("Agreed"), "withdrawn": _("Refused"), "": _("Not asked")}
CONSENT_TONES = {"granted": "good", "withdrawn": "bad", "": "off"}


@dataclass(frozen=True)
class Cell:
    """One cell: `kind` says how the template draws it."""

    kind: str
    label: str
    value: Any = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table as drawn."""

    row: Row
    cells: list[Cell]
    problem: str


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    fields = fields_of(request.access.workspace)
    query, narrowing = narrowed(
        request.access.workspace,
        request.GET,
        filtering.read_query(request.GET, fields),
        clock.now(),
    )
    page = search_page(
        request.access.workspace.pk, text=query.text, filters=query.filters, sort=query.sort,
        after=request.GET.get("after", ""), limit=ROWS,
    )  # fmt: skip
    chosen = chosen_columns(request, fields)
    given = {
        "nav": "contacts", "query": query, "page": page, "columns": chosen, "narrowing": narrowing,
        "lines": lines(request, page.rows, chosen, fields), "is_more": bool(request.GET.get("after")),
    }  # fmt: skip
    if request.htmx and given["is_more"]:
        return render(request, "contacts/_lines.html", given)
    template = "contacts/_rows.html" if request.htmx else "contacts/index.html"
    return render(request, template, given | tools(request, query, fields))


def tools(
    request: WorkspaceRequest, query: filtering.Query, fields: list[FieldInfo]
) -> dict[str, Any]:
    """What the toolbar and the bar of a selection offer."""
    live = lists.live_lists(request.access.workspace)
    current = next((row for row in live if row.pk == query.filters.list_id), None)
    return {
        "lists": [row for row in live if not row.is_all],
        "current_list": None if current is None or current.is_all else current,
        "is_empty": not query.narrows and not _any_contact(request),
        "states": filtering.STATES.items(), "reaches": filtering.REACH.items(),
        "problems": filtering.PROBLEMS.items(), "operators": filtering.OPERATORS.items(),
        "sources": filtering.SOURCES.items(), "fields": fields,
        "offer": changing.offer_of(request.access.workspace, fields),
        "active_filters": filtering.count_active(query),
        "choosable": [
            *((f.key, str(f.label)) for f in fields if f.key not in ALWAYS_SHOWN),
            *((key, str(label)) for key, label in FIXED.items()),
        ],
    }  # fmt: skip


def _any_contact(request: WorkspaceRequest) -> bool:
    from kesher.events import counters

    return counters.read(request.access.workspace.pk, ["contacts"])["contacts"] > 0


def _session_key(request: WorkspaceRequest) -> str:
    return f"contacts-columns-{request.access.workspace.pk}"


def chosen_columns(request: WorkspaceRequest, fields: list[FieldInfo]) -> list[tuple[str, str]]:
    """(key, label) of the columns this person wants to see, beside the name and the e-mail."""
    labels = {f.key: str(f.label) for f in fields} | {key: str(v) for key, v in FIXED.items()}
    wanted = request.session.get(_session_key(request), USUAL_COLUMNS)
    return [(key, labels[key]) for key in wanted if key in labels]


@require_POST
@workspace_view("viewer")
def columns(request: WorkspaceRequest) -> HttpResponse:
    request.session[_session_key(request)] = request.POST.getlist("columns")[:20]
    address = reverse("contacts_index", args=[request.access.workspace.key])
    return HttpResponseRedirect(f"{address}?{request.POST.get('query', '')}")


def lines(
    request: WorkspaceRequest,
    rows: list[Row],
    columns: list[tuple[str, str]],
    fields: list[FieldInfo],
) -> list[Line]:
    by_key = {info.key: info for info in fields}
    ids = [row.id for row in rows]
    keys = {key for key, _label in columns}
    names = list_names_of(request.access.workspace.pk, ids) if "lists" in keys else {}
    blocked = suppressed_among(request.access.workspace, ids)
    return [
        Line(row, [_cell(row, key, label, by_key, names) for key, label in columns], _problem(row, blocked))
        for row in rows
    ]  # fmt: skip


def _problem(row: Row, blocked: dict[int, str]) -> str:
    if row.id in blocked:
        return str(filtering.PROBLEMS["suppressed"])
    return str(filtering.PROBLEMS["bounced"]) if row.email_bounced_at else ""


def _cell(
    row: Row, key: str, label: str, by_key: dict[str, FieldInfo], names: dict[int, list[str]]
) -> Cell:
    match key:
        case "consent":
            state = row.email_consent
            return Cell(
                "status", label, CONSENT_WORDS.get(state, ""), CONSENT_TONES.get(state, "off")
            )
        case "lists":
            return Cell("chips", label, names.get(row.id, []))
        case "active":
            return Cell("ago", label, row.active_at)
        case "created":
            return Cell("day", label, row.created_at)
        case "source":
            return Cell("text", label, filtering.SOURCES.get(row.source, row.source))
    info, value = by_key[key], row.value(key)
    if value in (None, "", []):
        return Cell("text", label)
    kind = "phone" if info.type == "phone" else "text"
    shown = (
        value
        if kind == "phone"
        else info.field_type.show(value, info.options, get_language() or "he")
    )
    return Cell(kind, label, shown)


def list_or_none(request: WorkspaceRequest, number: str) -> ContactList:
    """The list of this workspace that a form names; 404 when it is not there."""
    return request.access.get(ContactList, number, archived_at=None)
