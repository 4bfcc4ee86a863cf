"""Changes: every kind in SQL, in words, as a schema; none is lost when many come at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from kesher.contacts.changes import (
    CHANGES,
    BadChanges,
    apply_changes,
    apply_each,
    changes_in_words,
    changes_schema,
    changes_vocabulary,
    kinds_for,
    known_of,
    read_changes,
)
from kesher.contacts.custom_fields import create_field
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import fields_of
from kesher.events.inbox import listen, take
from kesher.events.log import timeline
from kesher.lib import sql

pytestmark = pytest.mark.django_db

CHOICES = {"choices": [{"key": "red", "label": "אדום"}, {"key": "blue", "label": "כחול"}]}


@pytest.fixture
def fields(access: Any) -> Any:
    """A field of each type, its key the type's."""
    options = {"choice": CHOICES, "choices": CHOICES, "number": {}, "rating": {"max": 5}}
    for kind in FIELD_TYPES:
        create_field(
            access,
            label=f"my {kind.key}".replace("_", " "),
            type=kind.key,
            options=options.get(kind.key),
        )
    create_field(access, label="points", type="number")
    create_field(access, label="price", type="number", options={"decimals": 2})
    create_field(access, label="more colours", type="choices", options=CHOICES)
    create_field(access, label="deadline", type="date")
    return {info.key for info in fields_of(access.workspace)}


def given_values(contact: Any, **values: Any) -> None:
    contact.fields = {key.replace("_", "-"): value for key, value in values.items()}
    contact.save(update_fields=["fields"])


def after(workspace: Any, contact: Any, now: datetime, *changes: dict[str, Any]) -> dict[str, Any]:
    apply_changes(
        workspace.pk,
        contact_ids=[contact.pk],
        changes=read_changes(workspace, list(changes)),
        now=now,
        source="test",
    )
    contact.refresh_from_db()
    return dict(contact.fields)


def step(field: str, do: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "do": do} | ({} if value is None else {"value": value})


CASES: list[tuple[Any, dict[str, Any], Any]] = [
    # value before, change of the field, value after
    (None, step("points", "add", 1), 1),
    (4, step("points", "add", 1), 5),
    (0.1, step("points", "add", 0.2), 0.3),
    (0, step("points", "add", -2.5), -2.5),
    (None, step("points", "subtract", 3), -3),
    (10, step("points", "subtract", 0.5), 9.5),
    ("ten", step("points", "add", 2), 2),
    (999_999_999_999_999, step("points", "add", 1), 999_999_999_999_999),
    (None, step("points", "multiply", 2), None),
    (3, step("points", "multiply", 1.1), 3.3),
    (1, step("points", "multiply", 0.33333333333333), 0.33333333333333),
    (900_000_000_000_000, step("points", "multiply", 2), 900_000_000_000_000),
    (0.35, step("price", "multiply", 1.17), 0.41),
    (7, step("points", "reset"), 0),
    (None, step("points", "reset"), 0),
    (7, step("points", "clear"), None),
    (7, step("points", "set", 12.5), 12.5),
    (4, step("my-rating", "add", 3), 5),
    (2, step("my-rating", "subtract", 9), 1),
    (None, step("my-rating", "add", 2), 2),
    (None, step("my-rating", "set", 5), 5),
    ("2026-11-20", step("my-date", "add_days", 30), "2026-12-20"),
    ("2026-03-01", step("my-date", "add_days", -1), "2026-02-28"),
    (None, step("my-date", "add_days", 3), None),
    ("2999-12-31", step("my-date", "add_days", 1), "2999-12-31"),
    ("soon", step("my-date", "add_days", 1), "soon"),
    (None, step("my-date", "set_date", "today"), "2026-11-17"),
    (None, step("my-date", "set_date", "2027-03-26"), "2027-03-26"),
    (None, step("my-date-time", "set_date", "now"), "2026-11-17T08:00:00Z"),
    # The clocks go back on 25 October 2026: 09:00 stays 09:00 in Jerusalem.
    ("2026-10-24T06:00:00Z", step("my-date-time", "add_days", 1), "2026-10-25T07:00:00Z"),
    (["red"], step("my-choices", "add", "blue"), ["red", "blue"]),
    (["blue"], step("my-choices", "add", "אדום"), ["red", "blue"]),
    (None, step("my-choices", "add", "red"), ["red"]),
    (["red", "blue"], step("my-choices", "subtract", "red"), ["blue"]),
    (["red"], step("my-choices", "subtract", "red"), None),
    (None, step("my-choice", "set", "כחול"), "blue"),
    (None, step("my-yes-no", "set", False), False),
    (True, step("my-yes-no", "clear"), None),
    (None, step("my-text", "set", "  שלום  "), "שלום"),
    (None, step("my-phone", "set", "050-1234567"), "+972501234567"),
]


@pytest.mark.parametrize(("before", "change", "expected"), CASES)
def test_a_change_gives_the_value_it_says(
    workspace: Any, noa: Any, now: Any, fields: Any, before: Any, change: Any, expected: Any
) -> None:
    given_values(noa, **({} if before is None else {change["field"]: before}))

    found = after(workspace, noa, now, change)

    assert found.get(change["field"]) == expected
    assert type(found.get(change["field"])) is type(expected)


def test_contacts_with_changes_of_their_own_are_changed_as_each_alone(
    workspace: Any, now: Any, fields: Any
) -> None:
    people = Contact.objects.bulk_create(
        Contact(
            workspace=workspace, created_at=now, updated_at=now,
            fields={} if before is None else {change["field"]: before},
        )
        for before, change, _after in CASES
    )  # fmt: skip

    changed = apply_each(
        workspace.pk, now=now, source="test",
        given={
            person.pk: read_changes(workspace, [change])
            for person, (_before, change, _after) in zip(people, CASES, strict=True)
        },
    )  # fmt: skip

    for person, (before, change, expected) in zip(people, CASES, strict=True):
        person.refresh_from_db()
        assert person.fields.get(change["field"]) == expected
        assert (person.pk in changed) == (before != expected)


def test_changes_alike_but_for_numbers_are_one_statement(
    workspace: Any, now: Any, fields: Any, django_assert_num_queries: Any
) -> None:
    people = Contact.objects.bulk_create(
        Contact(workspace=workspace, created_at=now, updated_at=now) for _number in range(30)
    )
    given = {
        person.pk: read_changes(
            workspace,
            [
                step("points", "set", n),
                step("points", "add", n % 7),
                step("my-text", "set", f"n{n}"),
            ],
        )
        for n, person in enumerate(people)
    }

    with django_assert_num_queries(1):
        apply_each(workspace.pk, given=given, now=now, source="test")

    for n, person in enumerate(people):
        person.refresh_from_db()
        assert (person.fields["points"], person.fields["my-text"]) == (n + n % 7, f"n{n}")
        assert [entry.kind for entry in timeline(workspace.pk, person.pk)] == ["contact.updated"]


def test_every_kind_has_a_case_and_every_type_a_kind() -> None:
    assert {change["do"] for _, change, _ in CASES} | {"copy_from"} == {one.key for one in CHANGES}
    covered = set().union(*(kind.types for kind in CHANGES))
    assert covered == {one.key for one in FIELD_TYPES}


def test_steps_are_made_in_order_on_the_values_of_the_steps_before(
    workspace: Any, noa: Any, now: Any, fields: Any
) -> None:
    given_values(noa, points=18)

    found = after(
        workspace,
        noa,
        now,
        step("points", "reset"),
        step("points", "add", 5),
        step("points", "multiply", 3),
        step("price", "copy_from", "points"),
        step("points", "add", 1),
        step("my-date", "set_date", "today"),
        step("my-date", "add_days", 30),
    )

    assert (found["points"], found["price"], found["my-date"]) == (16, 15, "2026-12-17")


@pytest.mark.parametrize(
    ("before", "change", "expected"),
    [
        ({"points": 4}, step("my-rating", "copy_from", "points"), 4),
        ({"points": 9, "my_rating": 2}, step("my-rating", "copy_from", "points"), None),
        ({"my_rating": 3}, step("points", "copy_from", "my-rating"), 3),
        ({"my_date_time": "2026-11-17T23:30:00Z"}, step("my-date", "copy_from", "my-date-time"), "2026-11-18"),
        ({"my_choices": ["red"]}, step("more-colours", "copy_from", "my-choices"), ["red"]),
        ({"my_long_text": "א\nב"}, step("my-text", "copy_from", "my-long-text"), "א ב"),
        ({"my_text": "x"}, step("my-text", "copy_from", "company"), None),
        ({}, step("deadline", "copy_from", "birthday"), "1990-03-26"),
    ],
)  # fmt: skip
def test_a_field_is_copied_into_one_that_can_hold_it(
    workspace: Any, noa: Any, now: Any, fields: Any, before: Any, change: Any, expected: Any
) -> None:
    Contact.objects.filter(pk=noa.pk).update(birthday="1990-03-26", company="")
    given_values(noa, **before)

    assert after(workspace, noa, now, change).get(change["field"]) == expected


def test_columns_are_changed_like_fields(workspace: Any, noa: Any, now: Any, fields: Any) -> None:
    given_values(noa, my_text="חיפה")

    after(
        workspace,
        noa,
        now,
        step("city", "copy_from", "my-text"),
        step("birthday", "set_date", "1990-03-26"),
        step("birthday", "add_days", 1),
        step("last_name", "clear"),
        step("my-long-text", "copy_from", "first_name"),
    )

    noa.refresh_from_db()
    assert (noa.city, str(noa.birthday), noa.last_name) == ("חיפה", "1990-03-27", "")
    assert noa.fields["my-long-text"] == noa.first_name


def test_one_event_tells_all_that_differs_and_nothing_else(
    workspace: Any, noa: Any, dan: Any, now: Any, fields: Any
) -> None:
    given_values(noa, points=1)
    listen(workspace.pk, listener="journey:1", kinds=["contact.updated"])
    changes = read_changes(
        workspace,
        [step("points", "add", 2), step("city", "set", "לוד"), step("my-text", "clear")],
    )

    changed = apply_changes(
        workspace.pk, contact_ids=[noa.pk, dan.pk, noa.pk], changes=changes, now=now,
        source="link", depth=3, about={"link": 2},
    )  # fmt: skip

    assert changed == {noa.pk, dan.pk}
    told = {one.contact_id: one for one in take(workspace.pk, "journey", limit=10)}
    assert told[noa.pk].data["changed"]["points"] == [1, 3]
    assert set(told[noa.pk].data["changed"]) == {"points", "city"}
    assert (told[noa.pk].depth, told[noa.pk].source, told[noa.pk].data["link"]) == (3, "link", 2)
    assert (
        len([row for row in timeline(workspace.pk, dan.pk) if row.kind == "contact.updated"]) == 1
    )


def test_what_changes_nothing_is_no_event(workspace: Any, noa: Any, now: Any, fields: Any) -> None:
    given_values(noa, points=0)
    before = noa.updated_at

    after(workspace, noa, now, step("points", "reset"), step("my-text", "clear"))

    assert noa.updated_at == before
    assert timeline(workspace.pk, noa.pk) == []


def test_the_deleted_and_other_workspaces_are_left_alone(
    workspace: Any, noa: Any, dan: Any, now: Any, fields: Any
) -> None:
    Contact.objects.filter(pk=dan.pk).update(deleted_at=now)
    changes = read_changes(workspace, [step("points", "add", 1)])

    found = apply_changes(
        workspace.pk, contact_ids=[dan.pk], changes=changes, now=now, source="test"
    )
    elsewhere = apply_changes(
        workspace.pk + 1, contact_ids=[noa.pk], changes=changes, now=now, source="test"
    )

    assert (found, elsewhere) == (set(), set())


WRONG: list[tuple[Any, str, str, str | None]] = [
    ({"field": "points", "do": "add", "value": 1}, "not_a_list", "changes", None),
    (["add"], "not_an_object", "changes[0]", None),
    ([{"field": "points", "do": "ad", "value": 1}], "unknown_change", "changes[0].do", "add"),
    ([{"feild": "points", "do": "add"}], "unknown_key", "changes[0].feild", "field"),
    ([step("point", "add", 1)], "unknown_field", "changes[0].field", "points"),
    ([step("points", "add", "1")], "bad_number", "changes[0].value", None),
    ([step("points", "add", True)], "bad_number", "changes[0].value", None),
    ([step("points", "add")], "missing_value", "changes[0].value", None),
    ([step("points", "reset", 3)], "needless_value", "changes[0].value", None),
    ([step("points", "add", 1), step("city", "add", 1)], "not_for_type", "changes[1].do", None),
    ([step("my-choice", "set", "redd")], "not_a_choice", "changes[0].value", "red"),
    ([step("my-choices", "add", "green")], "bad_choice", "changes[0].value", None),
    ([step("my-rating", "set", 6)], "not_a_rating", "changes[0].value", None),
    ([step("my-rating", "add", 1.5)], "not_whole", "changes[0].value", None),
    ([step("my-date", "set_date", "now")], "bad_date", "changes[0].value", "today"),
    ([step("my-date", "set_date", "2026-02-30")], "bad_date", "changes[0].value", None),
    ([step("my-date", "add_days", 1.5)], "bad_days", "changes[0].value", None),
    ([step("points", "copy_from", "city")], "other_type", "changes[0].value", None),
    ([step("points", "copy_from", "pricee")], "unknown_field", "changes[0].value", "price"),
    ([step("points", "copy_from", "points")], "other_type", "changes[0].value", None),
    ([step("email_consent", "set", "granted")], "consent", "changes[0].field", None),
    ([step("email", "set", "a@b.example")], "identifying", "changes[0].field", None),
    ([step("points", "add", 1)] * 51, "too_many", "changes", None),
]


@pytest.mark.parametrize(("json", "code", "path", "suggestion"), WRONG)
def test_what_is_wrong_is_said_with_its_place_and_what_may_have_been_meant(
    workspace: Any, fields: Any, json: Any, code: str, path: str, suggestion: str | None
) -> None:
    with pytest.raises(BadChanges) as refused:
        read_changes(workspace, json)

    problem = refused.value.problems[0]
    assert (problem.code, problem.path, problem.suggestion) == (code, path, suggestion)
    assert "%(" not in problem.words


def test_what_is_stored_is_read_again_as_it_was(workspace: Any, fields: Any) -> None:
    for _, change, _ in CASES:
        read = read_changes(workspace, [change])
        assert read_changes(workspace, [read[0].stored()]) == read


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_change_says_itself_in_words(workspace: Any, fields: Any, language: str) -> None:
    from django.utils import translation

    with translation.override(language):
        for _, change, _ in CASES:
            said = changes_in_words(read_changes(workspace, [change]))
            assert change["field"].split("-")[-1][:3] in said
            assert "%(" not in said


def test_the_schema_and_the_builder_offer_what_can_be_read(workspace: Any, fields: Any) -> None:
    known = known_of(workspace)
    forms = changes_schema(known)["items"]["oneOf"]
    offered = {
        (form["properties"]["field"]["const"], form["properties"]["do"]["const"]) for form in forms
    }

    assert {(change["field"], change["do"]) for _, change, _ in CASES} <= offered
    assert {key for key, _ in offered} & {"email", "mobile", "email_consent"} == set()
    assert {one["key"] for one in changes_vocabulary(known)} == {key for key, _ in offered}
    assert all(
        kinds_for(info) for info in fields_of(workspace) if info.key not in ("email", "mobile")
    )


@given(
    start=st.one_of(st.none(), st.decimals(-(10**6), 10**6, places=4)),
    steps=st.lists(st.decimals(-(10**4), 10**4, places=3), max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_sums_are_exact_whatever_is_added(start: Any, steps: Any) -> None:
    """On no table: the SQL of the kinds, given a value and the steps, must agree with decimals."""
    from decimal import Decimal

    from kesher.contacts.changes.base import Change
    from kesher.contacts.vocabulary import FieldInfo

    parameters: dict[str, Any] = {}

    class Row:
        def put(self, value: Any, cast: str) -> str:
            parameters[f"v{len(parameters)}"] = value
            return f"%(v{len(parameters) - 1})s::{cast}"

    info = FieldInfo("points", "points", "number")
    inner = f"SELECT {Row().put(None if start is None else float(start), 'float')} AS x"
    text = f"SELECT to_jsonb(q.x::numeric) AS v FROM ({inner}) q"
    for number in steps:
        change = Change(info, "add", float(number))
        text = f"SELECT {change.kind.sql(change, 'q.v', Row())} AS v FROM ({text}) q"  # type: ignore[arg-type]
    found = sql.value(f"SELECT (v)::numeric FROM ({text}) q", parameters)

    if steps:
        assert found == sum(steps, start or Decimal(0))


@pytest.mark.django_db(transaction=True)
def test_a_thousand_at_once_are_a_thousand(
    workspace: Any, access: Any, noa: Any, dan: Any, now: Any
) -> None:
    create_field(access, label="points", type="number")
    changes = read_changes(workspace, [step("points", "add", 1)])
    threads, each, failures = 20, 50, []

    def work(forwards: bool) -> None:
        ids = [noa.pk, dan.pk] if forwards else [dan.pk, noa.pk]
        try:
            for _ in range(each):
                apply_changes(
                    workspace.pk, contact_ids=ids, changes=changes, now=now, source="test"
                )
        except Exception as error:  # told by the assertion below
            failures.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    noa.refresh_from_db()
    dan.refresh_from_db()
    assert failures == []
    assert (noa.fields["points"], dan.fields["points"]) == (1000, 1000)
    steps = [row.data["changed"]["points"] for row in timeline(workspace.pk, noa.pk, limit=2000)]
    assert sorted(new for _, new in steps) == list(range(1, 1001))


def test_many_are_changed_in_few_statements(
    workspace: Any, access: Any, now: Any, django_assert_max_num_queries: Any
) -> None:
    create_field(access, label="points", type="number")
    Contact.objects.bulk_create(
        Contact(workspace=workspace, email=f"p{n}@x.example", created_at=now, updated_at=now)
        for n in range(3000)
    )
    ids = list(Contact.objects.filter(workspace=workspace).values_list("pk", flat=True))
    changes = read_changes(workspace, [step("points", "add", 1)] * 10)

    with django_assert_max_num_queries(5):
        changed = apply_changes(
            workspace.pk, contact_ids=ids, changes=changes, now=now, source="test"
        )

    assert changed == set(ids)
    assert set(Contact.objects.values_list("fields__points", flat=True)) == {10}
    assert datetime(2026, 11, 17, 8, tzinfo=UTC) in set(
        Contact.objects.values_list("updated_at", flat=True)
    )
