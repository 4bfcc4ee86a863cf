"""What messages asks of journeys at the moment of sending: whether the journey stands still, and whether the run and
the step's own condition still want the message. What is true now counts, not what was true when it was queued."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kesher.accounts.models import Workspace
from kesher.journeys.asking import truths_of
from kesher.journeys.claims import walkers_of
from kesher.journeys.counting import group_of
from kesher.journeys.kinds import Walker
from kesher.journeys.models import Journey
from kesher.journeys.reasons import LEFT_EARLY
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready, version_of
from kesher.lib import clock
from kesher.messages.sources import SOURCES, Refusals, Source, SourceEnvelope

_STOPS = {Journey.Status.PAUSED: "resting", Journey.Status.ARCHIVED: "journey_left"}


def _parts(source_id: str) -> tuple[int, str, int] | None:
    """Journey, node and run of a source id; None for one that is not ours."""
    parts = source_id.split(".")
    if len(parts) != 4 or not parts[0].isdigit() or not parts[2].isdigit():
        return None
    return int(parts[0]), parts[1], int(parts[2])


def _envelopes(workspace: Workspace, source_ids: Collection[str]) -> dict[str, SourceEnvelope]:
    known = {one: parts for one in source_ids if (parts := _parts(one))}
    states = dict(
        Journey.objects.filter(
            workspace=workspace, pk__in={parts[0] for parts in known.values()}
        ).values_list("pk", "status")
    )
    stops = {
        number: _STOPS[Journey.Status(state)] for number, state in states.items() if state in _STOPS
    }
    return {
        one: SourceEnvelope(stop=stops[parts[0]])
        for one, parts in known.items()
        if parts[0] in stops
    }


def _refusals(workspace: Workspace, asked: Mapping[str, Collection[int]]) -> Refusals:
    known = {one: parts for one in asked if (parts := _parts(one))}
    runs = walkers_of(workspace.pk, {parts[2] for parts in known.values()})
    sitting = Sitting(workspace, clock.now())
    found: dict[tuple[str, int], str] = {}
    open_steps: dict[tuple[int, str], list[tuple[str, Walker]]] = {}
    for source_id, (_journey, node, run_id) in known.items():
        if run_id not in runs:
            continue
        walker, version_id, reason = runs[run_id]
        if reason in LEFT_EARLY:
            found[source_id, walker.contact_id] = "journey_left"
        else:
            open_steps.setdefault((version_id, node), []).append((source_id, walker))
    for (version_id, node), steps in open_steps.items():
        found |= _against(sitting, version_of(version_id), node, steps)
    return found


def _against(
    sitting: Sitting, version: Ready, node: str, steps: list[tuple[str, Walker]]
) -> dict[tuple[str, int], str]:
    """The exit rule and the step's own condition, asked again."""
    walkers = [walker for _id, walker in steps]
    found: dict[tuple[str, int], str] = {}
    if version.graph.exit_if is not None:
        truths = truths_of(sitting, version, version.graph.exit_if, walkers)
        found |= {
            (one, walker.contact_id): "journey_left"
            for (one, walker), out in zip(steps, truths, strict=True)
            if out
        }
    known = version.graph.nodes.get(node)
    if known is not None and (only_if := known.given.get("only_if")) is not None:
        truths = truths_of(sitting, version, only_if, walkers)
        found |= {
            (one, walker.contact_id): "condition_gone"
            for (one, walker), holds in zip(steps, truths, strict=True)
            if not holds
        }
    return found


JOURNEYS = SOURCES.register(Source("journey", _envelopes, refusals=_refusals, group=group_of))
