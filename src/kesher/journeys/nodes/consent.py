"""Consent on a channel, written with the journey as its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.contacts.channels import CHANNELS
from kesher.contacts.consent import record_consent
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, WithPorts
from kesher.journeys.problems import WARNING, Problem
from kesher.journeys.settings import Choice, Setting, World


class Consent(WithPorts):
    key = "consent"
    label = _("Change consent")
    help = _("Records that the person agreed or refuses")
    icon = "shield-check"
    tone = "moss"
    group = "data"
    settings = (
        Setting(
            "channel", _("Channel"), "choice", required=True,
            choices=tuple(Choice(key, channel.label) for key, channel in CHANNELS.items()),
        ),
        Setting(
            "state", _("From now on"), "choice", required=True,
            help=_("only what the person really said"),
            choices=(Choice("withdrawn", _("refuses")), Choice("granted", _("agrees"))),
        ),
    )  # fmt: skip

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        if node.given.get("state") != "granted":
            return ()
        text = _("the law asks for the person's own agreement: be sure that what leads here is one")
        return [Problem("grants_consent", f"{path}.state", text, {}, None, WARNING)]

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        for depth, walkers in cohort.by_depth().items():
            record_consent(
                cohort.sitting.workspace.pk,
                contact_ids=[walker.contact_id for walker in walkers],
                channel=str(cohort.node.given["channel"]),
                state=str(cohort.node.given["state"]),
                basis="staff",
                evidence={"journey_id": cohort.version.journey_id, "node": cohort.node.key},
                now=cohort.sitting.now,
                source="journey",
                depth=depth,
            )
        return [Go()] * len(cohort.walkers)


NODES.register(Consent())
