"""A new contact, and changing one."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts import lists as listing
from kesher.contacts.actions import create_contact, update_contact
from kesher.contacts.errors import Refused
from kesher.contacts.models import ContactList
from kesher.lib import clock
from kesher.web.contacts import inputs as forms
from kesher.web.contacts.card import contact_of, details_of, full_name
from kesher.web.toasts import toast


@workspace_view("editor")
def new(request: WorkspaceRequest) -> HttpResponse:
    workspace, problem = request.access.workspace, ""
    inputs = forms.empty_inputs(workspace)
    if request.method == "POST":
        inputs, values = forms.read_inputs(workspace, request.POST)
        if not forms.has_errors(inputs):
            try:
                return _create(request, forms.known_values(values))
            except Refused as refused:
                problem = forms.put_refusal(inputs, refused)
    rows = [row for row in listing.live_lists(workspace) if not row.is_all]
    given = {
        "nav": "contacts", "inputs": inputs, "problem": problem, "lists": rows,
        "chosen_lists": {int(n) for n in request.POST.getlist("lists") if n.isdecimal()},
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "contacts/new.html", given, status=status)


def _create(request: WorkspaceRequest, values: dict[str, object]) -> HttpResponse:
    chosen = [request.access.get(ContactList, n) for n in request.POST.getlist("lists")]
    made = create_contact(request.access, values=values, now=clock.now(), lists=chosen)
    toast(request, _("%(name)s was added.") % {"name": full_name(made)})
    key = request.access.workspace.key
    if "another" in request.POST:
        return HttpResponseRedirect(reverse("contacts_new", args=[key]))
    return HttpResponseRedirect(reverse("contact_card", args=[key, made.pk]))


@workspace_view("editor")
def edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The details of the card as a form in their place, and back. Works as a page of its own too."""
    contact = contact_of(request, pk)
    workspace, problem = request.access.workspace, ""
    given = {"nav": "contacts", "contact": contact, "name": full_name(contact)}
    if request.method == "GET" and "cancel" in request.GET:
        details = {"details": details_of(request.access, contact)}
        return render(request, "contacts/_details.html", given | details)
    inputs = forms.filled_inputs(workspace, contact)
    if request.method == "POST":
        inputs, values = forms.read_inputs(workspace, request.POST)
        if not forms.has_errors(inputs):
            try:
                update_contact(request.access, contact, values=values, now=clock.now())
                toast(request, _("Saved."))
                address = reverse("contact_card", args=[workspace.key, contact.pk])
                if request.htmx:  # the header shows name and addresses too: the whole card anew
                    return HttpResponse(status=200, headers={"HX-Redirect": address})
                return HttpResponseRedirect(address)
            except Refused as refused:
                problem = forms.put_refusal(inputs, refused)
    template = "contacts/_edit.html" if request.htmx else "contacts/edit.html"
    status = 422 if request.method == "POST" else 200
    return render(request, template, given | {"inputs": inputs, "problem": problem}, status=status)
