"""Telling the staff: in the application, and by e-mail where wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.journeys.filling import filled
from kesher.journeys.kinds import NODES, Cohort, Go, Outcome, WithPorts
from kesher.journeys.settings import Setting
from kesher.lib import sql

_WRITE = """
INSERT INTO staff_alert (workspace_id, journey_id, contact_id, run_id, visit, text, emails, created_at)
SELECT %(workspace)s, %(journey)s, g.contact_id, g.run_id, g.visit, g.text, %(emails)s::jsonb, %(now)s
FROM unnest(%(contacts)s::bigint[], %(runs)s::bigint[], %(visits)s::int[], %(texts)s::text[])
     AS g(contact_id, run_id, visit, text)
ON CONFLICT DO NOTHING
"""


class Alert(WithPorts):
    key = "alert"
    label = _("Manager alert")
    help = _("Tells your team here, and by e-mail if you like")
    icon = "bell"
    tone = "coral"
    group = "staff"
    settings = (
        Setting(
            "text", _("What to tell"), "long_text", required=True, help=_("may hold merge tags")
        ),
        Setting(
            "emails",
            _("Also by e-mail to"),
            "staff",
            help=_("it always stands among the alerts here"),
        ),
    )

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        given = cohort.node.given
        sql.execute(
            _WRITE,
            {
                "workspace": cohort.sitting.workspace.pk,
                "journey": cohort.version.journey_id,
                "now": cohort.sitting.now,
                "emails": json.dumps(given.get("emails") or []),
                "contacts": cohort.contact_ids,
                "runs": [walker.run_id for walker in cohort.walkers],
                "visits": [walker.visit for walker in cohort.walkers],
                "texts": filled(cohort, given["text"]),
            },
        )
        return [Go()] * len(cohort.walkers)


NODES.register(Alert())
