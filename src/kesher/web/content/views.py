"""The cards of mails and templates, and what can be done with one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.vocabulary import fields_of
from kesher.content import actions
from kesher.content.models import Document
from kesher.content.queries import documents_of
from kesher.content.tags import in_words
from kesher.content.templates import TEMPLATES, templates_in
from kesher.lib import clock
from kesher.web.toasts import toast

PAGE = 24


@require_GET
@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    """The cards, newest change first; the archive with ?archived=1."""
    workspace = request.access.workspace
    text, archived = request.GET.get("q", "").strip(), request.GET.get("archived") == "1"
    found = documents_of(workspace, text=text, archived=archived)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    fields = fields_of(workspace)
    for document in page.object_list:
        document.shown_subject = in_words(document.subject, fields)  # type: ignore[attr-defined]
    keep = urlencode({k: v for k, v in (("q", text), ("archived", "1" if archived else "")) if v})
    context = {
        "nav": "content",
        "page": page,
        "text": text,
        "archived": archived,
        "keep": f"{keep}&" if keep else "",
        "none_at_all": not page.object_list and not text and not archived,
        "archive_count": documents_of(workspace, archived=True).count(),
    }
    template = "content/_cards.html" if request.htmx else "content/index.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@workspace_view("editor")
def new(request: WorkspaceRequest) -> HttpResponse:
    """Choose what to start from, and a name."""
    workspace = request.access.workspace
    if request.method == "POST":
        key = request.POST.get("template", "")
        made = actions.create_document(
            request.access,
            kind="email",
            name=request.POST.get("name", "").strip() or _("New mail"),
            template=key if key in TEMPLATES else None,
        )
        return redirect("content_editor", workspace.key, made.pk)
    language = request.GET.get("language", workspace.language)
    return render(
        request,
        "content/new.html",
        {"nav": "content", "templates": templates_in(language), "language": language},
    )


@require_POST
@workspace_view("editor")
def duplicate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    copied = actions.duplicate_document(request.access, request.access.get(Document, pk))
    toast(request, _("“%(name)s” was made") % {"name": copied.name})
    return redirect("content_editor", request.access.workspace.key, copied.pk)


@require_POST
@workspace_view("editor")
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Put away at once; the toast takes it back."""
    document = request.access.get(Document, pk)
    entry = actions.archive_document(request.access, document, now=clock.now())
    toast(request, _("“%(name)s” is in the archive") % {"name": document.name}, undo=entry)
    return redirect("content_index", request.access.workspace.key)


@require_POST
@workspace_view("editor")
def restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    document = actions.restore_document(request.access, document_id=pk)
    toast(request, _("“%(name)s” is back") % {"name": document.name})
    return redirect(f"{reverse('content_index', args=[request.access.workspace.key])}?archived=1")
