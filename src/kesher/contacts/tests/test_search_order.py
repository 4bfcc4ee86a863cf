from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.contacts import actions, search
from kesher.contacts.models import Contact
from kesher.contacts.search import Filters, Page, search_page

NAMES = ("תמר כהן", "איתמר לוי", "תמר אדלר", "אבי תמרי", "תמרה גל", "דן תמר", "תמר בר")


@pytest.fixture
def people(access: Any, now: datetime) -> list[Contact]:
    return [
        actions.create_contact(
            access,
            values=dict(zip(("first_name", "last_name"), name.split(), strict=True)),
            now=now,
        )
        for name in NAMES
    ]


def pages(access: Any, text: str, sort: str) -> list[Page]:
    found = [search_page(access.workspace.pk, text=text, sort=sort, limit=2)]
    while found[-1].after:
        after = found[-1].after
        found.append(search_page(access.workspace.pk, text=text, sort=sort, limit=2, after=after))
    return found


def names(found: list[Page]) -> list[str]:
    return [row.name for page in found for row in page.rows]


def test_few_who_match_are_put_in_order_and_counted_exactly(
    access: Any, people: list[Contact]
) -> None:
    found = pages(access, "תמר", "name")

    assert names(found) == sorted(NAMES)
    assert {(page.total, page.is_exact, page.order) for page in found} == {(7, True, "")}
    assert names(pages(access, "תמר", "-name")) == sorted(NAMES, reverse=True)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", ["תמר אדלר", "תמר בר", "תמר כהן", "תמרה גל"]),
        ("-name", ["תמרה גל", "תמר כהן", "תמר בר", "תמר אדלר"]),
    ],
)
def test_of_many_those_whose_name_begins_so_come_first_then_the_newest(
    access: Any, people: list[Contact], monkeypatch: pytest.MonkeyPatch, sort: str, first: list[str]
) -> None:
    monkeypatch.setattr(search, "FEW", 3)

    found = pages(access, "תמר", sort)

    assert names(found) == [*first, "דן תמר", "אבי תמרי", "איתמר לוי"]
    assert {page.order for page in found} == {"begins"}


def test_many_by_activity_are_shown_newest_first_and_say_so(
    access: Any, people: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 3)

    found = pages(access, "תמר", "activity")

    assert names(found) == list(reversed(NAMES))
    assert {page.order for page in found} == {"newest"}


def test_a_page_goes_on_after_one_whose_last_contact_is_gone(
    access: Any, people: list[Contact], now: datetime
) -> None:
    first = search_page(access.workspace.pk, text="תמר", sort="name", limit=2)
    actions.delete_contacts(access, ids=[first.rows[-1].id], now=now)

    second = search_page(access.workspace.pk, text="תמר", sort="name", limit=2, after=first.after)

    assert names([second]) == sorted(NAMES)[2:4]


def test_a_rare_filter_is_found_before_it_is_put_in_order(
    access: Any, people: list[Contact]
) -> None:
    page = search_page(access.workspace.pk, filters=Filters(lacks=("email",)), sort="name", limit=3)

    assert [row.name for row in page.rows] == sorted(NAMES)[:3]
    assert page.is_exact


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_two_words_begin_a_name_wherever_the_first_name_ends(
    access: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(search, "FEW", 1)
    for first, last in (
        ("תמר", "אדלר"), ("תמר", "לוי"), ("תמר", "ליאור"), ("תמר לי", "גל"), ("תמר-לי", "לב"), ("תמר ל", ""), ("לי", "תמר"),
    ):  # fmt: skip
        actions.create_contact(access, values={"first_name": first, "last_name": last}, now=now)

    found = pages(access, "תמר ל", sort)

    begin = ["תמר לוי", "תמר ליאור", "תמר ל", "תמר לי גל"]
    assert names(found) == [*(begin if sort == "name" else reversed(begin)), "לי תמר", "תמר-לי לב"]
    assert {page.order for page in found} == {"begins"}
