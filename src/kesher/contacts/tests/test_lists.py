from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.accounts.undo import apply_undo
from kesher.contacts import actions, bulk, lists
from kesher.contacts.errors import Refused
from kesher.contacts.models import Contact, ContactList
from kesher.contacts.queries import audience_where, count_audience
from kesher.events.log import timeline
from kesher.lib import sql


def test_a_list_is_made_named_archived_and_back(access: Any, now: datetime) -> None:
    made = lists.create_list(access, name="  לקוחות   חדשים ", description="מהחודש האחרון")
    assert (made.key, made.name) == ("לקוחות-חדשים", "לקוחות חדשים")
    with pytest.raises(Refused):
        lists.create_list(access, name="לקוחות חדשים")
    with pytest.raises(Refused):
        lists.create_list(access, name=" ")

    lists.rename_list(access, made, name="לקוחות ותיקים", is_public=True)
    undo_id = lists.archive_list(access, made, now=now)
    other = lists.create_list(access, name="לקוחות ותיקים")
    assert made not in lists.live_lists(access.workspace)
    apply_undo(access, undo_id)

    names = {row.name for row in lists.live_lists(access.workspace)}
    assert names == {"כל אנשי הקשר", "לקוחות ותיקים", "לקוחות ותיקים (2)"}
    assert other.key != made.key


def test_everybody_is_in_the_list_of_all_and_it_stays(access: Any, now: datetime) -> None:
    everybody = lists.all_contacts_list(access.workspace)

    assert lists.all_contacts_list(access.workspace) == everybody
    with pytest.raises(Refused):
        lists.archive_list(access, everybody, now=now)
    assert lists.join_list(access.workspace.pk, list_id=everybody.pk, contact_ids=[1], now=now) == 0


def test_joining_twice_counts_once(
    access: Any, noa: Contact, dan: Contact, vip: ContactList, now: datetime,
    count_again: Callable[[], None], counters_are_true: Callable[[], bool],
) -> None:  # fmt: skip
    count_again()

    def join(ids: list[int]) -> int:
        return lists.join_list(access.workspace.pk, list_id=vip.pk, contact_ids=ids, now=now)

    assert (join([noa.pk]), join([noa.pk, dan.pk, 999_999]), join([noa.pk])) == (1, 1, 0)
    assert lists.leave_list(access.workspace.pk, list_id=vip.pk, contact_ids=[noa.pk], now=now) == 1
    assert [entry.kind for entry in timeline(access.workspace.pk, noa.pk)] == [
        "list.left",
        "list.joined",
    ]
    assert counters_are_true()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "delete", "restore", "join", "leave", "purge"]),
        st.lists(st.integers(0, 5), max_size=4),
        st.integers(0, 1),
    ),
    max_size=25,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(steps=STEPS)
def test_whatever_is_done_the_counters_tell_the_truth(
    access: Any, now: datetime, counters_are_true: Callable[[], bool], steps: list[Any]
) -> None:
    workspace_id = access.workspace.pk
    ContactList.objects.filter(workspace=access.workspace, is_all=False).delete()
    Contact.objects.filter(workspace=access.workspace).delete()
    sql.execute("DELETE FROM counter WHERE workspace_id = %s", (workspace_id,))
    rows = [lists.create_list(access, name=name) for name in ("א", "ב")]
    made: list[int] = []
    for number, (what, which, which_list) in enumerate(steps):
        ids = [made[index] for index in which if index < len(made)]
        row = rows[which_list]
        match what:
            case "create":
                values = {"email": f"c{number}@example.com"}
                made.append(actions.create_contact(access, values=values, now=now, lists=[row]).pk)
            case "delete":
                actions.delete_contacts(access, ids=ids, now=now)
            case "restore":
                actions.restore_contacts(access, ids=ids, now=now)
            case "join":
                lists.join_list(workspace_id, list_id=row.pk, contact_ids=ids, now=now)
            case "leave":
                lists.leave_list(workspace_id, list_id=row.pk, contact_ids=ids, now=now)
            case "purge":
                bulk.purge_deleted(workspace_id, before=now.replace(year=2027))
        assert counters_are_true()


@pytest.mark.django_db(transaction=True)
def test_joining_leaving_and_deleting_at_once_leave_the_counters_true(
    access: Any, vip: ContactList, now: datetime, counters_are_true: Callable[[], bool]
) -> None:
    ids = [
        actions.create_contact(access, values={"email": f"c{n}@example.com"}, now=now).pk
        for n in range(12)
    ]
    workspace_id = access.workspace.pk
    jobs: list[Callable[[], Any]] = [
        lambda: lists.join_list(workspace_id, list_id=vip.pk, contact_ids=ids, now=now),
        lambda: lists.leave_list(workspace_id, list_id=vip.pk, contact_ids=ids[::-1], now=now),
        lambda: actions.delete_contacts(access, ids=ids[::2], now=now),
        lambda: actions.restore_contacts(access, ids=ids[::-1], now=now),
    ]

    def repeat(job: Callable[[], Any]) -> None:
        try:
            for _ in range(6):
                job()
        finally:
            connection.close()

    threads = [Thread(target=repeat, args=(job,)) for job in jobs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counters_are_true()


def test_an_audience_is_in_an_included_list_and_in_no_excluded_one(
    access: Any, noa: Contact, dan: Contact, yael: Contact, vip: ContactList, now: datetime
) -> None:
    other = lists.create_list(access, name="ספקים")
    everybody = lists.all_contacts_list(access.workspace)
    workspace_id = access.workspace.pk
    lists.join_list(workspace_id, list_id=vip.pk, contact_ids=[noa.pk, dan.pk], now=now)
    lists.join_list(workspace_id, list_id=other.pk, contact_ids=[dan.pk, yael.pk], now=now)
    actions.delete_contacts(access, ids=[yael.pk], now=now)

    def people(include: list[Any], exclude: list[Any]) -> set[int]:
        where, parameters = audience_where([r.pk for r in include], [r.pk for r in exclude])
        parameters |= {"w": workspace_id}
        return {
            row[0]
            for row in sql.rows(
                f"SELECT c.id FROM contact c WHERE c.workspace_id = %(w)s AND {where}", parameters
            )
        }

    assert people([vip], []) == {noa.pk, dan.pk}
    assert people([vip, other], []) == {noa.pk, dan.pk}
    assert people([vip], [other]) == {noa.pk}
    assert people([everybody], [vip]) == set()
    assert people([everybody], []) == {noa.pk, dan.pk}
    assert people([vip], [everybody]) == set()
    assert people([], []) == set()
    assert count_audience(workspace_id, [everybody.pk], [other.pk]) == 1
