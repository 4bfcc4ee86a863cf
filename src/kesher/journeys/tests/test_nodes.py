"""The contract of nodes, over every member of the registry."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kesher.contacts.models import Contact, ContactList
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.checks import check, errors
from kesher.journeys.graph import parse
from kesher.journeys.kinds import NODES
from kesher.journeys.matching import match
from kesher.journeys.palette import palette
from kesher.journeys.problems import BadJourney
from kesher.journeys.settings import CHECKS
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.walking import advance
from kesher.journeys.world import world_of
from kesher.lib import sql

TEXT = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [{"id": "t", "kind": "sms_text", "text": "שלום"}],
}
# One good node of each kind; a new kind adds its own.
GOOD: dict[str, dict[str, Any]] = {
    "condition": {"rule": {"field": "city", "op": "is_set"}, "yes": "end", "no": "end"},
    "split": {"field": "city", "branches": [{"values": ["חיפה"], "to": "end"}], "otherwise": "end"},
    "random_split": {"branches": [{"share": 50, "to": "end"}, {"share": 50, "to": "end"}]},
    "send_email": {"subject": "שלום", "document": mail(), "next": "end"},
    "send_sms": {"document": TEXT, "message_class": "transactional", "next": "end"},
    "send_whatsapp": {"document": TEXT, "message_class": "transactional", "next": "end"},
    "update_contact": {"changes": [{"field": "city", "do": "set", "value": "עכו"}], "next": "end"},
    "add_to_lists": {"add_to_lists": ["vip"], "next": "end"},
    "remove_from_lists": {"remove_from_lists": ["vip"], "next": "end"},
    "wait": {"for": "P1D", "next": "end"},
    "wait_until": {"rule": {"list": "vip"}, "timeout": "P1D", "yes": "end", "timed_out": "end"},
    "alert": {"text": "שימו לב: [[first_name|מישהו]]", "phones": ["050-1234567"], "next": "end"},
    "task": {"title": "להתקשר אל [[first_name]]", "at": "09:00", "weekdays": ["sun"], "next": "end"},
    "webhook": {"url": "https://hooks.example/in", "next": "end"},
    "consent": {"channel": "sms", "state": "withdrawn", "next": "end"},
    "start_journey": {"journey": "אחר", "next": "end"},
    "stop_journey": {"journey": "אחר", "next": "end"},
    "goal": {"name": "קנה", "next": "end"},
    "exit": {},
}  # fmt: skip
KINDS = [kind.key for kind in NODES]


def graph_of(kind: str) -> dict[str, Any]:
    nodes = {"n": {"kind": kind, **GOOD[kind]}, "end": {"kind": "exit"}}
    return {
        "format": 1,
        "name": "מסע",
        "triggers": [{"kind": "custom"}],
        "start": "n",
        "nodes": nodes,
    }


@pytest.fixture
def world_made(desk: Desk) -> Desk:
    ContactList.objects.create(workspace=desk.workspace, key="vip", name="VIP")
    other = {"start": "end", "nodes": {"end": {"kind": "exit"}}}
    made = create_journey(desk.access, name="אחר", graph=other, now=desk.now)
    publish_journey(desk.access, made, now=desk.now)
    return desk


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_node_has_no_error_and_takes_a_cohort_through(
    kind: str, world_made: Desk, noa: Any, dan: Any
) -> None:
    desk = world_made
    graph = graph_of(kind)
    assert not errors(check(graph, world_of(desk.workspace)))

    desk.publish(graph["nodes"], start="n", triggers=graph["triggers"])
    for contact in (noa, dan):
        desk.custom(contact)
    desk.settle()
    desk.wait(days=3)

    mine = [run for run in desk.runs() if run.node in ("n", "end")]
    assert {run.reason for run in mine} == {"done"}
    assert {run.contact_id for run in mine} >= {noa.pk, dan.pk}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cohort_costs_as_many_statements_for_fifty_as_for_two(
    kind: str, world_made: Desk
) -> None:
    desk = world_made
    desk.publish(graph_of(kind)["nodes"], start="n", triggers=[{"kind": "custom"}])
    counts = []
    for many in (2, 50):
        people = Contact.objects.bulk_create(
            Contact(workspace=desk.workspace, first_name=f"{many}-{n}", created_at=desk.now, updated_at=desk.now)
            for n in range(many)
        )  # fmt: skip
        for person in people:
            desk.custom(person)
        match(desk.workspace, now=desk.now)
        with CaptureQueriesContext(connection) as seen:
            assert advance(desk.workspace, now=desk.now) == many
        counts.append(len(seen))
        desk.settle()

    assert counts[1] <= counts[0] + 2  # values seen for the first time may cost one more


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_in_a_key_is_named_with_its_path(kind: str) -> None:
    graph = graph_of(kind)
    graph["nodes"]["n"]["nxet"] = "end"

    with pytest.raises(BadJourney) as bad:
        parse(graph)

    assert [problem.path for problem in bad.value.problems] == ["nodes.n.nxet"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_must_be_set_is_missed(kind: str, world_made: Desk) -> None:
    required = [setting.key for setting in NODES.get(kind).settings if setting.required]
    graph = graph_of(kind)
    for key in required:
        del graph["nodes"]["n"][key]

    found = {problem.path for problem in errors(check(graph, world_of(world_made.workspace)))}

    assert {f"nodes.n.{key}" for key in required} <= found


def test_every_kind_has_an_example_and_every_setting_a_check() -> None:
    assert set(KINDS) == set(GOOD)
    for kind in NODES:
        for setting in kind.settings:
            assert setting.type in CHECKS, f"{kind.key}.{setting.key}"


def test_the_palette_speaks_both_languages() -> None:
    with translation.override("he"):
        hebrew = {node["kind"]: node["label"] for node in palette()["nodes"]}
    with translation.override("en"):
        english = {node["kind"]: node["label"] for node in palette()["nodes"]}

    assert (hebrew["wait"], english["wait"]) == ("המתנה", "Wait")
    assert all(hebrew[kind] != english[kind] for kind in KINDS if kind != "webhook")


def test_alerts_and_tasks_name_the_contact(world_made: Desk, noa: Any) -> None:
    for kind in ("alert", "task"):
        world_made.publish(
            graph_of(kind)["nodes"], start="n", triggers=[{"kind": "custom"}], name=kind
        )
    world_made.custom(noa)
    world_made.settle()

    assert sql.value("SELECT text FROM staff_alert") == "שימו לב: נועה"
    assert sql.rows("SELECT title, due_at FROM staff_task") == [
        ("להתקשר אל נועה", world_made.now.replace(day=22, hour=7))
    ]
