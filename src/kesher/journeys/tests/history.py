"""What must be true of a world's history, whatever happened in it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from kesher.journeys import queries
from kesher.journeys.models import (
    JourneyRun,
    JourneyStep,
    JourneyVersion,
    StaffAlert,
    StaffTask,
    WebhookDelivery,
)
from kesher.journeys.tests.world import World
from kesher.journeys.versions import version_of
from kesher.lib import sql
from kesher.messages.models import Message

Paths = dict[int, list[JourneyStep]]
SENDS = ("send_email", "send_sms", "send_whatsapp")
MOVED = "moved"  # the reason of a step that was left because its version was


def check(world: World) -> None:
    runs = {one.pk: one for one in JourneyRun.objects.filter(journey_id=world.journey.pk)}
    paths: Paths = {number: [] for number in runs}
    for step in JourneyStep.objects.filter(run_id__in=runs).order_by("run_id", "visit"):
        paths[step.run_id].append(step)
    shortest = shortest_waits(world)
    for number, run in runs.items():
        check_path(run, paths[number])
        check_times(paths[number], shortest)
    check_policy(world, list(runs.values()))
    check_numbers(world, list(runs.values()), paths)
    check_effects(world, runs, paths)
    check_ends(world, list(runs.values()))


def check_path(run: JourneyRun, path: list[JourneyStep]) -> None:
    """At a node of its version or ended; each step by one way to where it leads."""
    assert run.node in version_of(run.version_id).graph.nodes
    assert [step.visit for step in path] == list(range(1, len(path) + 1))
    if run.reason in ("holdout", "loop") and not path:
        assert run.ended_at is not None
        return
    assert run.visit == len(path) + (run.ended_at is None), run.reason
    follow = [*(step.node for step in path[1:]), *([] if run.ended_at else [run.node])]
    for step, following in zip(path, follow, strict=False):
        if step.reason == MOVED:
            assert step.port == ""
        else:
            ports = version_of(step.version_id).graph.nodes[step.node].ports
            assert ports[step.port] == following
    assert all(step.port for step in path[: len(follow)] if step.reason != MOVED)


def shortest_waits(world: World) -> dict[str, timedelta]:
    """By node the shortest wait that any version has there: who goes over to another may keep the wait they had."""
    found: dict[str, list[timedelta]] = {}
    for version in JourneyVersion.objects.filter(journey=world.journey):
        for key, node in version_of(version.pk).graph.nodes.items():
            text = node.given.get("for") or node.given.get("timeout") or "PT0H"
            found.setdefault(key, []).append(timedelta(hours=int(text[2:-1])))
    return {key: min(lengths) for key, lengths in found.items()}


def check_times(path: list[JourneyStep], shortest: dict[str, timedelta]) -> None:
    """Never early, and never back in time."""
    for step in path:
        assert step.at >= step.arrived_at
        kind = version_of(step.version_id).graph.nodes[step.node].kind
        by_time = (kind, step.port) in (("wait", "next"), ("wait_until", "timed_out"))
        if by_time and step.reason != "by_hand":
            assert step.at - step.arrived_at >= shortest[step.node], "left early"


def check_policy(world: World, runs: list[JourneyRun]) -> None:
    if world.is_edited or not runs:
        return
    policy = version_of(runs[0].version_id).graph.reentry.policy
    if policy != "always":
        opened = Counter(run.contact_id for run in runs if run.ended_at is None)
        assert not opened or max(opened.values()) == 1
    if policy == "never" and not world.is_merged:
        assert max(Counter(run.contact_id for run in runs).values()) == 1


def check_numbers(world: World, runs: list[JourneyRun], paths: Paths) -> None:
    """The counters tell what the history tells."""
    numbers = queries.numbers_of(world.journey)
    steps = [step for path in paths.values() for step in path]
    left = Counter(step.node for step in steps)
    ways = Counter((step.node, step.port) for step in steps if step.port)
    standing = Counter(run.node for run in runs if run.ended_at is None)
    for key, found in numbers.nodes.items():
        assert (found.left, found.waiting) == (left[key], standing[key]), key
        for port, count in found.ports.items():
            assert count == ways[key, port], (key, port)
    assert (numbers.started, numbers.active) == (len(runs), sum(standing.values()))
    assert numbers.ended == Counter(run.reason for run in runs if run.ended_at is not None)
    assert numbers.goal == sum(run.goal_at is not None for run in runs)


def check_effects(world: World, runs: dict[int, JourneyRun], paths: Paths) -> None:
    """Each effect for each step that was left by its way, once; none for who is held out."""
    done: dict[str, Counter[tuple[int, int]]] = {}
    points, others, told = Counter(world.given), 0, 0
    for number, path in paths.items():
        assert not path or runs[number].reason != "holdout", "who is held out goes nowhere"
        for step in path:
            kind = version_of(step.version_id).graph.nodes[step.node].kind
            if kind == "webhook" or (step.port and step.reason not in ("by_hand", "too_old")):
                done.setdefault(kind, Counter())[number, step.visit] += 1
                points[runs[number].contact_id] += kind == "update_contact"
                others += kind == "start_journey"
                told += kind == "consent"
    alive = {one.pk for one in world.people if not _is_deleted(one)}
    for person in world.people:
        if person.pk in alive:
            assert person.fields["score"] == points[person.pk]
    sends = sum((done.get(kind, Counter()) for kind in SENDS), Counter())
    assert Counter(_visit_of(one) for one in Message.objects.filter(source="journey")) == sends
    assert _visits(StaffAlert) == done.get("alert", Counter())
    assert _visits(StaffTask) == done.get("task", Counter())
    check_calls(runs, done.get("webhook", Counter()))
    assert JourneyRun.objects.filter(journey_id=world.other.pk).count() == others
    given = "SELECT count(*) FROM consent WHERE workspace_id = %s"
    assert sql.value(given, (world.access.workspace.pk,)) == told + world.consents


def _is_deleted(person: Any) -> bool:
    person.refresh_from_db()
    return person.deleted_at is not None


def _visits(model: Any) -> Counter[tuple[int, int]]:
    return Counter(model.objects.values_list("run_id", "visit"))


def _visit_of(message: Message) -> tuple[int, int]:
    _journey, _node, run, visit = message.source_id.split(".")
    return int(run), int(visit)


def check_calls(runs: dict[int, JourneyRun], left: Counter[tuple[int, int]]) -> None:
    """A call for each visit of the node; who has just come, or was stopped in front of it, has none."""
    calls = _visits(WebhookDelivery)
    assert not calls or max(calls.values()) == 1
    resting = {
        (run.pk, run.visit) for run in runs.values() if run.ended_at is None and run.state != "ready"
    }  # fmt: skip
    assert set(calls) <= set(left) | resting
    by_way = {
        (step.run_id, step.visit)
        for step in JourneyStep.objects.filter(run_id__in=runs).exclude(port="")
        if version_of(step.version_id).graph.nodes[step.node].kind == "webhook"
    }
    assert by_way <= set(calls)


def check_ends(world: World, runs: list[JourneyRun]) -> None:
    """Whoever still rests in a live journey is not one whom its exit rule takes out."""
    if world.status != "live" or world.desk.settle():
        return
    scores = {one.pk: one.fields["score"] for one in world.people}
    for run in JourneyRun.objects.filter(journey_id=world.journey.pk, ended_at=None):
        rule = version_of(run.version_id).graph.exit_if
        if rule is not None and run.state in ("sleeping", "listening"):
            assert scores[run.contact_id] <= rule["value"]
