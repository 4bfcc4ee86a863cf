"""Rules over a workspace's real fields, lists and events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts import lists
from kesher.contacts.models import Field
from kesher.contacts.rules import moment_of, read_rule, vocabulary_of
from kesher.events import log
from kesher.events.log import NewEvent
from kesher.lib import clock, sql
from kesher.rules.problems import BadRule
from kesher.rules.sql import ids_where

pytestmark = pytest.mark.django_db


def who(workspace: Any, rule: dict[str, Any]) -> set[int]:
    found = ids_where(
        read_rule(workspace, rule),
        vocabulary_of(workspace),
        moment_of(workspace, clock.now()),
        workspace_id=workspace.pk,
    )
    return {row[0] for row in sql.rows(found.text, found.parameters)}


def test_a_rule_speaks_of_default_and_custom_fields(access: Any, noa: Any, dan: Any) -> None:
    Field.objects.create(workspace=access.workspace, key="children", label="ילדים", type="number")
    noa.fields = {"children": 4}
    noa.city = "חיפה"
    noa.save()
    assert who(access.workspace, {"field": "children", "op": "gte", "value": 4}) == {noa.pk}
    assert who(access.workspace, {"field": "children", "op": "gt", "value": 4}) == set()
    assert who(access.workspace, {"field": "city", "op": "equals", "value": "חיפה"}) == {noa.pk}


def test_a_rule_speaks_of_lists_and_of_what_people_did(access: Any, noa: Any, dan: Any) -> None:
    made = lists.create_list(access, name="לקוחות טובים")
    now = clock.now()
    lists.join_list(
        access.workspace.pk, list_id=made.pk, contact_ids=[dan.pk], now=now, source="staff"
    )
    assert who(access.workspace, {"list": made.key}) == {dan.pk}
    assert who(access.workspace, {"did": "list.joined", "within": "P1D"}) == {dan.pk}
    log.record(access.workspace.pk, NewEvent("note.added", noa.pk, now - timedelta(days=2)))
    assert who(access.workspace, {"did": "note.added", "within": "P1D"}) == set()
    assert who(access.workspace, {"did": "note.added", "within": "P3D"}) == {noa.pk}


def test_an_archived_field_still_decides_and_an_unknown_one_is_named(access: Any, noa: Any) -> None:
    Field.objects.create(
        workspace=access.workspace,
        key="old",
        label="ישן",
        type="text",
        archived_at=clock.now(),
    )
    noa.fields = {"old": "כן"}
    noa.save()
    assert who(access.workspace, {"field": "old", "op": "equals", "value": "כן"}) == {noa.pk}
    with pytest.raises(BadRule) as refused:
        read_rule(access.workspace, {"field": "olds", "op": "is_set"}, path="show_if")
    assert refused.value.problems[0].path.startswith("show_if")
