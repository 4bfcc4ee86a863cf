"""An A/B test on the screen: set up within the draft, decided by hand while it waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.campaigns import abtest, split
from kesher.campaigns.models import AbTest, Campaign, Variant
from kesher.lib import clock
from kesher.web.campaigns.common import act, editor_url, find

WAITS = (
    (900, gettext_lazy("a quarter of an hour")),
    (3600, gettext_lazy("an hour")),
    (2 * 3600, gettext_lazy("two hours")),
    (4 * 3600, gettext_lazy("four hours")),
    (8 * 3600, gettext_lazy("eight hours")),
    (24 * 3600, gettext_lazy("a day")),
    (48 * 3600, gettext_lazy("two days")),
)
SAMPLES = (10, 20, 30, 50, 100)


class TestForm(forms.Form):
    """`variants` comes as several fields of the same name; empty ones are not variants."""

    what = forms.ChoiceField(choices=AbTest.What.choices)
    sample_percent = forms.IntegerField(min_value=2, max_value=100)
    wait_seconds = forms.IntegerField(min_value=60)
    measure = forms.ChoiceField(choices=AbTest.Measure.choices)
    how_many = forms.IntegerField(required=False, min_value=2, max_value=split.MOST)


def test_context(campaign: Campaign) -> dict[str, Any]:
    """What the step of the draft shows."""
    test = abtest.ab_test_of(campaign)
    variants = list(campaign.variants.all()) if test else []
    return {
        "ab_test": test,
        "variants": [
            {
                "variant": variant,
                "text": _own(campaign, test, variant) if test else "",
                "editor": editor_url(campaign, variant.document or campaign.document),
            }
            for variant in variants
        ],
        "blanks": _blanks(test, variants),
        "whats": [(what.value, what.label) for what in abtest.whats_of(campaign.channel)],
        "measures": [(one.value, one.label) for one in abtest.measures_of(campaign.channel)],
        "waits": WAITS,
        "samples": sorted({*SAMPLES, *([test.sample_percent] if test else [])}),
        "wait_words": wait_words(test.wait_seconds) if test else "",
    }


def _own(campaign: Campaign, test: AbTest, variant: Variant) -> str:
    """What is different in this variant, as people read it."""
    if test.what == AbTest.What.SUBJECT:
        return variant.subject or campaign.document.subject
    if test.what == AbTest.What.SENDER:
        workspace = campaign.workspace
        own = campaign.sender_name or workspace.sender_name or workspace.name
        return variant.sender_name or own
    document = variant.document or campaign.document
    return document.name


def _blanks(test: AbTest | None, variants: list[Variant]) -> list[dict[str, Any]]:
    """The inputs of B, C and D as they come."""
    found = {variant.number: variant for variant in variants}
    texts = []
    for number in range(1, split.MOST):
        variant = found.get(number)
        text = (variant.subject or variant.sender_name) if variant else ""
        texts.append({"letter": "ABCD"[number], "text": text, "required": number == 1})
    return texts


def wait_words(seconds: int) -> str:
    known = dict(WAITS)
    if seconds in known:
        return str(known[seconds])
    hours = max(1, round(seconds / 3600))
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


@require_POST
@workspace_view(Role.EDITOR)
def set_test(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    form = TestForm(request.POST)
    if not form.is_valid():
        return act(request, found, lambda: None, done=_("Choose what to test, and how."))
    values = form.cleaned_data
    texts = [text.strip() for text in request.POST.getlist("variants") if text.strip()]
    if values["what"] == AbTest.What.CONTENT:
        texts = [""] * ((values["how_many"] or 2) - 1)
    plan = abtest.Plan(
        values["what"],
        tuple(texts),
        values["sample_percent"],
        timedelta(seconds=values["wait_seconds"]),
        values["measure"],
    )
    return act(
        request,
        found,
        lambda: abtest.set_ab_test(request.access, found, plan=plan),
        done=_("The A/B test is set."),
    )


@require_POST
@workspace_view(Role.EDITOR)
def remove_test(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    return act(
        request,
        found,
        lambda: abtest.remove_ab_test(request.access, found),
        done=_("One message to everybody again."),
    )


@require_POST
@workspace_view(Role.EDITOR)
def choose(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Decide by hand which variant everybody else gets."""
    found = find(request, pk)
    number = request.POST.get("variant", "")
    return act(
        request,
        found,
        lambda: abtest.choose_winner(
            request.access, found, number=int(number) if number.isdigit() else -1, now=clock.now()
        ),
        done=_("Chosen. Everybody else gets it now."),
    )


def result_context(campaign: Campaign, test: AbTest | None) -> dict[str, Any]:
    """The test in the report: its state, each variant's numbers, and what they are worth in words."""
    if test is None:
        return {}
    numbers = abtest.numbers_of(campaign, test)
    scores = [one.score(test.measure) for one in numbers]
    leader = split.decide(scores).number
    return {
        "ab_test": test,
        "ab_waiting": abtest.is_waiting(test)
        and campaign.status in (Campaign.Status.SENDING, Campaign.Status.PAUSED),
        "ab_decides_at": abtest.decides_at(test),
        "ab_rest": test.sample_percent < abtest.EVERYBODY,
        "ab_rows": [
            {
                "numbers": one,
                "text": _own(campaign, test, one.variant),
                "is_winner": test.winner_id == one.variant.pk,
                "is_ahead": test.winner_id is None
                and one.variant.number == leader
                and any(score.hits for score in scores),
            }
            for one in numbers
        ],
        "ab_clear": split.is_clear(scores),
        "ab_any": any(score.hits for score in scores),
        "ab_wait": wait_words(test.wait_seconds),
    }


def waits_for_test(test: AbTest | None) -> bool:
    """Whether all that may leave has left, and the rest waits for the winner."""
    return test is not None and test.sample_left_at is not None and abtest.is_waiting(test)
