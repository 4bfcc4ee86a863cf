"""The three steps of an import: bring a file, say what its columns are, decide the rest and start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.errors import Refused
from kesher.contacts.imports import actions, encodings, plan
from kesher.contacts.imports.preview import preview
from kesher.contacts.imports.reasons import Unreadable
from kesher.contacts.lists import counts, create_list, live_lists
from kesher.contacts.models import Import
from kesher.contacts.vocabulary import fields_of
from kesher.lib import clock
from kesher.web.imports import choices
from kesher.web.toasts import toast

LATEST = 100


@require_safe
@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = Import.objects.filter(workspace=request.access.workspace).select_related(
        "created_by", "work"
    )
    found = list(rows.order_by("-created_at", "-pk")[:LATEST])
    return render(request, "imports/index.html", {"nav": "imports", "imports": found})


@workspace_view("editor")
def new(request: WorkspaceRequest) -> HttpResponse:
    """The script that shows the upload's progress asks for JSON; without it this is a plain form."""
    if request.method != "POST":
        return render(request, "imports/new.html", {"nav": "imports"})
    try:
        name, chunks = _given(request)
        row = actions.receive(request.access, chunks=chunks, name=name)
    except Unreadable as error:
        return _unreadable(request, error)
    url = reverse("imports_columns", args=[request.access.workspace.key, row.pk])
    return JsonResponse({"url": url}) if _wants_json(request) else redirect(url)


def _given(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    upload = request.FILES.get("file")
    if upload is not None:
        return upload.name or _("file"), upload.chunks()
    text = request.POST.get("text", "")
    return _("Pasted rows"), [text.encode()]


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _unreadable(request: HttpRequest, error: Unreadable) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": error.words}, status=422)
    given = {"nav": "imports", "error": error.words, "text": request.POST.get("text", "")}
    return render(request, "imports/new.html", given, status=422)


@workspace_view("editor")
def columns(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Step 2. Each change is kept and shown anew; `next` goes on when nothing is left to mend."""
    row = request.access.get(Import, pk)
    if row.state != Import.State.UPLOADED:
        return redirect("imports_show", request.access.workspace.key, row.pk)
    error = _apply_columns(request, row) if request.method == "POST" else ""
    fields = fields_of(request.access.workspace)
    chosen = plan.from_json(row.options)
    try:
        shown = preview(row, fields, country=chosen.country, blocked=chosen.purpose == plan.BLOCKED)
    except Unreadable as gone:
        toast(request, gone.words, bad=True)
        return redirect("imports_new", request.access.workspace.key)
    problems = shown.problems + [column.problem for column in shown.columns if column.problem]
    if request.method == "POST" and "next" in request.POST and not problems and not error:
        return redirect("imports_options", request.access.workspace.key, row.pk)
    given = {
        "nav": "imports",
        "row": row,
        "preview": shown,
        "error": error,
        "show_problems": request.method == "POST",
        "options": chosen,
        "purposes": plan.PURPOSES.items(),
        "targets": choices.targets(fields),
        "types": choices.new_types(),
        "encodings": encodings.CHOICES,
    }
    template = "imports/_columns.html" if request.htmx else "imports/columns.html"
    return render(request, template, given)


def _apply_columns(request: WorkspaceRequest, row: Import) -> str:
    """Keep what was chosen; answers why the file cannot be read in the way chosen, "" when it can."""
    entries = choices.entries_from(request.POST, row)
    chosen = choices.purpose_from(request.POST, row)
    actions.choose(row, entries=entries, options=chosen)
    reading = choices.reading_from(request.POST, row)
    if reading is not None:
        try:
            actions.look(request.access, row, **reading)
        except Unreadable as error:
            return error.words
    if name := request.POST.get("mapping_name", "").strip():
        actions.save_mapping(request.access, row, name=name)
        toast(request, _("The mapping is kept for files with the same header."))
    return ""


@workspace_view("editor")
def options(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Step 3: what happens with the people, in words, and the start."""
    row = request.access.get(Import, pk)
    if row.state != Import.State.UPLOADED:
        return redirect("imports_show", request.access.workspace.key, row.pk)
    error = ""
    if request.method == "POST":
        chosen = choices.options_from(request.POST, row, request.access.workspace)
        actions.choose(row, entries=choices.entries_of(row), options=chosen)
        if "start" in request.POST:
            try:
                with transaction.atomic():
                    return _start(request, row)
            except Refused as refused:
                error = refused.reason
    template = "imports/_options.html" if request.htmx else "imports/options.html"
    status = 422 if error else 200
    return render(request, template, _options_context(request, row, error), status=status)


def _start(request: WorkspaceRequest, row: Import) -> HttpResponse:
    """The new list and the start are one act: neither without the other. Raises Refused."""
    chosen = plan.from_json(row.options)
    if (name := request.POST.get("new_list", "").strip()) and chosen.purpose == plan.CONTACTS:
        made = create_list(request.access, name=name)
        chosen = choices.with_list(chosen, made.pk)
        actions.choose(row, entries=choices.entries_of(row), options=chosen)
    actions.start(request.access, row, now=clock.now())
    return redirect("imports_show", request.access.workspace.key, row.pk)


def _options_context(request: WorkspaceRequest, row: Import, error: str) -> dict[str, Any]:
    workspace = request.access.workspace
    chosen = plan.from_json(row.options)
    lists = live_lists(workspace)
    sizes = counts(workspace.pk, lists)
    new_list = request.POST.get("new_list", "").strip()
    names = [known.name for known in lists if known.pk in chosen.lists] + [new_list] * bool(
        new_list
    )
    return {
        "nav": "imports",
        "row": row,
        "options": chosen,
        "error": error,
        "new_list": new_list,
        "updates": plan.UPDATES.items(),
        "consents": plan.CONSENTS.items(),
        "channels": choices.channels(),
        "lists": [(known, sizes[known.pk]) for known in lists if not known.is_all],
        "countries": choices.countries(),
        "blocked": chosen.purpose == plan.BLOCKED,
        "sentences": choices.in_words(row, chosen, names),
    }
