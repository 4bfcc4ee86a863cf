"""Whatever the engine writes, it writes into copies: a table that is forgotten in `shadow.COPIES` is named here.

Every kind of node is walked through, with opens, clicks, smart buttons, segments and what happens meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.contacts.models import Contact, ContactList
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.kinds import NODES
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.journeys.tests.test_nodes import GOOD
from kesher.lib import sql
from kesher.segments.actions import create_segment

LAST = ("consent", "exit")  # what would keep people from the others


def written() -> dict[str, int]:
    """How many rows this transaction has written, by live table."""
    return dict(
        sql.rows(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE schemaname = 'public'"
        )
    )


def led(value: Any, to: str) -> Any:
    """A good node with all its ways leading elsewhere."""
    if isinstance(value, dict):
        return {key: led(one, to) for key, one in value.items()}
    if isinstance(value, list):
        return [led(one, to) for one in value]
    return to if value == "end" else value


def everything() -> dict[str, Any]:
    kinds = [key for key in GOOD if key not in LAST] + list(LAST)
    nodes = {
        kind: {"kind": kind, **led(GOOD[kind], following)}
        for kind, following in zip(kinds, [*kinds[1:], ""], strict=True)
    }
    button = {
        "id": "smart", "kind": "button", "text": "לחצו", "url": "https://shop.example/",
        "smart": {"add_to_lists": ["vip"]},
    }  # fmt: skip
    mail = nodes["send_email"]["document"]
    nodes["send_email"]["document"] = {**mail, "blocks": [*mail["blocks"], button]}
    return {
        "format": 1, "start": kinds[0], "nodes": nodes, "triggers": [{"kind": "custom"}],
        "reentry": {"policy": "after", "after": "P5D"},
    }  # fmt: skip


@pytest.fixture
def world(access: Access, now: datetime) -> None:
    ContactList.objects.create(workspace=access.workspace, key="vip", name="VIP")
    create_segment(access, name="טובים", rule={"list": "vip"}, now=now)
    graph = {
        "format": 1, "start": "end", "nodes": {"end": {"kind": "exit"}},
        "triggers": [{"kind": "segment.entered", "segment": "טובים"}],
    }  # fmt: skip
    publish_journey(access, create_journey(access, name="אחר", graph=graph, now=now), now=now)


def test_no_live_table_is_written_by_any_kind_of_node(
    access: Access, world: None, noa: Contact, oren: Contact, now: datetime
) -> None:
    journey = create_journey(access, name="הכול", graph=everything(), now=now)
    asked = Wishes.model_validate(
        {
            "people": {"contacts": [noa.pk, oren.pk]},
            "rates": {"open": 100, "click": 100},
            "period": "P60D",
            "happenings": [
                {"after": "P2D", "acts": {"remove_from_lists": ["vip"]}},
                {"after": "P9D", "event": {"kind": "custom"}},
            ],
        }
    )
    before = written()
    seen: list[dict[str, int]] = []

    told = rehearse(access, journey, asked, now=now, look=lambda share: seen.append(written()))

    live = {table for one in seen for table, count in one.items() if count != before.get(table, 0)}
    assert live == set(), f"name them in shadow.COPIES: {sorted(live)}"
    walked = {key for key, node in told["nodes"].items() if node["entered"]}
    assert walked == {kind.key for kind in NODES}
    assert told["clicked"]
