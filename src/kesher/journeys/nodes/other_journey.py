"""Starting another journey, and ending the way of somebody in one."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.journeys.kinds import NODES, Cohort, Go, Outcome, WithPorts
from kesher.journeys.models import Journey
from kesher.journeys.settings import Setting
from kesher.journeys.starting import Candidate, end_runs, start_runs
from kesher.journeys.versions import live_journeys

_OTHER = (
    Setting(
        "journey",
        _("Journey"),
        "journey",
        required=True,
    ),
)


def _number(cohort: Cohort) -> int | None:
    rows = Journey.objects.filter(
        workspace=cohort.sitting.workspace, key=cohort.node.given.get("journey")
    )
    return rows.values_list("pk", flat=True).first()


class StartJourney(WithPorts):
    key = "start_journey"
    label = _("Start a journey")
    help = _("The person also enters another journey")
    icon = "route"
    tone = "slate"
    group = "end"
    settings = _OTHER

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        number = _number(cohort)
        live = live_journeys(cohort.sitting.workspace.pk, [number]) if number else []
        if not live:
            return [Go(reason="not_live")] * len(cohort.walkers)
        candidates = [
            Candidate(walker.contact_id, walker.data.get("event", {}), walker.depth)
            for walker in cohort.walkers
        ]
        start_runs(cohort.sitting, live[0], candidates)
        return [Go()] * len(cohort.walkers)


class StopJourney(WithPorts):
    key = "stop_journey"
    label = _("Stop a journey")
    help = _("Takes the person out of another journey")
    icon = "route-off"
    tone = "slate"
    group = "end"
    settings = _OTHER

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        if number := _number(cohort):
            end_runs(
                cohort.sitting, reason="stopped", journey_id=number, contact_ids=cohort.contact_ids,
                but=[walker.run_id for walker in cohort.walkers],
            )  # fmt: skip
        return [Go()] * len(cohort.walkers)


NODES.register(StartJourney())
NODES.register(StopJourney())
