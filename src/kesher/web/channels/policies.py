"""What stands around the advertising texts of a channel: the word the law asks for, and the way out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.channels.policies import LINK, BadPolicy, frame_of, save_policy
from kesher.contacts.channels import CHANNELS
from kesher.content.texts import SAMPLE_TOKEN, TEXT_CHANNELS, Frame, framed, way_out
from kesher.lib.sms import measure_for
from kesher.web.toasts import toast


class PolicyForm(forms.Form):
    before = forms.CharField(
        label=gettext_lazy("At the beginning"),
        required=False,
        max_length=30,
        help_text=gettext_lazy(
            "In Israel the law asks for the word פרסומת. Empty where none is needed."
        ),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    after = forms.CharField(
        label=gettext_lazy("At the end"),
        max_length=100,
        help_text=gettext_lazy(
            "{link} is where the short address of the way out stands; or say how to answer, such as “Reply STOP”."
        ),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


@workspace_view("manager")
def edit(request: WorkspaceRequest, channel: str) -> HttpResponseBase:
    if channel not in TEXT_CHANNELS:
        raise Http404
    workspace = request.access.workspace
    form = PolicyForm(request.POST or None, initial=frame_of(workspace, channel)._asdict())
    if request.method == "POST" and form.is_valid():
        try:
            save_policy(request.access, channel=channel, **_cleaned(form))
        except BadPolicy as error:
            for key, text in error.problems.items():
                form.add_error(key, text)
        else:
            toast(request, _("New messages leave like this from now on."))
            return redirect("channels_settings", workspace.key)
    values = (
        _cleaned(form)
        if form.is_bound and form.is_valid()
        else frame_of(workspace, channel)._asdict()
    )
    sample = framed(
        _("This week everything is at half price."),
        Frame(values["before"], values["after"]),
        way_out(request.build_absolute_uri("/").rstrip("/"), SAMPLE_TOKEN),
    )
    context: dict[str, Any] = {
        "nav": "settings",
        "tab": "channels",
        "form": form,
        "channel": CHANNELS[channel],
        "sample": sample,
        "size": measure_for(channel, sample),
        "link": LINK,
    }
    return render(request, "channels/policy.html", context, status=422 if form.errors else 200)


def _cleaned(form: PolicyForm) -> dict[str, str]:
    return {"before": form.cleaned_data["before"], "after": form.cleaned_data["after"]}
