"""Two cards into one, a copy of everything about a person, and forgetting a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.errors import Refused
from kesher.contacts.merge import merge_contacts
from kesher.contacts.models import Contact
from kesher.contacts.privacy import erase_contact, everything_about
from kesher.contacts.search import search_page
from kesher.lib import clock
from kesher.web.contacts.card import contact_of, details_of, full_name
from kesher.web.toasts import toast


@dataclass(frozen=True)
class Difference:
    """A field with another value on each card."""

    key: str
    label: str
    kept: str
    other: str


@workspace_view("editor")
def merge(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """First the other card is found, then the values are chosen."""
    contact = contact_of(request, pk)
    number = request.POST.get("other") or request.GET.get("other", "")
    other = request.access.get(Contact, number, deleted_at=None) if number else None
    if request.method == "POST" and other:
        return _merge(request, contact, other)
    given = {"nav": "contacts", "contact": contact, "name": full_name(contact), "other": other}
    if other:
        given |= {
            "other_name": full_name(other),
            "differences": _differences(request, contact, other),
        }
    else:
        text = request.GET.get("q", f"{contact.first_name} {contact.last_name}".strip())
        found = search_page(request.access.workspace.pk, text=text, limit=20).rows if text else []
        given |= {"text": text, "found": [row for row in found if row.id != contact.pk]}
    return render(request, "contacts/merge.html", given)


def _differences(request: WorkspaceRequest, contact: Contact, other: Contact) -> list[Difference]:
    mine = {detail.key: detail for detail in details_of(request.access, contact)}
    theirs = details_of(request.access, other)
    return [
        Difference(d.key, d.label, mine[d.key].shown if d.key in mine else "", d.shown)
        for d in theirs
        if d.key not in mine or mine[d.key].value != d.value
    ]


def _merge(request: WorkspaceRequest, contact: Contact, other: Contact) -> HttpResponse:
    take = {
        name.removeprefix("take_"): True for name, value in request.POST.items() if value == "other"
    }
    address = reverse("contact_card", args=[request.access.workspace.key, contact.pk])
    try:
        merge_contacts(request.access, keep=contact, remove=other, take=take, now=clock.now())
    except Refused as refused:
        toast(request, refused.reason, bad=True)
        return HttpResponseRedirect(address)
    toast(request, _("The two cards are one now."))
    return HttpResponseRedirect(address)


@workspace_view("manager")
def data(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    answer = JsonResponse(
        everything_about(request.access, contact),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
    return answer


@workspace_view("manager")
def erase(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    if request.method == "POST":
        erase_contact(request.access, contact, now=clock.now())
        toast(request, _("The person was erased."))
        return HttpResponseRedirect(reverse("contacts_index", args=[request.access.workspace.key]))
    return render(
        request,
        "contacts/erase.html",
        {"nav": "contacts", "contact": contact, "name": full_name(contact)},
    )
