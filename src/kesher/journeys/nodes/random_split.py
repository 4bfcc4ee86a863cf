"""Ways by lot, in given shares. The lot is drawn for each visit, and drawn again it falls the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, Port, Walker
from kesher.journeys.nodes.split import branches_of
from kesher.journeys.problems import Problem
from kesher.journeys.settings import Setting, World
from kesher.journeys.starting import lot
from kesher.rules.vocabulary import Vocabulary


class RandomSplit:
    key = "random_split"
    label = _("Random split")
    help = _("By lot, in the shares you give: to compare two ideas")
    icon = "arrows-shuffle"
    tone = "amber"
    group = "condition"
    waits = False
    by_sitting = True
    settings = (
        Setting(
            "branches",
            _("Branches"),
            "branches",
            required=True,
            help=_("each with “to” and “share”, a percentage"),
        ),
    )

    def asks(self, node: Node, vocabulary: Vocabulary) -> Sequence[Any]:
        return ()

    def ports(self, given: Mapping[str, Any]) -> Sequence[Port]:
        return [
            Port(str(number + 1), f"branches[{number}].to", branch.get("to"))
            for number, branch in enumerate(branches_of(given))
        ]

    def known_keys(self) -> Iterable[str]:
        return ("branches",)

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        shares = [branch.get("share") for branch in branches_of(node.given)]
        whole = [share for share in shares if type(share) is int and share > 0]
        if len(whole) < len(shares) or sum(whole) != 100:
            text = _("the shares are whole percentages that make 100 together")
            return [Problem("wrong_value", f"{path}.branches", text)]
        return ()

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        shares = [int(branch["share"]) for branch in branches_of(cohort.node.given)]
        return [self._way(shares, walker, cohort.node.key) for walker in cohort.walkers]

    def _way(self, shares: Sequence[int], walker: Walker, node: str) -> Go:
        drawn = lot(walker.run_id, walker.visit, node)
        for number, share in enumerate(shares):
            drawn -= share
            if drawn < 0:
                return Go(str(number + 1))
        return Go(str(len(shares)))


NODES.register(RandomSplit())
