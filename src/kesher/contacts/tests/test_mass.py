from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kesher.accounts.work import cancel_work
from kesher.contacts import actions, bulk, lists
from kesher.contacts.changes import read_changes
from kesher.contacts.custom_fields import create_field
from kesher.contacts.errors import Refused
from kesher.contacts.mass import run, selection
from kesher.contacts.models import Contact, ContactList, ListMembership, MassAct, MassPiece
from kesher.contacts.search import Filters
from kesher.events import counters
from kesher.lib import sql

CROWD = 23


@pytest.fixture
def crowd(access: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(selection, "PIECE", 5)
    return [
        actions.create_contact(access, values={"email": f"c{n}@example.com"}, now=now).pk
        for n in range(CROWD)
    ]


@pytest.fixture
def vip(access: Any) -> ContactList:
    return lists.create_list(access, name="VIP")


def begin(access: Any, now: datetime, kind: str, **data: Any) -> MassAct:
    act = selection.select_matching(
        access, kind=kind, data=data, text="", filters=Filters(), now=now
    )
    run.start(access, act, title="x", url="/")
    return MassAct.objects.get(pk=act.pk)


def do(act: MassAct, now: datetime) -> None:
    run.run_act(act.workspace_id, act.pk, clock=lambda: now)


def take_back(access: Any, act: MassAct, now: datetime) -> None:
    run.start_undo(access, act, title="x", url="/")
    run.run_undo(act.workspace_id, act.pk, clock=lambda: now)


def test_it_is_done_to_those_who_matched_when_it_was_asked_for(
    access: Any, crowd: list[int], vip: ContactList, now: datetime
) -> None:
    already = crowd[:3]
    lists.join_list(access.workspace.pk, list_id=vip.pk, contact_ids=already, now=now)
    act = begin(access, now, "join", list_id=vip.pk)
    late = actions.create_contact(access, values={"email": "late@example.com"}, now=now)

    do(act, now)

    act.refresh_from_db()
    members = set(ListMembership.objects.values_list("contact_id", flat=True))
    assert members == set(crowd)
    assert late.pk not in members
    assert act.work is not None
    assert (act.total, act.work.state, act.work.done) == (CROWD, "done", CROWD)
    assert act.work.result == {"changed": CROWD - 3}

    take_back(access, act, now)

    assert set(ListMembership.objects.values_list("contact_id", flat=True)) == set(already)
    assert counters.read(access.workspace.pk, [f"list.{vip.pk}"]) == {f"list.{vip.pk}": 3}


def test_deleting_stops_when_asked_goes_on_and_is_taken_back(
    access: Any, crowd: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = begin(access, now, "delete")
    real, seen = run._next, []

    def next_until(given: MassAct, todo: str) -> Any:
        seen.append(todo)
        if len(seen) == 2:
            assert given.work_id
            cancel_work(access, given.work_id)
        return real(given, todo)

    monkeypatch.setattr(run, "_next", next_until)
    do(act, now)
    act.refresh_from_db()
    assert act.work is not None
    assert act.work.state == "cancelled"
    assert Contact.objects.filter(deleted_at=None).count() == CROWD - 10

    run.start(access, act, title="x", url="/")
    do(act, now)
    assert not Contact.objects.filter(deleted_at=None).exists()

    take_back(access, MassAct.objects.get(pk=act.pk), now)
    assert Contact.objects.filter(deleted_at=None).count() == CROWD
    assert counters.read(access.workspace.pk, ["contacts"]) == {"contacts": CROWD}


def test_a_crash_in_a_piece_does_nobody_twice(
    access: Any, crowd: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = create_field(access, label="נקודות", type="number")
    act = begin(access, now, "change", changes=[{"field": points.key, "do": "add", "value": 1}])
    real = MassPiece.save

    def crash(piece: MassPiece, **given: Any) -> None:
        if piece.number == 2:
            raise RuntimeError("pulled the plug")
        real(piece, **given)

    monkeypatch.setattr(MassPiece, "save", crash)
    with pytest.raises(RuntimeError):
        do(act, now)
    monkeypatch.setattr(MassPiece, "save", real)
    do(act, now)

    values = sql.rows("SELECT DISTINCT fields ->> %s FROM contact", (points.key,))
    assert values == [("1",)]


def test_changed_values_come_back_but_for_those_changed_since(
    access: Any, noa: Contact, dan: Contact, yael: Contact, now: datetime
) -> None:
    tier = create_field(access, label="דרגה", type="text")
    actions.update_contact(access, noa, values={tier.key: "זהב"}, now=now)
    changes = [
        {"field": "city", "do": "set", "value": "אילת"},
        {"field": tier.key, "do": "clear"},
        {"field": "birthday", "do": "set_date", "value": "1990-05-01"},
    ]
    act = begin(access, now, "change", changes=changes)
    do(act, now)
    noa.refresh_from_db()
    assert (noa.city, noa.fields, str(noa.birthday)) == ("אילת", {}, "1990-05-01")
    yael.refresh_from_db()
    actions.update_contact(access, yael, values={"city": "לוד"}, now=now)

    take_back(access, act, now)

    assert dict(Contact.objects.values_list("pk", "city")) == {
        noa.pk: "חיפה",
        dan.pk: "",
        yael.pk: "לוד",
    }
    noa.refresh_from_db()
    assert (noa.fields, noa.birthday) == ({tier.key: "זהב"}, None)
    told = sql.value(
        "SELECT data::text FROM event WHERE contact_id = %s AND source = 'undo'", (noa.pk,)
    )
    assert '"city": ["אילת", "חיפה"]' in told


def test_what_runs_is_not_taken_back_at_the_same_time(
    access: Any, crowd: list[int], now: datetime
) -> None:
    act = begin(access, now, "delete")

    with pytest.raises(Refused):
        run.start_undo(access, act, title="x", url="/")


def test_an_act_that_cannot_go_on_says_so(access: Any, crowd: list[int], now: datetime) -> None:
    act = begin(access, now, "delete")

    run.give_up(act.workspace_id, act.pk, undo=False)

    act.refresh_from_db()
    assert act.work is not None
    assert act.work.state == "failed"
    assert act.work.error


def test_selections_are_forgotten_after_a_while(
    access: Any, crowd: list[int], now: datetime
) -> None:
    act = begin(access, now, "delete")
    assert selection.forget_old(now + timedelta(days=8)) == 0
    do(act, now)

    assert selection.forget_old(now - timedelta(days=1)) == 0
    assert selection.forget_old(now + timedelta(days=8)) == 1
    assert not MassPiece.objects.exists()


def test_one_who_was_erased_does_not_come_back(access: Any, noa: Contact, now: datetime) -> None:
    from kesher.contacts.privacy import erase_contact

    erase_contact(access, noa, now=now)

    assert bulk.restore_contacts(access, ids=[noa.pk], now=now) == []


def test_a_change_needs_no_more_than_few_statements_for_a_piece(
    access: Any, crowd: list[int], now: datetime, django_assert_max_num_queries: Any
) -> None:
    from kesher.contacts.mass.deeds import change_and_remember

    changes = read_changes(access.workspace, [{"field": "city", "do": "set", "value": "אילת"}])
    with django_assert_max_num_queries(8):
        made = change_and_remember(access.workspace.pk, ids=crowd, changes=changes, now=now)

    assert len(made) == CROWD
