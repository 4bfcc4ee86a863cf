"""How large a text is for each who gets it, and for an audience before it is sent: by the renderer that sends.

Up to EXACT_LIMIT people each text is made and counted; of more, a sample, and the numbers say that they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.contacts.rules import vocabulary_of
from kesher.content.batch import Values, nobodys, values_of
from kesher.content.constants import Constants
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.content.texts import SAMPLE_TOKEN, Frame, framed, joined, way_out
from kesher.lib import sql
from kesher.lib.patience import at_most
from kesher.lib.sms import Size, measure_for

EXACT_LIMIT, SAMPLE, BATCH = 20_000, 5_000, 2_000
PATIENCE = timedelta(seconds=4)  # for each statement
Where = tuple[str, Mapping[str, Any]]
Units = Callable[[Size], int]

NO_FRAME = Frame()


def parts_as_units(size: Size) -> int:
    return size.parts


@dataclass
class Sizes:
    """`by_parts`: people by the parts of their text; `nothing`: those who get none, for nothing is left of it.

    `longest`: the most characters, and one contact who gets them. `about`: from a sample of the audience.
    """

    contacts: int = 0
    units: int = 0
    by_parts: Counter[int] = field(default_factory=Counter)
    nothing: int = 0
    longest: tuple[int, int | None] = (0, None)
    about: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "contacts": self.contacts,
            "units": self.units,
            "by_parts": {str(parts): count for parts, count in sorted(self.by_parts.items())},
            "nothing": self.nothing,
            "longest": {"characters": self.longest[0], "contact_id": self.longest[1]},
            "about": self.about,
        }


class Filler:
    """Makes the texts of a plan as they would leave. `token` stands for that of each message: it is as long."""

    def __init__(
        self, workspace: Workspace, plan: Plan, frame: Frame, *, now: datetime, base_url: str = ""
    ) -> None:
        self.plan, self.frame = plan, frame
        self._base = base_url or settings.BASE_URL
        self._renderer = Renderer(plan, Constants.of(workspace, now=now, base_url=self._base))

    def fill(self, values: Values, token: str = SAMPLE_TOKEN) -> str:
        """Empty when targeting leaves nothing."""
        if not self.plan.leaves_something(values):
            return ""
        return text_of(self._renderer, values, token, self.frame, self._base)


def text_of(renderer: Renderer, values: Values, token: str, frame: Frame, base_url: str) -> str:
    """One text as it leaves; empty when there is nothing in it but its frame."""
    text = joined(renderer.render(token, values).text.decode())
    return framed(text, frame, way_out(base_url, token)) if text else ""


def text_for(
    workspace: Workspace,
    plan: Plan,
    contact: Contact | None,
    *,
    now: datetime,
    frame: Frame = NO_FRAME,
) -> str:
    """As this contact would get it; without one the fallbacks and all pieces show."""
    values = nobodys(plan)
    if contact is not None:
        known = values_of(workspace.pk, plan, [contact.pk], now=now, workspace=workspace)
        values = known.get(contact.pk, values)
    return Filler(workspace, plan, frame, now=now).fill(values)


def sizes(
    workspace: Workspace,
    plan: Plan,
    where: Where,
    *,
    now: datetime,
    frame: Frame = NO_FRAME,
    units: Units = parts_as_units,
    channel: str = "sms",
) -> Sizes:
    """Over an audience: SQL over alias c, written in code, with its parameters. Raises patience.TooSlow."""
    with at_most(PATIENCE):
        total = sql.value(
            f"SELECT count(*) {_FROM.format(sample='')} AND ({where[0]})", _given(workspace, where)
        )
        about = total > EXACT_LIMIT
        ids = _sampled(workspace, where, total) if about else _all(workspace, where)
        found = _counted(
            workspace, plan, ids, Filler(workspace, plan, frame, now=now), units, now, channel
        )
    return _scaled(found, total, len(ids)) if about else found


_FROM = "FROM contact c {sample} WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"


def _given(workspace: Workspace, where: Where) -> dict[str, Any]:
    return {**where[1], "workspace": workspace.pk, "workspace_id": workspace.pk}


def _all(workspace: Workspace, where: Where) -> list[int]:
    found = sql.rows(
        f"SELECT c.id {_FROM.format(sample='')} AND ({where[0]}) ORDER BY c.id",
        _given(workspace, where),
    )
    return [row[0] for row in found]


def _sampled(workspace: Workspace, where: Where, total: int) -> list[int]:
    """About SAMPLE of them, whole pages of the table at once."""
    rows = sql.value("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'contact'::regclass")
    share = max(min(100.0 * SAMPLE / total, 100.0), 100.0 * SAMPLE / float(rows) / 10)
    sample = "TABLESAMPLE SYSTEM (%(share)s) REPEATABLE (17)"
    found = sql.rows(
        f"SELECT c.id {_FROM.format(sample=sample)} AND ({where[0]}) LIMIT {2 * SAMPLE}",
        {**_given(workspace, where), "share": min(share, 100.0)},
    )
    return [row[0] for row in found]


def _counted(
    workspace: Workspace,
    plan: Plan,
    ids: Sequence[int],
    filler: Filler,
    units: Units,
    now: datetime,
    channel: str,
) -> Sizes:
    found = Sizes(contacts=len(ids))
    for person, text in _texts(workspace, plan, ids, filler, now):
        if not text:
            found.nothing += 1
            continue
        size = measure_for(channel, text)
        found.by_parts[size.parts] += 1
        found.units += units(size)
        if size.characters > found.longest[0]:
            found.longest = (size.characters, person)
    return found


def _texts(
    workspace: Workspace, plan: Plan, ids: Sequence[int], filler: Filler, now: datetime
) -> Iterator[tuple[int, str]]:
    words = vocabulary_of(workspace) if plan.rules else None
    for start in range(0, len(ids), BATCH):
        known = values_of(
            workspace.pk,
            plan,
            ids[start : start + BATCH],
            now=now,
            workspace=workspace,
            vocabulary=words,
        )
        for person, values in known.items():
            yield person, filler.fill(values)


def _scaled(found: Sizes, total: int, looked_at: int) -> Sizes:
    factor = total / looked_at if looked_at else 0.0
    return Sizes(
        contacts=total,
        units=round(found.units * factor),
        by_parts=Counter({parts: round(n * factor) for parts, n in found.by_parts.items()}),
        nothing=round(found.nothing * factor),
        longest=found.longest,
        about=True,
    )
