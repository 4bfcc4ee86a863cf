"""Reading documents: what is taken, what is refused, and with which path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesher.content.blocks import BLOCKS, TEXT_KINDS, palette
from kesher.content.document import blank, parse
from kesher.content.problems import Problems
from kesher.content.richtext import clean_rich
from kesher.content.settings import CHECKS


def paths(body: Any) -> list[str]:
    with pytest.raises(Problems) as caught:
        parse(body)
    return [problem.path for problem in caught.value.problems]


def block(**values: Any) -> dict[str, Any]:
    return {"blocks": [{"id": "b1", **values}]}


def test_an_example_with_every_kind_comes_back_as_it_went(welcome: dict[str, Any]) -> None:
    tree = parse(welcome)

    assert {node.kind for node in tree.walk()} == {kind.key for kind in BLOCKS} - TEXT_KINDS
    assert parse(tree.to_json()) == tree


REFUSED = [
    ("a list", [], [""]),
    ("an unknown key", {"dirction": "rtl"}, ["dirction"]),
    ("another format", {"format": 2}, ["format"]),
    ("an odd direction", {"direction": "up"}, ["direction"]),
    ("an unknown kind", block(kind="heding"), ["blocks.b1.kind"]),
    ("an unknown setting", block(kind="button", lable="x"), ["blocks.b1.lable"]),
    ("a script address", block(kind="button", url="javascript:alert(1)"), ["blocks.b1.url"]),
    ("a hidden script address", block(kind="button", url="java\tscript:x"), ["blocks.b1.url"]),
    ("a word for a number", block(kind="spacer", height="much"), ["blocks.b1.height"]),
    ("a number out of bounds", block(kind="spacer", height=9000), ["blocks.b1.height"]),
    ("a number that is none", block(kind="spacer", height=float("nan")), ["blocks.b1.height"]),
    ("a colour with a style", block(kind="text", color="red;x:y"), ["blocks.b1.color"]),
    ("show_if that is no object", block(kind="text", show_if="vip"), ["blocks.b1.show_if"]),
    ("a missing id", {"blocks": [{"kind": "text"}]}, ["blocks[0].id"]),
    (
        "the same id twice",
        {"blocks": [{"id": "a", "kind": "text"}, {"id": "a", "kind": "text"}]},
        ["blocks[1].id"],
    ),
    (
        "columns in columns",
        block(kind="columns", columns=[{"blocks": [{"id": "c", "kind": "columns"}]}]),
        ["blocks.c.kind"],
    ),
    (
        "an item of a network nobody knows",
        block(kind="social", items=[{"network": "myspace", "url": ""}]),
        ["blocks.b1.items[0].network"],
    ),
]


@pytest.mark.parametrize(
    ("body", "expected"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_what_is_wrong_is_named_by_its_path(body: Any, expected: list[str]) -> None:
    assert paths(body) == expected


def test_a_slip_of_the_pen_is_answered_with_the_nearest_word() -> None:
    with pytest.raises(Problems, match="heading"):
        parse(block(kind="heding"))


def test_show_if_is_kept_as_it_is() -> None:
    rule = {"field": "score", "op": "between", "value": [50, 60]}

    tree = parse(block(kind="text", show_if=rule))

    assert tree.to_json()["blocks"][0]["show_if"] == rule


@pytest.mark.parametrize("kind", list(BLOCKS), ids=lambda kind: kind.key)
def test_every_kind_keeps_the_contract_of_blocks(kind: Any) -> None:
    offered = palette(of_texts=kind.key in TEXT_KINDS)
    entry = next(entry for entry in offered if entry["key"] == kind.key)
    keys = [setting.key for setting in kind.schema]

    assert len(set(keys)) == len(keys)
    assert {setting.type for setting in kind.schema} <= set(CHECKS)
    node = parse(block(kind=kind.key, **entry["defaults"])).blocks[0]
    assert node.kind == kind.key


def test_rich_text_keeps_the_subset_and_loses_the_rest() -> None:
    dirty = (
        '<p onclick="x()">שלום <b>לכולם</b><script>alert(1)</script></p>'
        '<a href="javascript:x">רע</a><a href="https://x.example" style="x">טוב</a><iframe></iframe>'
    )

    clean = clean_rich(dirty)

    assert clean == (
        '<p>שלום <strong>לכולם</strong></p><a>רע</a><a href="https://x.example">טוב</a>'
    )


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from('<>/"=& pabr iscrt:[]|א\u202e'), max_size=80))
def test_cleaning_rich_text_twice_changes_nothing(html: str) -> None:
    once = clean_rich(html)

    assert clean_rich(once) == once
    assert "<script" not in once


_TEXT = st.text(max_size=30)
_BLOCK = st.one_of(
    st.fixed_dictionaries({"kind": st.just("heading"), "text": _TEXT}),
    st.fixed_dictionaries({"kind": st.just("text"), "html": _TEXT}),
    st.fixed_dictionaries({"kind": st.just("spacer"), "height": st.integers(4, 160)}),
    st.fixed_dictionaries({"kind": st.just("button"), "text": _TEXT, "wide": st.booleans()}),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_BLOCK, max_size=5))
def test_any_document_that_was_taken_is_taken_again_unchanged(blocks: list[dict[str, Any]]) -> None:
    body = {**blank("he"), "blocks": [{"id": f"b{n}", **b} for n, b in enumerate(blocks)]}

    stored = parse(body).to_json()

    assert parse(stored).to_json() == stored
