""" "Your details": what a business knows of a person, for that person. `/me/<token>`.

The token is a mail's or an identified link's, and only recognises: it greets by first name and shows a masked
address. A code mailed to the address opens the details for an hour in that browser, so that whoever gets a mail
forwarded neither sees nor changes anything of the sharer's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kesher.accounts.access import Access, client_ip
from kesher.accounts.models import Role, Workspace
from kesher.contacts.actions import update_contact
from kesher.contacts.errors import Refused
from kesher.contacts.fields import BadValue
from kesher.contacts.lists import join_list, leave_list
from kesher.contacts.models import Contact
from kesher.contacts.values import context_of, current_value
from kesher.contacts.vocabulary import DEFAULT_FIELDS, FieldInfo
from kesher.lib import clock
from kesher.messages.identity import Identified, read_identity
from kesher.messages.proving import prove, send_code
from kesher.public.identity import forget_proof, proven_contact, remember_proof
from kesher.public.pages import HEADERS, not_found, page
from kesher.public.visitors import OfferedList, masked, offered_to, visitor_of

# What people may see and change of themselves; staff's notes and the business's own fields are not theirs to read here.
THEIRS = ("first_name", "last_name", "phone", "company", "role", "city", "birthday")
SOURCE = "visitor"


@dataclass(frozen=True)
class Person:
    """Whom a token names, and whether this browser has proven to be them."""

    token: str
    workspace: Workspace
    contact: Contact
    is_proven: bool

    @property
    def language(self) -> str:
        return self.contact.language or self.workspace.language

    @property
    def address(self) -> str:
        return masked(self.contact.email)


@dataclass(frozen=True)
class Entry:
    """One line of the form."""

    key: str
    label: str
    type: str
    value: str
    problem: str = ""


View = Callable[[HttpRequest, Person, datetime], HttpResponse]


def person_view(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Wrap a view of `/me/<token>`: the person in their language, or the kind 404."""

    @csrf_exempt
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        now = clock.now()
        person = _person(request, token, now)
        if person is None:
            return not_found(request)
        with translation.override(person.language):
            response = view(request, person, now)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return inner


def _person(request: HttpRequest, token: str, now: datetime) -> Person | None:
    found = read_identity(token, now=now)
    if isinstance(found, Identified):
        workspace = Workspace.objects.filter(pk=found.workspace_id).first()
        contact = Contact.objects.filter(
            workspace_id=found.workspace_id, pk=found.contact_id, deleted_at=None
        ).first()
    else:
        visitor = visitor_of(token)
        workspace = visitor.workspace if visitor and not visitor.is_test else None
        contact = visitor.contact if visitor else None
    if workspace is None or contact is None:
        return None
    is_proven = proven_contact(request, workspace.pk, now) == contact.pk
    return Person(token, workspace, contact, is_proven)


@person_view
@require_safe
def details(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """What is known, to who proved the address; else a greeting and the way to prove it."""
    if person.is_proven:
        return _form(person, _entries(person.contact), is_saved=request.GET.get("saved") == "1")
    return _asking(person, is_sent=request.GET.get("sent") == "1")


def _asking(
    person: Person, *, is_sent: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"person": person, "is_sent": is_sent, "problem": problem}
    return page("public/me_asking.html", context, language=person.language, status=status)


def _form(
    person: Person, entries: list[Entry], *, is_saved: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "person": person,
        "entries": entries,
        "has_problems": any(entry.problem for entry in entries),
        "is_saved": is_saved,
        "lists": offered_to(person.workspace, person.contact),
        "email": person.contact.email,
    }
    return page("public/me_details.html", context, language=person.language, status=status)


@person_view
@require_POST
def code(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Mail a code to the address on the card."""
    asked = send_code(
        person.workspace,
        person.contact,
        language=person.language,
        ip=client_ip(request) or "",
        now=now,
    )
    match asked.reason:
        case "":
            return _back(person, "?sent=1")
        case "no_address":
            return _asking(person, problem=_("There is no e-mail address to send a code to."))
    problem = _("Too many codes were asked for. Please try again in an hour.")
    return _asking(person, is_sent=True, problem=problem, status=429)


@person_view
@require_POST
def proof(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Take the code. What is wrong is said alike for a wrong, an old and a used one."""
    given, ip = request.POST.get("code", "")[:40], client_ip(request) or ""
    if not prove(person.workspace.pk, person.contact.pk, code=given, now=now, ip=ip):
        problem = _("This code is not right, or it is too old. Check it, or ask for a new one.")
        return _asking(person, is_sent=True, problem=problem, status=422)
    response = _back(person)
    remember_proof(response, person.workspace.pk, person.contact.pk, now)
    return response


@person_view
@require_POST
def save(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Write what changed, as the person's own act."""
    if not person.is_proven:
        return _back(person)
    entries = [_read(request, person, info) for info in _theirs()]
    if any(entry.problem for entry in entries):
        return _form(person, entries, status=422)
    values = {info.key: _typed(request, person, info) for info in _theirs()}
    access = Access(person.workspace, Role.VIEWER, ip=client_ip(request))
    try:
        update_contact(access, person.contact, values=values, now=now, source=SOURCE)
    except Refused as refused:
        told = [_with_problem(entry, refused) for entry in entries]
        return _form(person, told, status=422)
    return _back(person, "?saved=1")


@person_view
@require_POST
def lists(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Join the chosen lists of those offered and leave the others. Consent stays as it is."""
    if not person.is_proven:
        return _back(person)
    wanted = {text for text in request.POST.getlist("list") if text.isascii() and text.isdigit()}
    with transaction.atomic():
        for row in offered_to(person.workspace, person.contact):
            _choose(person, row, is_wanted=str(row.id) in wanted, now=now)
    return _back(person, "?saved=1")


def _choose(person: Person, row: OfferedList, *, is_wanted: bool, now: datetime) -> None:
    if is_wanted == row.is_member:
        return
    move = join_list if is_wanted else leave_list
    move(
        person.workspace.pk,
        list_id=row.id,
        contact_ids=[person.contact.pk],
        now=now,
        source=SOURCE,
    )


@person_view
@require_POST
def leave(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Forget the proof: the browser may be somebody else's."""
    response = _back(person)
    forget_proof(response)
    return response


def _back(person: Person, query: str = "") -> HttpResponse:
    response = HttpResponseRedirect(reverse("public_me", args=[person.token]) + query)
    response.status_code = 303
    return response


def _theirs() -> list[FieldInfo]:
    return [info for info in DEFAULT_FIELDS if info.key in THEIRS]


def _entries(contact: Contact) -> list[Entry]:
    return [_entry(info, _edited(contact, info)) for info in _theirs()]


def _edited(contact: Contact, info: FieldInfo) -> str:
    value = current_value(contact, info.key)
    return info.field_type.edit(value, info.options) if value else ""


def _entry(info: FieldInfo, value: str, problem: str = "") -> Entry:
    kind = {"date": "date", "phone": "tel"}.get(info.type, "text")
    return Entry(info.key, str(info.label), kind, value, problem)


def _typed(request: HttpRequest, person: Person, info: FieldInfo) -> object:
    text = request.POST.get(info.key, "").replace("\0", "")
    return info.field_type.parse(text, info.options, context_of(person.workspace))


def _read(request: HttpRequest, person: Person, info: FieldInfo) -> Entry:
    typed = _typed(request, person, info)
    problem = typed.words if isinstance(typed, BadValue) else ""
    return _entry(info, request.POST.get(info.key, "").replace("\0", "")[:1000], problem)


def _with_problem(entry: Entry, refused: Refused) -> Entry:
    if entry.key != refused.field:
        return entry
    return Entry(entry.key, entry.label, entry.type, entry.value, refused.reason)
