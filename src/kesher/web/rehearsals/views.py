"""Rehearsing a journey: asking for it, watching it play, reading what would come of it. Nothing is ever sent from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role, UndoEntry, Work
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Contact
from kesher.journeys.models import Journey
from kesher.journeys.reasons import in_words as left_in_words
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.words import CUTS
from kesher.lib import clock
from kesher.messages.reasons import in_words
from kesher.web.contacts.card import full_name
from kesher.web.content.frames import framed
from kesher.web.rehearsals.asking import HAPPENINGS, SAMPLE, BadWish, choices, read
from kesher.web.rehearsals.telling import Result, names_of
from kesher.web.toasts import toast
from kesher.web.work.views import progress_of

ROWS, LISTED = 50, 20
RUNNING = (Work.State.QUEUED, Work.State.RUNNING)


@workspace_view()
def ask(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The form (for editors) and what was rehearsed before; POST begins."""
    journey = request.access.get(Journey, pk)
    may_ask = request.access.may(Role.EDITOR) and journey.archived_at is None
    if request.method != "POST":
        return _form(request, journey, may_ask, _usual(request))
    if not may_ask:
        raise Http404
    return _begin(request, journey)


def _begin(request: WorkspaceRequest, journey: Journey) -> HttpResponse:
    from kesher.journeys.rehearsal.actions import start_rehearsal

    offered = choices(request.access.workspace, journey)
    try:
        wishes, audience = read(request.access.workspace, request.POST.dict(), offered=offered)
    except BadWish as bad:
        return _form(request, journey, True, request.POST.dict(), bad)
    page = reverse("rehearsal", args=[request.access.workspace.key, 0])
    url = page.replace("/rehearsals/0/", "/rehearsals/{id}/")
    made = start_rehearsal(request.access, journey, wishes, audience=audience, url=url)
    return redirect("rehearsal", request.access.workspace.key, made.pk)


def _usual(request: WorkspaceRequest) -> dict[str, str]:
    """What the form begins with: ?contact= from a card."""
    found = {
        "who": "list",
        "period": "P90D",
        "sample": str(SAMPLE),
        "rates": "share",
        "open": "30",
        "click": "5",
    }
    number = request.GET.get("contact", "")
    if number.isdecimal() and len(number) < 19:
        contact = request.access.get(Contact, int(number), deleted_at=None)
        found |= {
            "who": "contact",
            "contact": contact.email or contact.mobile or full_name(contact),
        }
    return found


def _form(
    request: WorkspaceRequest,
    journey: Journey,
    may_ask: bool,
    given: dict[str, str],
    bad: BadWish | None = None,
) -> HttpResponse:
    from kesher.journeys.rehearsal.queries import rehearsals_of

    after = request.GET.get("before", "")
    rows = rehearsals_of(journey)
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: LISTED + 1])
    offered = choices(request.access.workspace, journey) if may_ask else None
    context = {
        "nav": "journeys", "journey": journey, "may_ask": may_ask, "offered": offered,
        "given": given, "bad": bad, "rows": range(HAPPENINGS),
        "happenings": [
            {"number": row, **{key: given.get(f"{key}{row}", "") for key in ("what", "days", "share", "value")}}
            for row in range(HAPPENINGS)
        ],
        "rated": [
            (key, name, given.get(f"open.{key}", ""), given.get(f"click.{key}", ""))
            for key, name in (offered.messages if offered else ())
        ],
        "found": found[:LISTED], "more": found[LISTED - 1].pk if len(found) > LISTED else None,
    }  # fmt: skip
    return render(request, "rehearsals/ask.html", context, status=422 if bad else 200)


def _get(request: WorkspaceRequest, pk: int) -> Rehearsal:
    found = request.access.get(Rehearsal, pk, deleted_at=None)
    found.workspace = request.access.workspace
    return found


def _done(request: WorkspaceRequest, pk: int) -> Rehearsal:
    """One that has a result, else as if it were not there."""
    found = _get(request, pk)
    if not found.result:
        raise Http404
    return found


@workspace_view()
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """While it plays, how far it is; then what would come."""
    rehearsal = _get(request, pk)
    if not rehearsal.result:
        return _playing(request, rehearsal)
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    result = Result(rehearsal)
    context = {
        **_frame(rehearsal, result, "steps"),
        "steps": result.steps(), "looks": result.looks(), "channels": result.channels(),
        "ended": result.ended(), "compared": result.compared(), "bars": result.sent_bars(),
        "sent": sum(result.told["sent"].values()), "cut": CUTS.get(result.told["cut"], ""),
    }  # fmt: skip
    return render(request, "rehearsals/result.html", context)


def _playing(request: WorkspaceRequest, rehearsal: Rehearsal) -> HttpResponse:
    work = rehearsal.work
    item = progress_of(work, clock.now()) if work else None
    context = {
        "nav": "journeys", "rehearsal": rehearsal, "journey": rehearsal.journey, "item": item,
        "work": work, "is_running": work is not None and work.state in RUNNING,
    }  # fmt: skip
    if request.htmx and not context["is_running"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "rehearsals/_progress.html" if request.htmx else "rehearsals/playing.html"
    return render(request, template, context)


def _frame(rehearsal: Rehearsal, result: Result, tab: str) -> dict[str, Any]:
    key, number = rehearsal.workspace.key, rehearsal.pk
    tabs = [
        ("steps", "rehearsal", _("What would happen"), None),
        ("messages", "rehearsal_messages", _("Messages"), sum(result.told["sent"].values())),
        ("people", "rehearsal_people", _("People"), result.told["people"]),
    ]
    return {
        "nav": "journeys", "rehearsal": rehearsal, "journey": rehearsal.journey, "result": result,
        "told": result.told, "tabs": [
            {"href": reverse(name, args=[key, number]), "text": text, "count": count, "current": tab == one}
            for one, name, text, count in tabs
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A message of the list. `why` is empty for those that would leave."""

    contact: int
    number: int
    name: str
    step: str
    channel: str
    hue: str
    at: datetime
    why: str
    about: str
    units: int | None
    moved_from: datetime | None = None  # when it was due, if it waited for the sending hours


def _skip(request: WorkspaceRequest) -> int:
    text = request.GET.get("skip", "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


@workspace_view()
def messages(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Every message in the order of time: of one step (?node=), only those refused (?refused=1)."""
    from kesher.journeys.rehearsal.queries import messages_of

    rehearsal = _done(request, pk)
    result = Result(rehearsal)
    node, skip = request.GET.get("node", ""), _skip(request)
    refused = {"1": True, "0": False}.get(request.GET.get("refused", ""))
    found = messages_of(rehearsal, node=node, refused=refused, skip=skip, limit=ROWS + 1)
    context = {
        **_frame(rehearsal, result, "messages"), "lines": _messages(rehearsal, result, found[:ROWS]),
        "node": node, "refused": request.GET.get("refused", ""), "skip": skip,
        "sending": result.sending(),
        "next": skip + ROWS if len(found) > ROWS else None, "previous": max(0, skip - ROWS) if skip else None,
    }  # fmt: skip
    return render(request, "rehearsals/messages.html", context)


def _messages(rehearsal: Rehearsal, result: Result, found: list[Any]) -> list[Message]:
    from kesher.journeys.rehearsal.queries import Shower

    shower = Shower(rehearsal)
    names = names_of(rehearsal, [one.contact_id for one in found])
    lines = []
    for one in found:
        subject, _html, text = shower.show(one)
        own = one.journey == rehearsal.journey_id
        channel = CHANNELS[one.channel]
        lines.append(
            Message(
                one.contact_id, one.number, names.get(one.contact_id, _("a deleted contact")),
                result.labels.get(one.node, one.node) if own else _("another journey"),
                str(channel.label), HUES.get(one.channel, "slate"), one.at,
                in_words(one.reason) if one.reason else "",
                subject or " ".join(text.split())[:90], one.units, one.moved_from,
            )
        )  # fmt: skip
    return lines


HUES = {"email": "blue", "sms": "plum", "whatsapp": "moss"}


@workspace_view()
def message(request: WorkspaceRequest, pk: int, contact: int, number: int) -> HttpResponse:
    """One message as its reader would get it, with who and when around it."""
    from kesher.journeys.rehearsal.queries import Shower

    rehearsal = _done(request, pk)
    told = _told(rehearsal, contact, number)
    result = Result(rehearsal)
    subject, html, text = Shower(rehearsal).show(told)
    names = names_of(rehearsal, [contact])
    context = {
        **_frame(rehearsal, result, "messages"), "told_message": told, "subject": subject, "html": html,
        "text": text, "name": names.get(contact, _("a deleted contact")), "contact": contact,
        "number": number, "step": result.labels.get(told.node, told.node),
        "channel": CHANNELS[told.channel].label, "why": in_words(told.reason) if told.reason else "",
        "is_known": contact in names,
    }  # fmt: skip
    return render(request, "rehearsals/message.html", context)


@require_GET
@workspace_view()
def mail(request: WorkspaceRequest, pk: int, contact: int, number: int) -> HttpResponse:
    """The mail itself, for the frame."""
    from kesher.journeys.rehearsal.queries import Shower

    rehearsal = _done(request, pk)
    return framed(Shower(rehearsal).show(_told(rehearsal, contact, number))[1], max_age=60)


def _told(rehearsal: Rehearsal, contact: int, number: int) -> Any:
    from kesher.journeys.rehearsal.queries import messages_of

    found = messages_of(rehearsal, contact_id=contact, limit=1_000)
    told = next((one for one in found if one.number == number), None)
    if told is None:
        raise Http404
    return told


@workspace_view()
def people(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Who took part, by name (?q=) and by a step they came to (?node=)."""
    from kesher.journeys.rehearsal.queries import people_of

    rehearsal = _done(request, pk)
    result = Result(rehearsal)
    node, name = request.GET.get("node", ""), request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    after_id = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = people_of(rehearsal, node=node, name=name, after=after_id, limit=ROWS + 1)
    names = names_of(rehearsal, [one.contact_id for one in found])
    context = {
        **_frame(rehearsal, result, "people"), "node": node, "q": name, "after": after_id,
        "lines": [_person(result, one, names) for one in found[:ROWS]],
        "next": found[ROWS - 1].contact_id if len(found) > ROWS else None,
    }  # fmt: skip
    return render(request, "rehearsals/people.html", context)


def _person(result: Result, person: Any, names: dict[int, str]) -> dict[str, Any]:
    """Where somebody stands in the end, or how they left."""
    last = person.way[-1] if person.way else None
    sent = sum(1 for one in person.messages if not one[4])
    return {
        "contact": person.contact_id,
        "name": names.get(person.contact_id, _("a deleted contact")),
        "stands": result.titles.get(last[0], last[0]) if last and not last[3] else "",
        "left": left_in_words(last[4] or "done") if last and last[3] else "",
        "steps": len(person.way),
        "sent": sent,
        "refused": len(person.messages) - sent,
    }


@workspace_view()
def person(request: WorkspaceRequest, pk: int, contact: int) -> HttpResponse:
    """One person's way with its times, and the messages on it."""
    from kesher.journeys.rehearsal.queries import messages_of, people_of

    rehearsal = _done(request, pk)
    result = Result(rehearsal)
    found = people_of(rehearsal, after=contact - 1, limit=1)
    if not found or found[0].contact_id != contact:
        raise Http404
    names = names_of(rehearsal, [contact])
    told = messages_of(rehearsal, contact_id=contact, limit=1_000)
    context = {
        **_frame(rehearsal, result, "people"), "contact": contact, "is_known": contact in names,
        "name": names.get(contact, _("a deleted contact")),
        "way": [_way(result, one) for one in found[0].way],
        "lines": _messages(rehearsal, result, told),
    }  # fmt: skip
    return render(request, "rehearsals/person.html", context)


def _way(result: Result, step: list[Any]) -> dict[str, Any]:
    key, port, arrived, left, reason, _run = step
    node = result.graph.nodes.get(key)
    way = result.teller.way(node, port) if node and port and port != "next" else ""
    return {
        "title": result.titles.get(key, key), "way": way, "why": left_in_words(reason) if reason else "",
        "at": datetime.fromisoformat(arrived), "left": datetime.fromisoformat(left) if left else None,
    }  # fmt: skip


@require_POST
@workspace_view(Role.EDITOR)
def delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    from kesher.journeys.rehearsal.actions import delete_rehearsal

    rehearsal = _get(request, pk)
    entry = delete_rehearsal(request.access, rehearsal, now=clock.now())
    toast(request, _("The rehearsal was deleted."), undo=UndoEntry.objects.get(pk=entry))
    return redirect("journey_rehearse", request.access.workspace.key, rehearsal.journey_id)


@require_GET
@workspace_view()
def numbers(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """As the canvas shows numbers, with whose they are in words."""
    rehearsal = _done(request, pk)
    told = rehearsal.result
    key = request.access.workspace.key
    return JsonResponse(
        {
            "words": rehearsal.audience,
            "people": told["people"],
            "page": reverse("rehearsal", args=[key, pk]),
            "people_page": reverse("rehearsal_people", args=[key, pk]),
            "numbers": {
                "started": told["begun"], "active": told["standing"], "goal": told["goal"],
                "nodes": {
                    one: {
                        "entered": node["entered"], "waiting": node["waiting"],
                        "ports": {port: way["count"] for port, way in node["ports"].items()},
                        "messages": node.get("messages", {}),
                    }
                    for one, node in told["nodes"].items()
                },
            },
        }
    )  # fmt: skip
