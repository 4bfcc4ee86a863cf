"""Reading rehearsals: those of a journey, the people and messages of one, a mail as it would look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kesher.content.constants import Constants
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal.models import Person, Rehearsal
from kesher.lib import sql


def rehearsals_of(journey: Journey) -> QuerySet[Rehearsal]:
    """The newest first, without what is heavy."""
    found = Rehearsal.objects.filter(journey=journey, deleted_at=None)
    return found.select_related("work", "created_by").defer("plans", "graph").order_by("-pk")


@dataclass(frozen=True)
class Told:
    """One message: left, or (`reason`) refused. `number` is its place among its reader's, from 1."""

    contact_id: int
    number: int
    journey: int | None
    node: str
    channel: str
    at: datetime
    reason: str
    version: int
    subject: str
    content: Sequence[str] | str
    units: int | None
    moved_from: datetime | None = None  # when it was due, if it waited for the sending hours


_MESSAGES = """
SELECT p.contact_id, m.number, m.told::text AS told FROM rehearsal_person p
CROSS JOIN LATERAL jsonb_array_elements(p.messages) WITH ORDINALITY AS m(told, number)
WHERE p.rehearsal_id = %(rehearsal)s AND (%(contact)s::bigint IS NULL OR p.contact_id = %(contact)s)
  AND (%(node)s = '' OR (m.told ->> 1 = %(node)s AND m.told ->> 0 = %(journey)s))
  AND (%(refused)s::boolean IS NULL OR (m.told ->> 4 <> '') = %(refused)s)
ORDER BY (m.told ->> 3)::timestamptz, p.contact_id, m.number OFFSET %(skip)s LIMIT %(limit)s
"""


def messages_of(
    rehearsal: Rehearsal,
    *,
    node: str = "",
    contact_id: int | None = None,
    refused: bool | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Told]:
    """In the order of time. `node`: of that step only; `refused` None: those that left and those that did not."""
    rows = sql.dicts(
        _MESSAGES,
        {
            "rehearsal": rehearsal.pk, "journey": str(rehearsal.journey_id), "node": node, "contact": contact_id, "refused": refused,
            "skip": skip, "limit": limit,
        },
    )  # fmt: skip
    return [_told(row["contact_id"], row["number"], row["told"]) for row in rows]


def _told(contact_id: int, number: int, text: str) -> Told:
    journey, node, channel, at, reason, version, subject, content, units, *more = json.loads(text)
    moment = datetime.fromisoformat(at)
    moved_from = datetime.fromisoformat(more[0]) if more else None
    return Told(
        contact_id, number, journey, node, channel, moment, reason, version, subject, content, units, moved_from,
    )  # fmt: skip


def people_of(
    rehearsal: Rehearsal, *, node: str = "", name: str = "", after: int = 0, limit: int = 50
) -> list[Person]:
    """By their id. `node`: who came to that step; `name`: part of a name, an address or a number."""
    found = Person.objects.filter(rehearsal=rehearsal, contact_id__gt=after).order_by("contact_id")
    if node:
        found = found.extra(
            where=[
                "jsonb_path_exists(way, '$[*] ? (@[0] == $node)', jsonb_build_object('node', %s::text))"
            ],
            params=[node],
        )
    if name:
        like = f"%{name.translate(_PLAIN)}%"
        found = found.extra(  # noqa: S610  (parameters travel apart)
            where=[_NAMED],
            params=[rehearsal.workspace_id, like, like, like],
        )
    return list(found[:limit])


_PLAIN = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_NAMED = (
    "contact_id IN (SELECT c.id FROM contact c WHERE c.workspace_id = %s AND c.deleted_at IS NULL AND"
    " (c.first_name || ' ' || c.last_name ILIKE %s OR c.email ILIKE %s OR c.mobile ILIKE %s))"
)


class Shower:
    """Shows messages of one rehearsal as their readers would get them."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._renderers: dict[tuple[int, str], Renderer] = {}

    def show(self, told: Told) -> tuple[str, str, str]:
        """Subject, HTML and text. A text has no subject and no HTML; a refused message has nothing."""
        if isinstance(told.content, str):
            return "", "", told.content
        renderer = self._renderer(told)
        if renderer is None or told.reason:
            return told.subject, "", ""
        made = renderer.render("", tuple(told.content))
        return told.subject or made.subject, made.html.decode(), made.text.decode()

    def _renderer(self, told: Told) -> Renderer | None:
        """One a version and day: the day is among the constants."""
        constants = Constants.of(self._rehearsal.workspace, now=told.at)
        key = told.version, constants.today
        if key not in self._renderers:
            stored: Any = self._rehearsal.plans.get(str(told.version))
            if not stored:
                return None
            self._renderers[key] = Renderer(Plan.from_json(stored), constants)
        return self._renderers[key]
