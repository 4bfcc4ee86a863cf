"""What differs between two versions, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kesher.journeys.differences import differences
from kesher.journeys.graph import Graph
from kesher.journeys.kinds import NODES
from kesher.web.journeys.sentences import Teller


@dataclass(frozen=True)
class Difference:
    """`what` is added, removed, changed or rest; `before` and `after` are sentences, empty where there is none."""

    what: str
    title: str
    before: str = ""
    after: str = ""
    icon: str = "route"
    tone: str = "slate"


def told_differences(
    old: Graph, new: Graph, tell_old: Teller, tell_new: Teller
) -> list[Difference]:
    """From the old to the new one, in the order of reading."""
    return [*_steps(old, new, tell_old, tell_new), *_whole(old, new, tell_old, tell_new)]


def _steps(old: Graph, new: Graph, tell_old: Teller, tell_new: Teller) -> Iterator[Difference]:
    found = differences(old, new)
    for key in found.added:
        node = new.nodes[key]
        kind = NODES.get(node.kind)
        yield Difference(
            "added", tell_new.title(node), "", tell_new.sentence(node), kind.icon, kind.tone
        )
    for key in found.changed:
        before, after = old.nodes[key], new.nodes[key]
        kind = NODES.get(after.kind)
        was, now = tell_old.sentence(before), tell_new.sentence(after)
        if was == now:
            was, now = "", _("the message or another setting is different")
        yield Difference("changed", tell_new.title(after), was, now, kind.icon, kind.tone)
    for key in found.removed:
        node = old.nodes[key]
        kind = NODES.get(node.kind)
        yield Difference(
            "removed", tell_old.title(node), tell_old.sentence(node), "", kind.icon, kind.tone
        )
    for key in found.led_on:
        node = new.nodes[key]
        if any(
            to in found.added or to in found.removed
            for to in {*node.ports.values(), *old.nodes[key].ports.values()}
        ):
            continue  # that a step came or went between says it already
        kind = NODES.get(node.kind)
        yield Difference(
            "changed", tell_new.title(node), "", _("leads to another step"), kind.icon, kind.tone
        )


def _whole(old: Graph, new: Graph, tell_old: Teller, tell_new: Teller) -> Iterator[Difference]:
    rest = differences(old, new).rest
    nothing = _("nothing")
    if "triggers" in rest:
        was = "; ".join(tell_old.trigger(one) for one in old.triggers)
        now = "; ".join(tell_new.trigger(one) for one in new.triggers)
        yield Difference("rest", _("Starts with"), was or nothing, now or nothing, "bolt", "coral")
    if "reentry" in rest:
        was, now = tell_old.reentry(old.reentry), tell_new.reentry(new.reentry)
        yield Difference("rest", _("The same person"), was, now, "refresh")
    if "exit_if" in rest:
        was, now = tell_old.rule(old.exit_if), tell_new.rule(new.exit_if)
        yield Difference("rest", _("Leaves when"), was or nothing, now or nothing, "logout")
    if "goal" in rest:
        was = tell_old.rule(old.goal.rule) if old.goal else ""
        now = tell_new.rule(new.goal.rule) if new.goal else ""
        yield Difference("rest", _("Goal"), was or nothing, now or nothing, "target", "coral")
    if "holdout" in rest:
        yield Difference(
            "rest", _("Kept out, to compare with"), f"{old.holdout}%", f"{new.holdout}%", "users"
        )
