"""Calling an address outside: a row in the outbox; `webhooks` calls, signs and tries again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.filling import contacts_as_json
from kesher.journeys.kinds import NODES, Cohort, Go, Listen, Outcome, Walker, WithPorts
from kesher.journeys.settings import Setting
from kesher.lib import sql

ANSWERED = "webhook.answered"
PATIENCE = timedelta(days=1)

_WRITE = """
INSERT INTO webhook_delivery (workspace_id, journey_id, contact_id, run_id, visit, node, url, body, state, attempts,
                              next_at, answer, created_at)
SELECT %(workspace)s, %(journey)s, g.contact_id, g.run_id, g.visit, %(node)s, %(url)s, g.body, 'waiting', 0,
       %(now)s, '', %(now)s
FROM unnest(%(contacts)s::bigint[], %(runs)s::bigint[], %(visits)s::int[], %(bodies)s::text[])
     AS g(contact_id, run_id, visit, body)
ON CONFLICT DO NOTHING
"""
_ANSWERS = """
SELECT run_id, visit, state, status, answer FROM webhook_delivery
WHERE workspace_id = %(workspace)s AND (run_id, visit) IN (SELECT * FROM unnest(%(runs)s::bigint[], %(visits)s::int[]))
"""


class Webhook(WithPorts):
    """With `wait_for_answer`, the run goes on when the other side has answered, and conditions may ask
    `event.answer.…`; `failed` is the way when it did not."""

    key = "webhook"
    label = _("Webhook")
    help = _("Tells another system, and can wait for its answer")
    icon = "webhook"
    tone = "slate"
    group = "data"
    port_keys = ("next", "failed")
    waits = True
    settings = (
        Setting(
            "url",
            _("Address"),
            "url",
            required=True,
            help=_("gets the contact and the event, signed"),
        ),
        Setting(
            "wait_for_answer",
            _("Wait for the answer"),
            "toggle",
            default=False,
            help=_("what it answers can be asked in later conditions"),
        ),
    )

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        arriving = [walker for walker in cohort.walkers if not walker.woken]
        if arriving:
            self._write(cohort, arriving)
        if not cohort.node.given.get("wait_for_answer"):
            return [Go()] * len(cohort.walkers)
        woken = [walker for walker in cohort.walkers if walker.woken]
        answers = self._answers(cohort, woken) if woken else {}
        until = cohort.sitting.now + PATIENCE
        return [
            self._answered(walker, answers.get(walker.run_id), until, cohort)
            for walker in cohort.walkers
        ]

    def _answered(self, walker: Walker, answer: Any, until: Any, cohort: Cohort) -> Outcome:
        if not walker.woken:
            return Listen(frozenset({ANSWERED}), until)
        if answer is None or answer["state"] == "waiting":
            late = walker.until is not None and walker.until <= cohort.sitting.now
            return (
                self._way(cohort, "failed") if late else Listen(frozenset({ANSWERED}), walker.until)
            )
        walker.data.setdefault("event", {})["answer"] = answer["body"]
        walker.data.setdefault("answers", {})[cohort.node.key] = {"status": answer["status"]}
        return Go() if answer["state"] == "done" else self._way(cohort, "failed")

    def _way(self, cohort: Cohort, port: str) -> Go:
        return Go(port) if cohort.node.ports.get(port) else Go()

    def _answers(self, cohort: Cohort, woken: Sequence[Walker]) -> dict[int, Any]:
        rows = sql.rows(
            _ANSWERS,
            {
                "workspace": cohort.sitting.workspace.pk,
                "runs": [walker.run_id for walker in woken],
                "visits": [walker.visit for walker in woken],
            },
        )
        return {
            run_id: {"state": state, "status": status, "body": _json(answer)}
            for run_id, _visit, state, status, answer in rows
        }

    def _write(self, cohort: Cohort, walkers: Sequence[Walker]) -> None:
        about = contacts_as_json(cohort.sitting, [walker.contact_id for walker in walkers])
        sql.execute(
            _WRITE,
            {
                "workspace": cohort.sitting.workspace.pk,
                "journey": cohort.version.journey_id,
                "node": cohort.node.key,
                "url": cohort.node.given["url"],
                "now": cohort.sitting.now,
                "contacts": [walker.contact_id for walker in walkers],
                "runs": [walker.run_id for walker in walkers],
                "visits": [walker.visit for walker in walkers],
                "bodies": [_body(cohort, walker, about) for walker in walkers],
            },
        )


def _body(cohort: Cohort, walker: Walker, about: dict[int, dict[str, Any]]) -> str:
    said = {
        "type": "journey.webhook",
        "timestamp": cohort.sitting.now.isoformat(),
        "data": {
            "journey": cohort.sitting.named(walker.journey_id)["journey"],
            "node": cohort.node.key,
            "run": walker.run_id,
            "contact": about.get(walker.contact_id, {"id": walker.contact_id}),
            "event": walker.data.get("event", {}),
        },
    }
    return json.dumps(said, ensure_ascii=False)


def _json(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return {"text": answer}


NODES.register(Webhook())
