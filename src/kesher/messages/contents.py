"""What every channel's writer needs of the content of a batch: plans, renderers, each person's values.

A `Writer` is made for a batch of one workspace and channel: what repeats is worked out once, all that needs the
database is read then, and threads write side by side. `letters` writes mail, `texts` SMS and WhatsApp.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from kesher.accounts.models import Workspace
from kesher.channels.outgoing import Outgoing
from kesher.channels.providers import Provider
from kesher.contacts.rules import vocabulary_of
from kesher.content.batch import nobodys, values_of
from kesher.content.constants import Constants
from kesher.content.models import Version
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.lib.lru import Lru
from kesher.messages.claims import Claimed
from kesher.messages.sources import SOURCES, SourceEnvelope

log = structlog.get_logger(__name__)

Values = Mapping[tuple[int, int], tuple[str, ...]]
FAREWELL = frozenset({"advertising", "service"})  # classes that say how to get no more of them


class CannotWrite(Exception):
    """This message cannot be put together; `reason` is a key of messages.reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Batch:
    """Messages of one workspace that leave by one account."""

    workspace: Workspace
    messages: Sequence[Claimed]
    envelopes: Mapping[tuple[str, str], SourceEnvelope]
    now: datetime
    provider: Provider
    settings: Mapping[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Makes what goes on the wire. `write` asks no database and raises CannotWrite."""

    def write(self, item: Claimed) -> Outgoing: ...


class Contents:
    """The contents of a batch, ready to be filled in."""

    def __init__(self, batch: Batch) -> None:
        self._renderers = _renderers(
            batch.workspace, {item.version_id for item in batch.messages}, batch.now
        )
        self._values = _values(batch)

    def renderer_of(self, item: Claimed) -> Renderer:
        """Raises CannotWrite."""
        renderer = self._renderers.get(item.version_id)
        if renderer is None:
            raise CannotWrite(
                "broken_content" if item.version_id in self._renderers else "no_version"
            )
        return renderer

    def values_of(self, item: Claimed, plan: Plan) -> tuple[str, ...]:
        """The person's own, with those given for this message in their place.

        Raises CannotWrite where targeting leaves this person nothing.
        """
        values = self._values.get((item.version_id, item.reader_id)) or nobodys(plan)
        if not plan.leaves_something(values):
            raise CannotWrite("nothing_left")
        given = item.data.get("values") or {}
        if not given:
            return values
        found = list(values)
        for index, key in enumerate(plan.fields if given else ()):
            if key in given:
                found[index] = str(given[key])
        return tuple(found)


def says_farewell(item: Claimed) -> bool:
    """Whether the message must say how to get no more of its kind."""
    known = SOURCES.get(item.source).can_unsubscribe if item.source in SOURCES else True
    return known and item.message_class in FAREWELL


_plans: Lru[int, Plan] = Lru(64)


def plan_of(version_id: int) -> Plan | None:
    """The compiled content; None when the version is gone. Versions never change, so it is remembered."""
    known = _plans.get(version_id)
    if known is None:
        stored = Version.objects.filter(pk=version_id).values_list("plan", flat=True).first()
        if stored is None:
            return None
        known = _plans.put(version_id, Plan.from_json(stored))
    return known


def _renderers(
    workspace: Workspace, version_ids: Collection[int], now: datetime
) -> dict[int, Renderer | None]:
    constants = Constants.of(workspace, now=now)
    found: dict[int, Renderer | None] = {}
    for version_id in version_ids:
        if plan := plan_of(version_id):
            try:
                found[version_id] = _renderer(version_id, plan, constants)
            except (
                LookupError,
                TypeError,
                ValueError,
            ):  # one bad plan must not stop all other mail
                log.exception("plan_cannot_be_used", version=version_id)
                found[version_id] = None
    return found


_made: Lru[int, Renderer] = Lru(64)


def _renderer(version_id: int, plan: Plan, constants: Constants) -> Renderer:
    known = _made.get(version_id)
    if known is not None and known.constants == constants:
        return known
    return _made.put(version_id, Renderer(plan, constants))


def _values(batch: Batch) -> Values:
    """One statement for each version in the batch; what rules may name is read once."""
    people: dict[int, set[int]] = {}
    for item in batch.messages:
        if item.reader_id:
            people.setdefault(item.version_id, set()).add(item.reader_id)
    plans = {version_id: plan for version_id in people if (plan := plan_of(version_id))}
    asks = any(plan.rules for plan in plans.values())
    words = vocabulary_of(batch.workspace) if asks else None
    return {
        (version_id, person): values
        for version_id, plan in plans.items()
        for person, values in values_of(
            batch.workspace.pk,
            plan,
            sorted(people[version_id]),
            now=batch.now,
            workspace=batch.workspace,
            vocabulary=words,
        ).items()
    }
