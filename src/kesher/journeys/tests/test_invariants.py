"""Random graphs, events, jumps of the clock, edits and crashes: what must hold however they fall.

More of it by KESHER_JOURNEY_EXAMPLES=10000.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.accounts.access import Access
from kesher.contacts.actions import update_contact
from kesher.contacts.lists import join_list, leave_list
from kesher.contacts.models import Contact, ContactList
from kesher.journeys import queries
from kesher.journeys.actions import (
    pause_journey,
    publish_journey,
    resume_journey,
    save_draft,
    take_out,
)
from kesher.journeys.matching import match
from kesher.journeys.models import Journey, JourneyRun, JourneyStep
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.versions import version_of
from kesher.journeys.walking import advance
from kesher.lib import sql
from kesher.messages.models import Message

EXAMPLES = int(os.environ.get("KESHER_JOURNEY_EXAMPLES", "25"))
NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
PEOPLE = 3
RULE = {"field": "score", "op": "gte", "value": 2}
Draw = Any


def draw_node(draw: Draw, later: list[str], anywhere: list[str]) -> dict[str, Any]:
    """A node whose ways lead on; only after a wait they may lead back."""
    kind = draw(
        st.sampled_from(
            ["condition", "wait", "wait_until", "update", "join", "random", "mail", "goal"]
        )
    )
    on = st.sampled_from([*later, None])
    back = st.sampled_from([*anywhere, None])
    match kind:
        case "condition":
            rule = draw(st.sampled_from([RULE, {"list": "b"}, {"not": {"list": "b"}}]))
            return {"kind": "condition", "rule": rule, "yes": draw(on), "no": draw(on)}
        case "wait":
            return {"kind": "wait", "for": f"PT{draw(st.integers(1, 40))}H", "next": draw(back)}
        case "wait_until":
            node = {
                "kind": "wait_until",
                "timeout": f"PT{draw(st.integers(1, 40))}H",
                "yes": draw(on),
                "timed_out": draw(on),
            }
            return {
                **node,
                **draw(
                    st.sampled_from([{"rule": RULE}, {"rule": {"list": "b"}}, {"event": "custom"}])
                ),
            }
        case "update":
            return {
                "kind": "update_contact",
                "changes": [{"field": "score", "do": "add", "value": 1}],
                "next": draw(on),
            }
        case "join":
            return {"kind": "add_to_lists", "add_to_lists": ["b"], "next": draw(on)}
        case "random":
            return {
                "kind": "random_split",
                "branches": [{"share": 30, "to": draw(on)}, {"share": 70, "to": draw(on)}],
            }
        case "mail":
            return {"kind": "send_email", "subject": "x", "document": mail(), "next": draw(on)}
        case _:
            return {"kind": "goal", "next": draw(on)}


@st.composite
def graphs(draw: Draw) -> dict[str, Any]:
    keys = [f"n{number}" for number in range(draw(st.integers(1, 7)))]
    nodes = {key: draw_node(draw, keys[place + 1 :], keys) for place, key in enumerate(keys)}
    policy = draw(st.sampled_from(["never", "always", "one_at_a_time", "restart"]))
    return {
        "format": 1, "name": "x", "start": "n0", "nodes": nodes, "triggers": [{"kind": "custom"}, {"kind": "list.joined"}],
        "reentry": {"policy": policy}, "exit_if": draw(st.sampled_from([None, {"field": "score", "op": "gt", "value": 6}])),
    }  # fmt: skip


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["event", "wait", "join", "leave", "score", "crash", "half", "pause", "resume", "edit", "take_out"]),
        st.integers(0, PEOPLE - 1),
        st.integers(1, 60),
    ),
    max_size=14,
)  # fmt: skip


class World:
    def __init__(self, access: Access, graph: dict[str, Any]) -> None:
        self.desk = Desk(access, NOW)
        self.access = access
        self.list = ContactList.objects.create(workspace=access.workspace, key="b", name="b")
        self.desk.field("score")
        self.people = [
            Contact.objects.create(
                workspace=access.workspace, first_name=str(n), email=f"{n}@example.com",
                fields={"score": 0}, created_at=NOW, updated_at=NOW,
            )
            for n in range(PEOPLE)
        ]  # fmt: skip
        nodes = graph.pop("nodes")
        self.journey: Journey = self.desk.publish(
            nodes, **{k: v for k, v in graph.items() if k != "format"}
        )
        self.given: Counter[int] = Counter()  # points that did not come from the journey

    def act(self, what: str, who: int, much: int) -> None:
        desk, person, pk = self.desk, self.people[who], self.access.workspace.pk
        match what:
            case "event":
                desk.custom(person)
            case "wait":
                desk.wait(hours=much)
            case "join":
                join_list(pk, list_id=self.list.pk, contact_ids=[person.pk], now=desk.now)
            case "leave":
                leave_list(pk, list_id=self.list.pk, contact_ids=[person.pk], now=desk.now)
            case "score":
                person.refresh_from_db()
                score = person.fields.get("score", 0)
                update_contact(self.access, person, values={"score": score + 1}, now=desk.now)
                self.given[person.pk] += 1
            case "crash":  # killed before the commit
                with transaction.atomic():
                    match_and_advance(desk)
                    transaction.set_rollback(True)
            case "half":  # killed between two commits
                match(desk.workspace, now=desk.now, limit=1)
                advance(desk.workspace, now=desk.now, limit=1)
            case "pause" if self.status() == "live":
                pause_journey(self.access, self.journey, now=desk.now)
            case "resume" if self.status() == "paused":
                resume_journey(self.access, self.journey, now=desk.now)
            case "edit":
                save_draft(
                    self.access,
                    self.journey,
                    graph=self.journey.draft,
                    revision=self.journey.revision,
                    now=desk.now,
                )
                publish_journey(self.access, self.journey, now=desk.now)
            case "take_out":
                take_out(self.access, self.journey, contact_ids=[person.pk], now=desk.now)

    def status(self) -> str:
        self.journey.refresh_from_db()
        return self.journey.status

    # What must hold.

    def check(self) -> None:
        runs = list(JourneyRun.objects.filter(workspace_id=self.access.workspace.pk))
        steps: dict[int, list[JourneyStep]] = {}
        for step in JourneyStep.objects.filter(workspace_id=self.access.workspace.pk).order_by(
            "run_id", "visit"
        ):
            steps.setdefault(step.run_id, []).append(step)
        for run in runs:
            self.check_run(run, steps.get(run.pk, []))
        self.check_policy(runs)
        self.check_numbers(steps)
        self.check_effects(runs, steps)

    def check_run(self, run: JourneyRun, steps: list[JourneyStep]) -> None:
        nodes = version_of(run.version_id).graph.nodes
        assert run.node in nodes
        assert [step.visit for step in steps] == list(range(1, len(steps) + 1))
        assert (run.visit == len(steps)) if run.ended_at else (run.visit == len(steps) + 1)
        follow = [*(step.node for step in steps[1:]), *([] if run.ended_at else [run.node])]
        for step, following in zip(steps, follow, strict=False):
            assert nodes[step.node].ports[step.port] == following
        for step in steps:
            if nodes[step.node].kind == "wait" and step.port:
                hours = int(nodes[step.node].given["for"][2:-1])
                assert step.at - step.arrived_at >= timedelta(hours=hours), "left early"

    def check_policy(self, runs: list[JourneyRun]) -> None:
        policy = version_of(runs[0].version_id).graph.reentry.policy if runs else "always"
        if policy != "always":
            opened = Counter(run.contact_id for run in runs if run.ended_at is None)
            assert not opened or max(opened.values()) == 1
        if policy == "never":
            assert max(Counter(run.contact_id for run in runs).values()) == 1

    def check_numbers(self, steps: dict[int, list[JourneyStep]]) -> None:
        numbers = queries.numbers_of(self.journey)
        left = Counter(step.node for path in steps.values() for step in path)
        standing: Counter[str] = Counter()
        for node, _version, count in queries.standing(self.journey):
            standing[node] += count
        for key, found in numbers.nodes.items():
            assert (found.left, found.waiting) == (left[key], standing[key]), key
        assert numbers.active == sum(standing.values())

    def check_effects(self, runs: list[JourneyRun], steps: dict[int, list[JourneyStep]]) -> None:
        """A point for each update that was left by its way, a message for each mail."""
        owners = {run.pk: run for run in runs}
        points, mails = Counter(self.given), 0
        for run_id, path in steps.items():
            nodes = version_of(owners[run_id].version_id).graph.nodes
            for step in path:
                kind = nodes[step.node].kind
                points[owners[run_id].contact_id] += kind == "update_contact" and bool(step.port)
                mails += kind == "send_email" and bool(step.port)
        for person in self.people:
            person.refresh_from_db()
            assert person.fields["score"] == points[person.pk]
        assert Message.objects.filter(workspace_id=self.access.workspace.pk).count() == mails

    def nobody_is_stuck(self) -> None:
        late = sql.value(
            "SELECT count(*) FROM journey_run WHERE workspace_id = %s AND due_at <= %s",
            (self.access.workspace.pk, self.desk.now),
        )
        assert late == 0
        restless = JourneyRun.objects.filter(
            workspace_id=self.access.workspace.pk, ended_at=None, due_at=None, state="sleeping"
        )
        assert not restless.exists()


def match_and_advance(desk: Desk) -> None:
    match(desk.workspace, now=desk.now)
    advance(desk.workspace, now=desk.now)


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(graph=graphs(), acts=ACTS)
def test_however_things_fall(
    access: Access, graph: dict[str, Any], acts: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        world = World(access, graph)
        world.act("event", 0, 1)
        for act in acts:
            world.act(*act)
            world.check()
        world.desk.settle()
        world.check()
        world.nobody_is_stuck()
        transaction.set_rollback(True)
