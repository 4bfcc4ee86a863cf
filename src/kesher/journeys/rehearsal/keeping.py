"""What is kept of a rehearsal besides its sums: each person's way and messages, and the plans that mails are shown by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kesher.journeys.rehearsal.models import Rehearsal
from kesher.lib import sql
from kesher.messages.contents import plan_of

Way = list[list[Any]]


class Kept:
    """Filled while it plays; `write` after all is rolled back. Shapes: `models.Person`."""

    def __init__(self) -> None:
        self.messages: dict[int, list[list[Any]]] = defaultdict(list)
        self.ways: dict[int, Way] = {}
        self.plans: dict[int, Any] = {}
        self.graph: dict[str, Any] = {}

    def message(
        self,
        contact_id: int,
        place: tuple[int | None, str],
        channel: str,
        at: datetime,
        version_id: int,
        *,
        reason: str = "",
        subject: str = "",
        content: Sequence[str] | str = "",
        units: int | None = None,
        moved_from: str = "",
    ) -> None:
        journey, node = place
        told = [journey, node, channel, at.isoformat(), reason, version_id, subject, content, units]
        if moved_from:
            told.append(moved_from)
        self.messages[contact_id].append(told)
        if channel == "email" and not reason and version_id not in self.plans:
            plan = plan_of(version_id)
            self.plans[version_id] = plan.to_json() if plan else None

    def walked(self, workspace_id: int, journey_id: int, contacts: Sequence[int]) -> None:
        """Read from the copies who went which way."""
        ways: dict[int, Way] = {one: [] for one in contacts}
        runs: dict[int, dict[int, int]] = defaultdict(dict)
        parameters = {"workspace": workspace_id, "journey": journey_id}
        for contact, run, node, port, arrived, left, reason in sql.rows(_WAYS, parameters):
            mine = runs[contact]
            number = mine.setdefault(run, len(mine) + 1)
            step = [node, port, _told(arrived), _told(left), reason, number]
            ways.setdefault(contact, []).append(step)
        self.ways = ways


def _told(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


_WAYS = """
SELECT r.contact_id, r.id, s.node, s.port, s.arrived_at, s.at, s.reason
FROM journey_run r JOIN journey_step s ON s.workspace_id = r.workspace_id AND s.run_id = r.id
WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s
UNION ALL
SELECT r.contact_id, r.id, r.node, '', r.arrived_at, NULL, ''
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.ended_at IS NULL
ORDER BY 1, 2, 5, 6 NULLS LAST
"""


def write(rehearsal: Rehearsal, kept: Kept, result: Mapping[str, Any]) -> None:
    """Into the rows of the rehearsal, in place of what an earlier try left there."""
    sql.execute("DELETE FROM rehearsal_person WHERE rehearsal_id = %s", (rehearsal.pk,))
    sql.copy_in(
        "rehearsal_person",
        ("rehearsal_id", "contact_id", "way", "messages"),
        (
            (rehearsal.pk, contact, _json(way), _json(kept.messages.get(contact, [])))
            for contact, way in kept.ways.items()
        ),
    )
    rehearsal.result, rehearsal.graph = dict(result), kept.graph
    rehearsal.plans = {str(key): plan for key, plan in kept.plans.items()}
    rehearsal.save(update_fields=["result", "graph", "plans"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "")
