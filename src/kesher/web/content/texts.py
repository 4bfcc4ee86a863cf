"""The JSON that the editor of SMS and WhatsApp texts exchanges with the server. Problems are those of `editor`.

POST look  {body, contact_id?} →
  {text, parts: [strings], size: {"encoding", "characters", "parts", "per_part", "left"}, problems,
   hidden: [ids of pieces that this contact does not get], targeting: as `editor.preview`,
   not_sent: null | {"reason", "message"},
   plainer: null | {"body", "parts", "saves"},     the pieces with look-alike letters replaced, where that saves parts
   dear: [letters for which a text in Latin letters travels as UTF-16],
   links: [{"url", "short"}]}
POST sizes {body, audience?} → {contacts, units, by_parts: {"1": n}, nothing, about, longest: {characters, contact_id},
   cost: null | {"amount", "currency"}}; 503 {message} when counting takes too long
POST test  {body, to: [numbers], contact_id?} → {message}; 422 {message}
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact
from kesher.content import actions
from kesher.content.models import Document
from kesher.content.plan import Plan
from kesher.content.preview import preview
from kesher.content.problems import Problems
from kesher.content.text_sizes import text_for
from kesher.content.texts import SAMPLE_TOKEN, TEXT_CHANNELS
from kesher.content.workspace import compile_in
from kesher.lib import clock
from kesher.lib.addresses import normalise_phone
from kesher.lib.patience import TooSlow
from kesher.lib.sms import LOOK_ALIKES, dear_letters, measure, measure_for, plainer, split_parts
from kesher.messages.actions import queue_test
from kesher.messages.estimates import REACHABLE, estimate, frame_for
from kesher.messages.models import MessageClass
from kesher.web.content.requests import BadRequest, not_understood, read_json, refused
from kesher.web.content.targeting import audience_of, targeting_json

MOST_TEST_NUMBERS = 5


def text_urls(workspace: Workspace, document: Document) -> dict[str, Any]:
    """Where the island of a text asks."""
    here = [workspace.key, document.pk]
    return {
        "look": reverse("content_text_look", args=here),
        "sizes": reverse("content_text_sizes", args=here),
        "test": reverse("content_text_test", args=here),
        "rules": {
            "look": reverse("rules_look", args=[workspace.key]),
            "ask": reverse("rules_ask", args=[workspace.key]),
            "vocabulary": reverse("rules_vocabulary", args=[workspace.key]),
        },
    }


@require_POST
@workspace_view("editor")
def new(request: WorkspaceRequest) -> HttpResponse:
    """A new text with one piece, opened in the editor."""
    kind = request.POST.get("kind", "sms")
    language = request.access.workspace.language
    body = {
        "format": 1,
        "language": language,
        "blocks": [{"id": "b1", "kind": "sms_text", "text": str(_("Hello [[first_name]],"))}],
    }
    made = actions.create_document(
        request.access,
        kind=kind if kind in TEXT_CHANNELS else "sms",
        name=request.POST.get("name", "").strip() or _("New text"),
        body=body,
    )
    return redirect("content_editor", request.access.workspace.key, made.pk)


@require_POST
@workspace_view("editor")
def look(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """What is on screen, as one contact would get it on the phone; nothing is stored."""
    document = request.access.get(Document, pk)
    try:
        data = read_json(request)
        contact = _contact(request.access, data.get("contact_id"))
        kind = _class_of(request, document)
        found = _look(request.access.workspace, document, data["body"], contact, kind)
    except (BadRequest, KeyError):
        return not_understood()
    except Problems as error:
        return refused(error)
    return JsonResponse(found)


def _look(
    workspace: Workspace,
    document: Document,
    body: dict[str, Any],
    contact: Contact | None,
    message_class: str,
) -> dict[str, Any]:
    plan = _plan(workspace, document, body)
    now = clock.now()
    frame = frame_for(workspace, document.kind, message_class)
    text = text_for(workspace, plan, contact, now=now, frame=frame)
    shown = preview(body, "", "", workspace, contact, now=now)
    return {
        "text": text,
        "parts": split_parts(text) if document.kind == "sms" else [text],
        "size": asdict(measure_for(document.kind, text)),
        "problems": [problem.to_json() for problem in plan.problems],
        **targeting_json(shown),
        "plainer": _plainer(text, body) if document.kind == "sms" else None,
        "dear": dear_letters(text)[:8] if document.kind == "sms" and _is_latin(text) else [],
        "links": _links(plan),
    }


def _plan(workspace: Workspace, document: Document, body: Any) -> Plan:
    return compile_in(workspace, body, subject="", preheader="", kind=document.kind)


def _class_of(request: WorkspaceRequest, document: Document) -> str:
    """What the address names (?class=service, of a journey's step), what the document's campaign is, else advertising:
    what most texts are, and the longest."""
    if (named := request.GET.get("class", "")) in MessageClass.values:
        return named
    workspace = request.access.workspace
    found = Campaign.objects.filter(workspace=workspace, document=document).order_by("-pk").first()
    return str(getattr(found, "message_class", "") or "advertising")


def _plainer(text: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The document with look-alikes replaced, when its text gets smaller by that."""
    simple = plainer(text)
    if simple == text:
        return None
    changed = deepcopy(body)
    for block in changed.get("blocks", []):
        if isinstance(block.get("text"), str):
            block["text"] = _with_look_alikes(block["text"])
    parts = measure(simple).parts
    return {"body": changed, "parts": parts, "saves": measure(text).parts - parts}


def _with_look_alikes(text: str) -> str:
    return "".join(LOOK_ALIKES.get(letter, letter) for letter in text)


def _is_latin(text: str) -> bool:
    """Whether it could travel as GSM letters but for a few of them."""
    return not any(letter.isalpha() and letter > "\u024f" for letter in text)


def _links(plan: Plan) -> list[dict[str, str]]:
    base = f"{settings.BASE_URL.rstrip('/')}/s/{SAMPLE_TOKEN}"
    return [
        {"url": link.url, "short": f"{base}/{link.number}" if link.number else base}
        for link in plan.links
    ]


@require_POST
@workspace_view("editor")
def sizes(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """How large the text is over the audience, and what it costs."""
    document, workspace = request.access.get(Document, pk), request.access.workspace
    try:
        data = read_json(request)
        where = audience_of(
            workspace, document, data.get("audience"), else_all=REACHABLE[document.kind]
        )
        found = estimate(
            workspace,
            _plan(workspace, document, data["body"]),
            where,
            channel=document.kind,
            message_class=_class_of(request, document),
            now=clock.now(),
        )
    except (BadRequest, KeyError):
        return not_understood()
    except Problems as error:
        return refused(error)
    except TooSlow:
        return JsonResponse(
            {"message": _("Counting takes too long just now; try again in a while")}, status=503
        )
    return JsonResponse(found.to_json())


@require_POST
@workspace_view("editor")
def test(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Send what is on screen, saved or not, to a few numbers."""
    document, workspace = request.access.get(Document, pk), request.access.workspace
    try:
        data = read_json(request)
        to = _numbers(workspace, data.get("to"))
        if isinstance(to, str):
            return JsonResponse({"message": to}, status=422)
        document.body = data.get("body", document.body)
        contact = _contact(request.access, data.get("contact_id"))
        now = clock.now()
        if not preview(document.body, "", "", workspace, contact, now=now).leaves_something:
            message = _("Nothing in this text is meant for this contact; view it as somebody else")
            return JsonResponse({"message": message}, status=422)
        version = actions.publish_version(request.access, document, now=now)
        queue_test(
            request.access,
            version=version,
            contact=contact,
            to=to,
            now=now,
            channel=document.kind,
            tests=_class_of(request, document),
        )
    except BadRequest:
        return not_understood()
    except Problems as error:
        return refused(error)
    message = ngettext(
        "The test is on its way to %(number)s",
        "The test is on its way to %(count)d numbers",
        len(to),
    ) % {"number": to[0], "count": len(to)}
    return JsonResponse({"message": message})


def _contact(access: Access, pk: Any) -> Contact | None:
    return access.get(Contact, pk, deleted_at=None) if pk else None


def _numbers(workspace: Workspace, to: Any) -> list[str] | str:
    """The numbers, or a sentence saying what is wrong with them."""
    if not isinstance(to, list) or not to:
        return _("Give at least one number")
    if len(to) > MOST_TEST_NUMBERS:
        return _("A test goes to at most %(count)s numbers") % {"count": MOST_TEST_NUMBERS}
    found = []
    for text in to:
        phone = normalise_phone(str(text), workspace.country)
        if phone is None or not phone.is_mobile:
            return _("“%(text)s” is not a mobile number") % {"text": text}
        found.append(phone.number)
    return list(dict.fromkeys(found))
