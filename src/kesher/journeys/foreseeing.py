"""What runs that rest would do if they were asked now: the engine's own answer, in sets, without writing anything.

Those who only listen, sleep or are held can be asked; a node at which runs rest only reads when it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kesher.journeys.asking import ends_by_rule
from kesher.journeys.claims import walkers_of
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, Stop, Walker
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready, version_of

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`ends`: the reason for which the journey's own rule would end it here, else "". `outcome`: what its node answers."""

    walker: Walker
    version: Ready
    node: Node
    ends: str
    outcome: Outcome

    @property
    def goes_on(self) -> bool:
        """Whether it would leave its node by one of its ways, or end there."""
        return not self.ends and isinstance(self.outcome, Go | Stop)


def foresee(
    sitting: Sitting, run_ids: Sequence[int], *, woken: str | None = None
) -> Iterator[Foreseen]:
    """Of runs that rest. `woken`: asked as if by this; else by what woke each, by its time when nothing did. Who stands
    at a node at which nobody rests, or at one that is gone, is passed over."""
    ids = sorted(run_ids)
    for start in range(0, len(ids), AT_ONCE):
        yield from _foresee(sitting, ids[start : start + AT_ONCE], woken)


def _foresee(sitting: Sitting, run_ids: Iterable[int], woken: str | None) -> Iterator[Foreseen]:
    groups: dict[tuple[int, str], list[Walker]] = {}
    for walker, version_id, _reason in walkers_of(sitting.workspace.pk, run_ids).values():
        walker.woken = woken or walker.woken or "due"
        groups.setdefault((version_id, walker.node), []).append(walker)
    for (version_id, key), walkers in groups.items():
        version = version_of(version_id)
        node = version.graph.nodes.get(key)
        if node is None or not NODES.get(node.kind).waits:
            continue
        ends = ends_by_rule(sitting, version, walkers)
        outcomes = NODES.get(node.kind).run(Cohort(sitting, node, walkers, version))
        for walker, reason, outcome in zip(walkers, ends, outcomes, strict=True):
            yield Foreseen(walker, version, node, reason, outcome)
