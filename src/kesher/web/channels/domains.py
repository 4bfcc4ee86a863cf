"""Sending domains: their DNS record to copy, looked up, and switched on."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.channels import domains
from kesher.channels.models import SendingDomain
from kesher.lib import clock
from kesher.web.toasts import toast


@workspace_view("manager")
@require_POST
def add(request: WorkspaceRequest) -> HttpResponseBase:
    try:
        made = domains.add_domain(request.access, domain=request.POST.get("domain", ""))
    except domains.BadDomain as error:
        toast(request, str(error), bad=True)
        return redirect("channels_settings", request.access.workspace.key)
    return redirect("sending_domain", request.access.workspace.key, made.pk)


@workspace_view("manager")
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    domain = request.access.get(SendingDomain, pk)
    context = {
        "nav": "settings",
        "tab": "channels",
        "domain": domain,
        "record": domains.record_of(domain),
    }
    return render(request, "channels/domain.html", context)


@workspace_view("manager")
@require_POST
def verify(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    domain = request.access.get(SendingDomain, pk)
    problem = domains.verify_domain(request.access, domain, now=clock.now())
    if not problem and not domain.is_active:
        domains.set_active(request.access, domain, active=True)
    text = problem or _("The record is right. Mail from %(domain)s is signed from now on.") % {
        "domain": domain.domain
    }
    toast(request, text, bad=bool(problem))
    return redirect("sending_domain", request.access.workspace.key, pk)


@workspace_view("manager")
@require_POST
def switch(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    domain = request.access.get(SendingDomain, pk)
    domains.set_active(request.access, domain, active=request.POST.get("active") == "1")
    text = _("Mail is signed from now on.") if domain.is_active else _("Mail is no longer signed.")
    toast(request, text)
    return redirect("sending_domain", request.access.workspace.key, pk)


@workspace_view("manager")
@require_POST
def delete(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    domain = request.access.get(SendingDomain, pk)
    domains.delete_domain(request.access, domain)
    toast(
        request, _("%(domain)s is deleted; its key is gone for good.") % {"domain": domain.domain}
    )
    return redirect("channels_settings", request.access.workspace.key)
