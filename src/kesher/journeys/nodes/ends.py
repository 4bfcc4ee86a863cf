"""The goal, and the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.events import counters, log
from kesher.journeys.kinds import NODES, Cohort, Go, Outcome, Stop, WithPorts
from kesher.journeys.settings import Setting


class Goal(WithPorts):
    """Who comes here has reached what the journey is for. It goes on; an exit may follow."""

    key = "goal"
    label = _("Goal")
    help = _("Counts that the journey did what it is for")
    icon = "target"
    tone = "coral"
    group = "end"
    settings = (Setting("name", _("Name"), "text", help=_("as it stands in the reports")),)

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        sitting = cohort.sitting
        new = [walker for walker in cohort.walkers if walker.goal_at is None]
        for walker in new:
            walker.goal_at = sitting.now
        counters.add(
            sitting.workspace.pk, Counter(f"journey.{walker.journey_id}.goal" for walker in new)
        )
        about = {
            **sitting.named(cohort.version.journey_id),
            "goal": cohort.node.given.get("name") or "",
        }
        for depth, walkers in cohort.by_depth().items():
            reached = [walker.contact_id for walker in walkers if walker in new]
            log.record_for(
                sitting.workspace.pk, kind="journey.goal_reached", contact_ids=reached, at=sitting.now,
                source="journey", depth=depth, data=about,
            )  # fmt: skip
        return [Go()] * len(cohort.walkers)


class Exit(WithPorts):
    key = "exit"
    label = _("Exit")
    help = _("The person leaves the journey here")
    icon = "logout"
    tone = "slate"
    group = "end"
    port_keys = ()
    by_sitting = True

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        return [Stop("done")] * len(cohort.walkers)


NODES.register(Goal())
NODES.register(Exit())
