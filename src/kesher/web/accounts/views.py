"""Screens of a person: first steps, invitations, profile; and of a workspace: settings, team, keys, log."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts import actions, queries
from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.actions import NotAllowed
from kesher.accounts.models import ApiKey, Invitation, Membership, Role, User
from kesher.lib import clock
from kesher.web.accounts import deeds, forms

LAST_WORKSPACE = "last_workspace"


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The way in: the workspace used last, the only one, or making the first."""
    memberships = list(queries.workspaces_of(_user(request)))
    if not memberships:
        return redirect("workspace_new")
    keys = [membership.workspace.key for membership in memberships]
    last = request.session.get(LAST_WORKSPACE)
    return redirect("home", last if last in keys else keys[0])


@login_required
def workspace_new(request: HttpRequest) -> HttpResponse:
    form = forms.NewWorkspaceForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        workspace = actions.create_workspace(_user(request), **form.cleaned_data)
        request.session[LAST_WORKSPACE] = workspace.key
        return redirect("settings_sender", workspace.key)
    first = not queries.workspaces_of(_user(request)).exists()
    return render(request, "accounts/workspace_new.html", {"form": form, "first": first})


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: signs up or in first when needed, and comes back here."""
    found = actions.open_invitation(token, now=clock.now())
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    if not request.user.is_authenticated:
        request.session["invited_email"] = found.email
        return render(
            request, "accounts/invitation.html", {"invitation": found, "here": request.path}
        )
    if request.method == "POST":
        workspace = actions.accept_invitation(_user(request), invitation=found, now=clock.now())
        return redirect("home", workspace.key)
    return render(request, "accounts/invitation.html", {"invitation": found, "here": request.path})


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = forms.ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("profile")
    context = {"form": form, "memberships": queries.workspaces_of(user)}
    return render(request, "accounts/profile.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the screens and go back to where one was."""
    return _remember(
        request,
        "language",
        [code for code, _name in settings.LANGUAGES],
        settings.LANGUAGE_COOKIE_NAME,
    )


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    return _remember(request, "theme", ["auto", "light", "dark"], "theme")


def _remember(request: HttpRequest, name: str, allowed: list[str], cookie: str) -> HttpResponse:
    value = request.POST.get(name, "")
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response: HttpResponse = redirect(back if here else "/")
    if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
        response = HttpResponse(status=204)
    if value in allowed:
        response.set_cookie(cookie, value, max_age=60 * 60 * 24 * 365, samesite="Lax")
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(**{name: value})
    return response


@workspace_view(Role.MANAGER)
def settings_general(request: WorkspaceRequest) -> HttpResponse:
    return _settings_form(request, forms.GeneralForm, "general")


@workspace_view(Role.MANAGER)
def settings_sender(request: WorkspaceRequest) -> HttpResponse:
    return _settings_form(request, forms.SenderForm, "sender")


def _settings_form(request: WorkspaceRequest, form_class: type[Any], tab: str) -> HttpResponse:
    before = type(request.access.workspace).objects.get(pk=request.access.workspace.pk)
    form = form_class(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        actions.update_workspace(request.access, values=forms.changed_values(form))
        messages.success(request, _("Saved."))
        return redirect(f"settings_{tab}", request.access.workspace.key)
    return _settings(request, f"accounts/settings_{tab}.html", tab, form=form)


@workspace_view(Role.MANAGER)
def settings_team(request: WorkspaceRequest) -> HttpResponse:
    form = forms.InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.invite_member(request.access, **form.cleaned_data, now=clock.now())
        except NotAllowed as error:
            form.add_error("email", str(error))
        else:
            link = settings.BASE_URL + reverse("invitation", args=[made.token])
            _mail_invitation(request, made.invitation, link)
            form = forms.InviteForm()
    memberships = Membership.objects.filter(workspace=request.access.workspace)
    return _settings(
        request,
        "accounts/settings_team.html",
        "team",
        form=form,
        link=link,
        roles=Role.choices,
        memberships=memberships.select_related("user").order_by("user__name", "user__email"),
        invitations=Invitation.objects.filter(
            workspace=request.access.workspace, accepted_at=None
        ).order_by("-pk"),
        now=clock.now(),
    )


def _mail_invitation(request: WorkspaceRequest, made: Invitation, link: str) -> None:
    context = {"invitation": made, "link": link, "inviter": request.user}
    with translation.override(request.access.workspace.language):
        subject = _("You are invited to %(name)s on Kesher") % {
            "name": request.access.workspace.name
        }
        send_mail(
            subject, render_to_string("accounts/invitation_mail.txt", context), None, [made.email]
        )


@require_POST
@workspace_view(Role.MANAGER)
def member_role(request: WorkspaceRequest, pk: int) -> HttpResponse:
    membership = request.access.get(Membership, pk)
    return _team_act(
        request,
        lambda: actions.change_role(request.access, membership, role=request.POST.get("role", "")),
    )


@require_POST
@workspace_view(Role.MANAGER)
def member_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    membership = request.access.get(Membership, pk)
    return _team_act(request, lambda: actions.remove_member(request.access, membership))


@require_POST
@workspace_view(Role.MANAGER)
def invitation_withdraw(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = request.access.get(Invitation, pk)
    return _team_act(request, lambda: actions.withdraw_invitation(request.access, found))


def _team_act(request: WorkspaceRequest, act: Any) -> HttpResponse:
    try:
        act()
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("settings_team", request.access.workspace.key)


@workspace_view(Role.MANAGER)
def settings_keys(request: WorkspaceRequest) -> HttpResponse:
    form = forms.ApiKeyForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            secret = actions.create_api_key(request.access, **form.cleaned_data).secret
            form = forms.ApiKeyForm()
        except NotAllowed as error:
            form.add_error("scopes", str(error))
    keys = ApiKey.objects.filter(workspace=request.access.workspace).select_related("created_by")
    return _settings(
        request,
        "accounts/settings_keys.html",
        "keys",
        form=form,
        secret=secret,
        every_scope=len(actions.SCOPES),
        keys=[
            (key, forms.scopes_in_words(key.scopes)) for key in keys.order_by("revoked_at", "-pk")
        ],
    )


@require_POST
@workspace_view(Role.MANAGER)
def key_revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    actions.revoke_api_key(request.access, request.access.get(ApiKey, pk), now=clock.now())
    messages.success(request, _("The key no longer works."))
    return redirect("settings_keys", request.access.workspace.key)


@workspace_view(Role.MANAGER)
def settings_log(request: WorkspaceRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    entries = queries.audit_of(
        request.access.workspace, before=int(before) if before.isdigit() else None
    )
    return _settings(
        request,
        "accounts/settings_log.html",
        "log",
        entries=[(entry, deeds.in_words(entry.action)) for entry in entries],
        more=len(entries) == 50,
        last=entries[-1].pk if entries else "",
    )


def _settings(request: WorkspaceRequest, template: str, tab: str, **context: Any) -> HttpResponse:
    return render(request, template, {"nav": "settings", "tab": tab, **context})


def _user(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)
