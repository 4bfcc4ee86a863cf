"""What a rule speaks of is gone, also two segments down: it holds for nobody, and nobody else is held up by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.actions import update_contact
from kesher.contacts.models import Contact
from kesher.journeys import engine
from kesher.journeys.models import JourneyVersion
from kesher.journeys.setbacks import Setbacks
from kesher.journeys.tests.conftest import Desk
from kesher.journeys.versions import _known
from kesher.journeys.walking import Walk
from kesher.lib import clock
from kesher.segments.actions import create_segment

FANS = {"segment": "fans"}
CUSTOM = [{"kind": "custom"}]
END = {"end": {"kind": "exit"}, "no": {"kind": "exit"}}
REST = {"rest": {"kind": "wait", "for": "P9D", "next": "end"}, **END}
# The journeys, and by which step and reason it comes to its end in each.
JOURNEYS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str]]] = {
    "wait_until": (
        {"w": {"kind": "wait_until", "rule": FANS, "timeout": "P9D", "yes": "end", "timed_out": "no"}, **END},
        {}, ("w", "broken_rule"),
    ),
    "condition": ({"c": {"kind": "condition", "rule": FANS, "yes": "end", "no": "no"}, **END}, {}, ("no", "done")),
    "split": (
        {"s": {"kind": "split", "branches": [{"rule": FANS, "to": "end"}], "otherwise": "no"}, **END},
        {}, ("no", "done"),
    ),
    "exit rule": (REST, {"exit_if": FANS}, ("end", "done")),
    "goal": (REST, {"goal": {"rule": FANS, "exits": True}}, ("end", "done")),
}  # fmt: skip


@pytest.mark.parametrize("gone", ["field", "inner", "fans"])
@pytest.mark.parametrize("what", list(JOURNEYS))
def test_a_rule_whose_words_are_gone_holds_for_nobody(
    desk: Desk, noa: Contact, what: str, gone: str
) -> None:
    score = {"field": "score", "op": "gte", "value": 3}
    things = {
        "field": desk.field("score"),
        "inner": create_segment(desk.access, name="inner", rule=score, now=desk.now),
        "fans": create_segment(desk.access, name="fans", rule={"segment": "inner"}, now=desk.now),
    }
    nodes, rest, (node, reason) = JOURNEYS[what]
    desk.publish(nodes, triggers=CUSTOM, **rest)
    things[gone].delete()

    desk.custom(noa)
    desk.settle()
    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    desk.wait(days=10)

    assert [(run.node, run.reason) for run in desk.runs(noa)] == [(node, reason)]


def test_who_stands_in_a_version_that_is_gone_is_ended_and_the_others_go_on(
    desk: Desk, noa: Contact, yael: Contact
) -> None:
    lost, other = (desk.publish(REST, triggers=CUSTOM) for _one in range(2))
    for one in (noa, yael):
        desk.custom(one)
    desk.settle()
    JourneyVersion.objects.filter(journey=lost).delete()
    _known.clear()

    desk.wait(days=10)

    assert [run.reason for run in desk.runs(None, lost)] == ["node_gone", "node_gone"]
    assert [run.reason for run in desk.runs(None, other)] == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_workspace_in_which_the_engine_fails_does_not_hold_up_the_others(
    desk: Desk, noa: Contact, monkeypatch: Any
) -> None:
    other = Desk(Access(Workspace.objects.create(key="other", name="other"), "owner"), desk.now)
    somebody = Contact.objects.create(
        workspace=other.workspace, first_name="x", created_at=desk.now, updated_at=desk.now
    )
    for each, who in ((desk, noa), (other, somebody)):
        each.publish(END, triggers=CUSTOM)
        each.custom(who)
    match = engine.match

    def fails(workspace: Workspace, **more: Any) -> int:
        if workspace.pk == desk.workspace.pk:
            raise RuntimeError("a surprise")
        return match(workspace, **more)

    setbacks = Setbacks()
    with monkeypatch.context() as patched:
        patched.setattr(engine, "match", fails)
        while engine.step(desk.now, setbacks=setbacks):
            pass
        assert [one.reason for one in other.runs()] == ["done"]
        assert desk.runs() == []
        assert setbacks.workspaces.is_out(desk.workspace.pk, clock.now())
        with pytest.raises(RuntimeError):
            engine.step(desk.now)

    desk.settle()
    assert [one.reason for one in desk.runs()] == ["done"]


@pytest.mark.django_db(transaction=True)
def test_a_person_whose_run_fails_does_not_hold_up_the_others(
    desk: Desk, noa: Contact, dan: Contact, yael: Contact, monkeypatch: Any
) -> None:
    desk.publish(END, triggers=CUSTOM)
    for one in (noa, dan, yael):
        desk.custom(one)
    set_out, now = Walk.set_out, clock.now()

    def fails(walk: Walk, version: Any, walkers: Any) -> None:
        if any(walker.contact_id == dan.pk for walker in walkers):
            raise RuntimeError("a surprise")
        set_out(walk, version, walkers)

    setbacks = Setbacks()
    with monkeypatch.context() as patched:
        patched.setattr(Walk, "set_out", fails)
        patched.setattr(clock, "now", lambda: now)
        for _turn in range(5):
            engine.step(desk.now, setbacks=setbacks)
        desk.custom(noa, "again")
        engine.step(desk.now, setbacks=setbacks)
        ended = [[run.reason for run in desk.runs(one)] for one in (noa, dan, yael)]
        assert ended == [["done", "done"], [""], ["done"]]
        assert setbacks.people(desk.workspace.pk).all_out(now) == [dan.pk]
        assert not setbacks.workspaces.is_out(desk.workspace.pk, now)

    later = now + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    engine.step(desk.now, setbacks=setbacks)
    assert [run.reason for run in desk.runs(dan)] == ["done"]
    assert len(setbacks.people(desk.workspace.pk)) == 0
