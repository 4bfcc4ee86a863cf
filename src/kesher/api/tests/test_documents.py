"""Targeting in documents, by REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kesher.contacts.models import Contact

Call = Callable[..., Any]
HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}


def document(call: Call, rule: Any = HAIFA) -> Any:
    blocks = [
        {"id": "h", "kind": "heading", "text": "שלום"},
        {"id": "a", "kind": "text", "html": "<p>לחיפאים</p>", "show_if": rule},
    ]
    body = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return call("POST", "/documents", {"name": "x", "subject": "חדש", "body": body})


def test_rendering_tells_what_a_contact_gets(call: Call, noa: Contact, yael: Contact) -> None:
    made = document(call).json()

    of_noa, of_yael = (
        call("GET", f"/documents/{made['id']}/render?contact={who.pk}").json()
        for who in (noa, yael)
    )

    assert "לחיפאים" in of_noa["text"]
    assert of_noa["targeting"][0]["visible"] is True
    assert of_yael["targeting"][0]["holds"] is False
    assert (of_noa["leaves_something"], of_yael["leaves_something"]) == (True, False)


def test_coverage_counts_people(call: Call, noa: Contact, yael: Contact) -> None:
    made = document(call).json()

    found = call("GET", f"/documents/{made['id']}/coverage").json()

    assert (found["total"], found["blocks"], found["nothing"]) == (2, {"a": 1}, 1)
    assert found["nothing_contact"]["id"] == yael.pk
    assert {one["count"] for one in found["combinations"]} == {1}


def test_problems_are_told_errors_first(call: Call, workspace: Any) -> None:
    made = document(call).json()

    found = call("GET", f"/documents/{made['id']}/problems").json()

    assert [one["code"] for one in found if one["code"]] == ["all_targeted"]
    order = ["error", "warning", "hint"]
    assert [one["severity"] for one in found] == sorted(
        (one["severity"] for one in found), key=order.index
    )


def test_a_rule_with_a_slip_is_refused_with_its_place(call: Call) -> None:
    answer = document(call, {"all": [HAIFA, {"field": "city", "op": "contians", "value": "x"}]})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == "blocks.a.show_if.all[1].op"
    assert "contains" in error["message"]
