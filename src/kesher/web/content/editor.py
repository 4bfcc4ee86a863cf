"""The editor's page, and the JSON that the island exchanges with the server.

A **problem** is {"code", "path", "block", "message", "severity", "data"}. `path` is "blocks.<id>.show_if.all[2].op",
`block` the block's id or "". `severity`: "error" stops publishing, "warning" may be sent, "hint" is shown only where
blocks are targeted. `code` (stable) and `data`, where it says more than the message:
  bad_rule {}                     a rule that cannot be read, or names what is gone
  archived_field, unknown_choice {}
  never_true, always_true {}      nobody, or everybody, can see the block
  uncovered {rule, otherwise, after, key, low, high, count?, contact?}      values between bands that match nothing
  uncovered_missing {rule, otherwise, after, key, count?, contact?}         people without a value
  overlap {rule, blocks: [ids], key, low, high, count?, contact?}
  all_targeted {otherwise, after, count?, total?, about?, contact?}         no content is for everybody
  unknown_tag, unknown_format {tag, suggestion?}                            `suggestion` is a tag's name or format
`data.otherwise` is the rule of a block for everybody else, to be added after the block `data.after`; `data.rule` finds
the people of a gap or an overlap; `count` and `contact` ({"id", "name", "email"}) come only from coverage.

POST preview  {body, subject, preheader, contact_id?, device?} →
  {subject, html, text, problems, hidden: [ids of blocks that this contact does not get],
   targeting: [{"block", "holds": bool, "visible": bool, "sentence"}],   one for each targeted block; visible is false
                                                                        also where it lies in hidden columns
   not_sent: null | {"reason": "nothing_left", "message"}}               nothing would be left: it would not be sent
  Without a contact all blocks show and `targeting` has no truths (holds and visible are true).
POST coverage {body, audience?} → among the audience of the document's campaign, else of `audience` (as campaigns store
  it), else all who may get mail:
  {total, about: bool,                          about: counted on a sample and multiplied
   blocks: {id: how many see it},               targeted blocks only, those in columns too
   combinations: [{"shown": [ids], "hidden": [ids], "count", "share", "contact"}],   of targeted blocks, commonest first
   others: null | {"combinations", "count"},    what did not fit the list
   nothing: {"count", "contact": … | null},     would get nothing and are not written to
   problems: [as above, with count and contact]}
  422 {message, problems} when a rule cannot be read; 503 {message} when counting takes too long.
POST counts   {body, audience?} → {total, about, blocks, nothing}        the same, for numbers beside blocks
PUT save answers {revision, problems}; the page's data has `urls.coverage`, `urls.counts` and, for `[[tag:format]]`,
`fields[].formats` = [{"key", "label", "example", "takes": "" | "currency"}].
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.contacts.models import Contact
from kesher.contacts.queries import sample
from kesher.contacts.search import search_page
from kesher.content import actions
from kesher.content.actions import Conflict
from kesher.content.blocks import palette
from kesher.content.document import THEME
from kesher.content.models import Document
from kesher.content.preview import preview as render_preview
from kesher.content.problems import Problems
from kesher.content.queries import tags_of
from kesher.content.smart_checks import smart_vocabulary
from kesher.content.texts import TEXT_CHANNELS
from kesher.content.workspace import problems_in
from kesher.lib import clock
from kesher.lib.addresses import normalise_email
from kesher.media.actions import store_image
from kesher.media.errors import BadImage
from kesher.media.models import File
from kesher.media.queries import images_of, url
from kesher.messages.actions import queue_test
from kesher.web.content.requests import BadRequest, not_understood, read_json, refused
from kesher.web.content.targeting import targeting_json
from kesher.web.content.texts import text_urls

MOST_TEST_ADDRESSES = 10


@require_GET
@workspace_view("editor")
def page(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The island with all its data. `?next=` is where "continue" leads: a campaign."""
    document = request.access.get(Document, pk)
    data = editor_data(request, document)
    return render(
        request,
        "content/editor.html",
        {
            "nav": "campaigns" if data["urls"]["next"] else "content",
            "full": True,
            "data": data,
            "document": document,
        },
    )


def editor_data(request: WorkspaceRequest, document: Document) -> dict[str, Any]:
    access, workspace = request.access, request.access.workspace
    following = _safe_next(request)
    return {
        "document": _as_json(document),
        "workspace": {
            "key": workspace.key,
            "name": workspace.name,
            "language": workspace.language,
            "sender_name": workspace.sender_name or workspace.name,
            "sender_email": workspace.sender_email,
            "postal_address": workspace.postal_address,
        },
        "blocks": palette(of_texts=document.kind in TEXT_CHANNELS),
        "theme": [setting.to_json() for setting in THEME],
        "smart": smart_vocabulary(workspace),
        "fields": tags_of(workspace),
        "urls": {
            "save": reverse("content_save", args=[workspace.key, document.pk]),
            "preview": reverse("content_preview", args=[workspace.key, document.pk]),
            "coverage": reverse("content_coverage", args=[workspace.key, document.pk]),
            "counts": reverse("content_counts", args=[workspace.key, document.pk]),
            "rules": {
                name: reverse(f"rules_{name}", args=[workspace.key])
                for name in ("vocabulary", "look", "ask")
            },
            "test": reverse("content_test", args=[workspace.key, document.pk]),
            "contacts": reverse("content_people", args=[workspace.key]),
            "upload": reverse("content_upload", args=[workspace.key]),
            "files": reverse("content_images", args=[workspace.key]),
            "back": following or reverse("content_index", args=[workspace.key]),
            "next": following,
            "text": text_urls(workspace, document) if document.kind in TEXT_CHANNELS else None,
        },
        "language": get_language(),
        "problems": _problems(access, document),
        "user": {
            "email": access.user.email if access.user else "",
            "name": access.user.name if access.user else "",
        },
    }


def _problems(access: Access, document: Document) -> list[dict[str, Any]]:
    found = problems_in(
        access.workspace,
        document.body,
        subject=document.subject,
        preheader=document.preheader,
        kind=document.kind,
    )
    return [problem.to_json() for problem in found]


def _as_json(document: Document) -> dict[str, Any]:
    return {
        "id": document.pk,
        "name": document.name,
        "kind": document.kind,
        "body": document.body,
        "subject": document.subject,
        "preheader": document.preheader,
        "revision": document.revision,
        "updated_at": document.updated_at.isoformat(),
    }


def _safe_next(request: HttpRequest) -> str | None:
    """Only an address of this installation: never a way out to elsewhere."""
    target = request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if target.startswith("/") and here else None


@require_http_methods(["PUT", "POST"])
@workspace_view("editor")
def save(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """200 with the new revision, 409 with the current document when somebody saved in between."""
    document = request.access.get(Document, pk)
    try:
        data = read_json(request)
        revision = int(data["revision"])
        outcome = actions.save_document(
            request.access,
            document,
            body=data["body"],
            subject=data.get("subject", ""),
            preheader=data.get("preheader", ""),
            name=data.get("name", ""),
            revision=revision,
        )
    except (BadRequest, KeyError, TypeError, ValueError):
        return not_understood()
    except Problems as error:
        return refused(error)
    if isinstance(outcome, Conflict):
        return JsonResponse({"current": _as_json(outcome.current)}, status=409)
    problems = [problem.to_json() for problem in outcome.problems]
    return JsonResponse({"revision": outcome.revision, "problems": problems})


@require_POST
@workspace_view("editor")
def preview(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """What is on screen, as one contact would get it; nothing is stored."""
    request.access.get(Document, pk)
    try:
        data = read_json(request)
        shown = render_preview(
            data["body"],
            data.get("subject", ""),
            data.get("preheader", ""),
            request.access.workspace,
            _contact(request.access, data.get("contact_id")),
            device=str(data.get("device", "desktop")),
            base_url="",
        )
    except (BadRequest, KeyError):
        return not_understood()
    except Problems as error:
        return refused(error)
    return JsonResponse(
        {
            "subject": shown.subject,
            "html": shown.html,
            "text": shown.text,
            "problems": [problem.to_json() for problem in shown.problems],
            **targeting_json(shown),
        }
    )


def _contact(access: Access, pk: Any) -> Contact | None:
    return access.get(Contact, pk, deleted_at=None) if pk else None


@require_POST
@workspace_view("editor")
def test(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """Send what is on screen, saved or not, to oneself or a few addresses."""
    document = request.access.get(Document, pk)
    try:
        data = read_json(request)
        to = _addresses(request.access, data.get("to"))
        if isinstance(to, str):
            return JsonResponse({"message": to}, status=422)
        for key in ("body", "subject", "preheader"):
            setattr(document, key, data.get(key, getattr(document, key)))
        contact = _contact(request.access, data.get("contact_id")) or _somebody(request.access)
        now = clock.now()
        if not _leaves_something(request.access, document, contact):
            return JsonResponse({"message": _nothing_for(contact)}, status=422)
        version = actions.publish_version(request.access, document, now=now)
        queue_test(request.access, version=version, contact=contact, to=to, now=now)
    except BadRequest:
        return not_understood()
    except Problems as error:
        return refused(error)
    message = ngettext(
        "The test is on its way to %(address)s",
        "The test is on its way to %(count)d addresses",
        len(to),
    ) % {"address": to[0], "count": len(to)}
    return JsonResponse({"message": message})


def _leaves_something(access: Access, document: Document, contact: Contact | None) -> bool:
    return render_preview(
        document.body, document.subject, document.preheader, access.workspace, contact
    ).leaves_something


def _nothing_for(contact: Contact | None) -> str:
    name = f"{contact.first_name} {contact.last_name}".strip() if contact else ""
    return _("Nothing in this mail is meant for %(name)s; view it as somebody else to test it") % {
        "name": name or (contact.email if contact else "")
    }


def _somebody(access: Access) -> Contact | None:
    """Whose values fill a test when nobody was chosen."""
    found = sample(access.workspace, 1)
    return found[0] if found else None


def _addresses(access: Access, to: Any) -> list[str] | str:
    """The addresses, or a sentence saying what is wrong with them."""
    if to == "me":
        return [access.user.email] if access.user else []
    if not isinstance(to, list) or not to:
        return _("Give at least one address")
    if len(to) > MOST_TEST_ADDRESSES:
        return _("A test goes to at most %(count)s addresses") % {"count": MOST_TEST_ADDRESSES}
    found = []
    for text in to:
        address = normalise_email(str(text))
        if address is None:
            return _("“%(text)s” is not an e-mail address") % {"text": text}
        found.append(address)
    return list(dict.fromkeys(found))


@require_GET
@workspace_view("editor")
def people(request: WorkspaceRequest) -> JsonResponse:
    """Contacts to view the mail as: those who match `?q=`, or a few."""
    workspace, text = request.access.workspace, request.GET.get("q", "").strip()
    found: list[Any] = (
        list(search_page(workspace.pk, text=text, limit=12).rows) if text else sample(workspace, 8)
    )
    return JsonResponse([_person(contact) for contact in found], safe=False)


def _person(contact: Any) -> dict[str, Any]:
    name = f"{contact.first_name} {contact.last_name}".strip()
    return {
        "id": contact.id,
        "name": name or contact.email or contact.mobile,
        "email": contact.email,
    }


@require_POST
@workspace_view("editor")
def upload(request: WorkspaceRequest) -> JsonResponse:
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"message": _("No file came with the request")}, status=400)
    try:
        stored = store_image(request.access, upload=file, name=file.name or "")
    except BadImage as error:
        return JsonResponse({"message": str(error)}, status=422)
    return JsonResponse(_image(stored))


@require_GET
@workspace_view("editor")
def images(request: WorkspaceRequest) -> JsonResponse:
    """The newest pictures of the workspace, for the picker."""
    found = images_of(request.access.workspace, text=request.GET.get("q", ""))[:120]
    return JsonResponse([_image(file) for file in found], safe=False)


def _image(file: File) -> dict[str, Any]:
    return {
        "id": file.pk,
        "url": url(file),
        "width": file.width,
        "height": file.height,
        "name": file.name,
    }
