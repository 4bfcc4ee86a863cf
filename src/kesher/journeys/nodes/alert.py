"""Telling the staff: in the application, and by e-mail and SMS where wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kesher.journeys.filling import filled
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, WithPorts
from kesher.journeys.models import StaffAlert
from kesher.journeys.problems import WARNING, Problem
from kesher.journeys.settings import Setting, World
from kesher.lib import sql
from kesher.lib.addresses import normalise_phone

_WRITE = """
INSERT INTO staff_alert (workspace_id, journey_id, contact_id, run_id, visit, text, emails, phones, trouble, created_at)
SELECT %(workspace)s, %(journey)s, g.contact_id, g.run_id, g.visit, g.text, %(emails)s::jsonb, %(phones)s::text[],
       %(trouble)s, %(now)s
FROM unnest(%(contacts)s::bigint[], %(runs)s::bigint[], %(visits)s::int[], %(texts)s::text[])
     AS g(contact_id, run_id, visit, text)
ON CONFLICT DO NOTHING
"""


class Alert(WithPorts):
    key = "alert"
    label = _("Manager alert")
    help = _("Tells your team here, and by e-mail or SMS if you like")
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
        Setting(
            "phones",
            _("Also by SMS to"),
            "phones",
            help=_("ends with a link to the contact's card"),
        ),
    )

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        if not node.given.get("phones") or world.has_sms:
            return ()
        text = _(
            "the workspace has no SMS account: nobody will get this by SMS until one is set up"
        )
        return [Problem("no_sms_account", f"{path}.phones", text, {}, None, WARNING)]

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        given, country = cohort.node.given, cohort.sitting.workspace.country
        wanted = given.get("phones") or []
        found = [phone.number for one in wanted if (phone := normalise_phone(one, country))]
        sql.execute(
            _WRITE,
            {
                "workspace": cohort.sitting.workspace.pk,
                "journey": cohort.version.journey_id,
                "now": cohort.sitting.now,
                "emails": json.dumps(given.get("emails") or []),
                "phones": list(dict.fromkeys(found)),
                "trouble": StaffAlert.Trouble.NO_NUMBER if wanted and not found else "",
                "contacts": cohort.contact_ids,
                "runs": [walker.run_id for walker in cohort.walkers],
                "visits": [walker.visit for walker in cohort.walkers],
                "texts": filled(cohort, given["text"]),
            },
        )
        return [Go()] * len(cohort.walkers)


NODES.register(Alert())
