"""A/B tests: what staff set up and decide, and the numbers that decide. Who gets what is `split`, when is `planning`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.campaigns import log, split
from kesher.campaigns.errors import BadValue, WrongState
from kesher.campaigns.models import AbTest, Campaign, Variant
from kesher.campaigns.moves import only_draft
from kesher.content.actions import duplicate_document
from kesher.lib import sql
from kesher.messages.actions import Each

SMALLEST_SAMPLE, EVERYBODY = 2, 100
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(days=14)
# Mail that a server asked to send later does not hold up the whole test.
LATECOMERS = timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """`texts` are the subjects or sender names of B, C and D; of a test of content only their number counts."""

    what: str
    texts: tuple[str, ...]
    sample_percent: int
    wait: timedelta
    measure: str


def whats_of(channel: str) -> tuple[AbTest.What, ...]:
    """What can be tested on a channel: a text message has neither subject nor sender name."""
    return tuple(AbTest.What) if channel == "email" else (AbTest.What.CONTENT,)


def measures_of(channel: str) -> tuple[AbTest.Measure, ...]:
    return (
        tuple(AbTest.Measure)
        if channel == "email"
        else (AbTest.Measure.CLICKS, AbTest.Measure.HAND)
    )


def ab_test_of(campaign: Campaign) -> AbTest | None:
    return AbTest.objects.select_related("winner").filter(campaign=campaign).first()


@transaction.atomic
def set_ab_test(access: Access, campaign: Campaign, *, plan: Plan) -> AbTest:
    """Make the campaign a test, or change the test of a draft. Raises BadValue, WrongState."""
    only_draft(campaign)
    texts = _checked(campaign, plan)
    test, _made = AbTest.objects.update_or_create(
        campaign=campaign,
        defaults={
            "workspace": access.workspace,
            "what": plan.what,
            "sample_percent": plan.sample_percent,
            "wait_seconds": int(plan.wait.total_seconds()),
            "measure": plan.measure,
        },
    )
    known = {variant.number: variant for variant in campaign.variants.all()}
    for number, text in enumerate(("", *texts)):
        variant = known.pop(number, None) or Variant(
            workspace=access.workspace, campaign=campaign, number=number
        )
        variant.subject = text if plan.what == AbTest.What.SUBJECT else ""
        variant.sender_name = text if plan.what == AbTest.What.SENDER else ""
        if plan.what == AbTest.What.CONTENT and number and variant.document is None:
            name = f"{campaign.document.name} – {variant.letter}"
            variant.document = duplicate_document(access, campaign.document, name=name)
        variant.save()
    campaign.variants.filter(pk__in=[variant.pk for variant in known.values()]).delete()
    access.audit("campaign.ab_test_set", campaign, campaign.name, what=plan.what)
    return test


@transaction.atomic
def remove_ab_test(access: Access, campaign: Campaign) -> None:
    """One mail to everybody again, as variant A is."""
    only_draft(campaign)
    AbTest.objects.filter(campaign=campaign).delete()
    campaign.variants.all().delete()
    access.audit("campaign.ab_test_removed", campaign, campaign.name)


@transaction.atomic
def choose_winner(access: Access, campaign: Campaign, *, number: int, now: datetime) -> None:
    """Decide by hand, at any time before the test has decided. Raises BadValue, WrongState."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    test = ab_test_of(locked)
    chosen = locked.variants.filter(number=number).first()
    if test is None or chosen is None:
        raise BadValue("variant", _("There is no such variant."))
    going = locked.status in (Campaign.Status.SENDING, Campaign.Status.PAUSED)
    if not going or not is_waiting(test):
        raise WrongState(locked.status)
    settle(locked, test, chosen, how="hand", now=now, access=access)
    access.audit("campaign.winner_chosen", campaign, campaign.name, variant=chosen.letter)


def settle(
    campaign: Campaign,
    test: AbTest,
    winner: Variant,
    *,
    how: str,
    now: datetime,
    access: Access | None = None,
) -> None:
    """The winner is known; from now on the rest is let go with it. Called with the campaign's row locked."""
    AbTest.objects.filter(pk=test.pk).update(winner=winner, decided_at=now, decided_how=how)
    Campaign.objects.filter(pk=campaign.pk).update(
        version=winner.version_id, next_pulse_at=now if campaign.pulse_size else None
    )
    user = access.user if access else None
    log.note(campaign, "winner", now=now, user=user, variant=winner.letter, how=how)


def is_waiting(test: AbTest) -> bool:
    """Whether there is somebody left to send a winner to, and none is known yet."""
    return test.decided_at is None and test.sample_percent < EVERYBODY


def decides_at(test: AbTest) -> datetime | None:
    """When the winner will be chosen; None while that cannot be said, or is left to people."""
    if test.sample_left_at is None or test.measure == AbTest.Measure.HAND or not is_waiting(test):
        return None
    return test.sample_left_at + timedelta(seconds=test.wait_seconds)


def each_of(campaign: Campaign, test: AbTest, variants: Sequence[Variant]) -> Each:
    """AbTest.What each contact gets when the campaign is planned: the sample its variants, at once; the rest waits."""
    within = split.in_sample_sql("chunk.id")
    place = f"1 + {split.variant_sql('chunk.id')}"
    parameters = {
        **_split(campaign, test, len(variants)),
        "split_versions": [variant.version_id for variant in variants],
        "split_data": [data_of(variant) for variant in variants],
    }
    due = f"CASE WHEN {within} THEN %(plan_due)s::timestamptz END"
    return Each(
        version=f"CASE WHEN {within} THEN (%(split_versions)s::bigint[])[{place}] ELSE %(plan_version)s END",
        due=due if test.sample_percent < EVERYBODY else "%(plan_due)s",
        data=f"CASE WHEN {within} THEN (%(split_data)s::text[])[{place}] END",
        parameters=parameters,
    )


def data_of(variant: Variant) -> str | None:
    """A message's own values for this variant, as JSON."""
    return json.dumps({"sender_name": variant.sender_name}) if variant.sender_name else None


def _split(campaign: Campaign, test: AbTest, variants: int) -> dict[str, Any]:
    return {
        "split_campaign": str(campaign.pk),
        "split_sample": test.sample_percent,
        "split_variants": variants,
    }


_NUMBERS = """
SELECT m.version_id, count(*) FILTER (WHERE m.sent_at IS NOT NULL) AS sent,
       count(*) FILTER (WHERE m.delivered_at IS NOT NULL AND m.bounced_at IS NULL) AS delivered,
       count(*) FILTER (WHERE m.bounced_at IS NULL
           AND CASE WHEN m.channel = 'email' THEN m.delivered_at ELSE m.sent_at END IS NOT NULL) AS reached,
       count(m.opened_at) AS opened, count(m.clicked_at) AS clicked, count(m.unsubscribed_at) AS unsubscribed,
       count(m.machine_opened_at) FILTER (WHERE m.opened_at IS NULL) AS machine_opened
FROM message m
WHERE m.workspace_id = %(workspace)s AND m.source = 'campaign' AND m.source_id = %(split_campaign)s
  AND m.due_at IS NOT NULL AND {sample}
GROUP BY m.version_id
"""


@dataclass(frozen=True)
class Numbers:
    """AbTest.What became of a variant in the sample. `opened` and `clicked` are people; machines are counted apart.

    `reached`: of whom shares are told. A mail is delivered until it bounces; of texts not every gateway tells.
    """

    variant: Variant
    sent: int = 0
    delivered: int = 0
    reached: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    machine_opened: int = 0

    def score(self, measure: str) -> split.Score:
        hits = self.clicked if measure == AbTest.Measure.CLICKS else self.opened
        return split.Score(self.variant.number, self.reached, min(hits, self.reached))


def numbers_of(campaign: Campaign, test: AbTest) -> list[Numbers]:
    """Of each variant, in the sample only: by an index over the campaign's messages, a second for a million."""
    variants = list(campaign.variants.all())
    statement = _NUMBERS.format(sample=split.in_sample_sql("m.contact_id"))
    parameters = {**_split(campaign, test, len(variants)), "workspace": campaign.workspace_id}
    found = {row.pop("version_id"): row for row in sql.dicts(statement, parameters)}
    return [Numbers(variant, **found.get(variant.version_id, {})) for variant in variants]


def _checked(campaign: Campaign, plan: Plan) -> tuple[str, ...]:
    if plan.what not in whats_of(campaign.channel):
        raise BadValue("what", _("This cannot be tested on this channel."))
    if plan.measure not in measures_of(campaign.channel):
        raise BadValue("measure", _("This channel does not tell who opened; choose by clicks."))
    if not 2 <= len(plan.texts) + 1 <= split.MOST:
        raise BadValue("variants", _("A test has two to four variants."))
    if not SMALLEST_SAMPLE <= plan.sample_percent <= EVERYBODY:
        raise BadValue("sample_percent", _("The sample is between 2 and 100 percent."))
    if not SHORTEST_WAIT <= plan.wait <= LONGEST_WAIT:
        raise BadValue("wait", _("Wait between a quarter of an hour and two weeks."))
    texts = tuple(" ".join(text.split()) for text in plan.texts)
    if plan.what != AbTest.What.CONTENT:
        _check_texts(campaign, plan.what, texts)
    return texts


def _check_texts(campaign: Campaign, what: str, texts: tuple[str, ...]) -> None:
    own = campaign.document.subject
    if what == AbTest.What.SENDER:
        workspace = campaign.workspace
        own = campaign.sender_name or workspace.sender_name or workspace.name
    if not all(texts):
        raise BadValue("variants", _("Fill in each variant, or take it out."))
    if len({text.casefold() for text in (own, *texts)}) <= len(texts):
        raise BadValue("variants", _("Two variants are the same; nothing could be learned."))
