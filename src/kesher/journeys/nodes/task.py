"""A task for a member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kesher.journeys.filling import filled
from kesher.journeys.kinds import NODES, Cohort, Go, Outcome, WithPorts
from kesher.journeys.nodes.wait import opened
from kesher.journeys.settings import Setting
from kesher.journeys.when import after
from kesher.lib import sql
from kesher.rules.durations import read_duration

_WRITE = """
INSERT INTO staff_task (workspace_id, journey_id, contact_id, run_id, visit, title, notes, assignee, due_at, created_at)
SELECT %(workspace)s, %(journey)s, g.contact_id, g.run_id, g.visit, g.title, g.notes, %(assignee)s, %(due)s, %(now)s
FROM unnest(%(contacts)s::bigint[], %(runs)s::bigint[], %(visits)s::int[], %(titles)s::text[], %(notes)s::text[])
     AS g(contact_id, run_id, visit, title, notes)
ON CONFLICT DO NOTHING
"""


class Task(WithPorts):
    key = "task"
    label = _("Task for staff")
    help = _("Puts something to do on the list of one of the team")
    icon = "checkbox"
    tone = "coral"
    group = "staff"
    settings = (
        Setting("title", _("What to do"), "text", required=True, help=_("may hold merge tags")),
        Setting("notes", _("Details"), "long_text"),
        Setting(
            "assignee", _("Who"), "text", help=_("the e-mail of one of the team; empty: anybody")
        ),
        Setting(
            "due_in", _("Within"), "duration", help=_("counted from when the person gets here")
        ),
        Setting("at", _("At this hour"), "time"),
        Setting("weekdays", _("On these days"), "weekdays"),
    )

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        given = cohort.node.given
        sql.execute(
            _WRITE,
            {
                "workspace": cohort.sitting.workspace.pk,
                "journey": cohort.version.journey_id,
                "now": cohort.sitting.now,
                "assignee": given.get("assignee") or "",
                "due": _due(cohort),
                "contacts": cohort.contact_ids,
                "runs": [walker.run_id for walker in cohort.walkers],
                "visits": [walker.visit for walker in cohort.walkers],
                "titles": filled(cohort, given["title"]),
                "notes": filled(cohort, given.get("notes") or ""),
            },
        )
        return [Go()] * len(cohort.walkers)


def _due(cohort: Cohort) -> datetime | None:
    given, zone, now = cohort.node.given, cohort.sitting.zone, cohort.sitting.now
    if not any(given.get(key) for key in ("due_in", "at", "weekdays")):
        return None
    duration = read_duration(given.get("due_in"))
    return opened(given, after(now, duration, zone) if duration else now, zone)


NODES.register(Task())
