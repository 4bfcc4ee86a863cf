"""Two ways: for whom the rule holds, and for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.asking import rules_ahead, truths_of
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, WithPorts
from kesher.journeys.settings import Setting
from kesher.rules.vocabulary import Vocabulary


class Condition(WithPorts):
    key = "condition"
    label = _("Condition")
    help = _("Two ways: those for whom it is true, and everybody else")
    icon = "git-fork"
    tone = "amber"
    group = "condition"
    port_keys = ("yes", "no")
    settings = (
        Setting(
            "rule",
            _("Condition"),
            "rule",
            required=True,
            help=_("asked at the moment the person gets here"),
        ),
    )

    by_sitting = True

    def asks(self, node: Node, vocabulary: Vocabulary) -> Sequence[Any]:
        return [node.given.get("rule")]

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        rule = cohort.node.given.get("rule")
        truths = truths_of(
            cohort.sitting, cohort.version, rule, cohort.walkers, ahead=rules_ahead(cohort)
        )
        return [YES if truth else NO for truth in truths]


YES, NO = Go("yes"), Go("no")
NODES.register(Condition())
