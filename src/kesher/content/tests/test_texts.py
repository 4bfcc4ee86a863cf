"""SMS and WhatsApp texts: from blocks to one text without stray blanks, its links short, its size as sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.content import actions
from kesher.content.constants import Constants
from kesher.content.plan import Plan
from kesher.content.problems import Problems
from kesher.content.render import Renderer
from kesher.content.text_sizes import Sizes, sizes, text_for
from kesher.content.texts import SAMPLE_TOKEN, Frame, compile_text, framed, joined, opening
from kesher.content.workspace import compile_in
from kesher.lib.sms import measure
from kesher.lib.tokens import BRIEF_LENGTH, sign_brief

HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}
ALL = ("TRUE", {})


def body(*texts: Any, language: str = "he") -> dict[str, Any]:
    given = [text if isinstance(text, dict) else {"text": text} for text in texts]
    blocks = [{"id": f"b{n}", "kind": "sms_text", **block} for n, block in enumerate(given)]
    return {"format": 1, "language": language, "blocks": blocks}


def filled(plan: Plan, *values: str) -> str:
    made = Renderer(plan, Constants(base_url="https://k.example")).render(SAMPLE_TOKEN, values)
    return joined(made.text.decode())


@pytest.mark.parametrize(
    ("texts", "values", "expected"),
    [
        (["שלום"], (), "שלום"),
        (["  שלום  ", " עולם "], (), "שלום\nעולם"),
        ([{"text": "א"}, {"text": "ב", "join": "space"}], (), "א ב"),
        ([{"text": "א"}, {"text": "ב", "join": "paragraph"}], (), "א\n\nב"),
        (["א", "", "  ", "ב"], (), "א\nב"),
        (["שלום [[first_name]], מה נשמע"], ("נועה",), "שלום נועה, מה נשמע"),
        (["שלום [[first_name]], מה נשמע"], ("",), "שלום, מה נשמע"),
        (["שלום [[שם פרטי|חבר]]"], ("",), "שלום חבר"),
        (["[[first_name]]", "ב"], ("",), "ב"),
        (["[[first_name]]"], ("נועה\n\nכהן\u202e",), "נועה כהן"),
    ],
)
def test_pieces_are_joined_without_stray_blanks(
    texts: list[Any], values: tuple[str, ...], expected: str
) -> None:
    assert filled(compile_text(body(*texts), DEFAULT_FIELDS), *values) == expected


@pytest.mark.parametrize(
    ("truths", "expected"),
    [
        (("1", "1"), "א\nב ג"),
        (("1", ""), "א"),
        (("", "1"), "ב ג"),
        (("", ""), ""),
    ],
)
def test_a_piece_that_is_not_shown_leaves_nothing_behind(
    truths: tuple[str, str], expected: str
) -> None:
    other = {"not": HAIFA}
    plan = compile_text(
        body(
            {"text": "א", "show_if": HAIFA},
            {"text": "ב", "show_if": other},
            {"text": "ג", "show_if": other, "join": "space"},
        ),
        DEFAULT_FIELDS,
    )

    assert filled(plan, *truths) == expected
    assert plan.leaves_something(truths) is bool(expected)


def test_links_are_short_and_tracked_and_keep_what_stands_behind_them() -> None:
    plan = compile_text(
        body("הנה: https://shop.example/a?x=1, ועוד (https://shop.example/[[city]])."),
        DEFAULT_FIELDS,
    )

    text = filled(plan, "חיפה")
    first, second = f"https://k.example/s/{SAMPLE_TOKEN}", f"https://k.example/s/{SAMPLE_TOKEN}/1"
    assert text == f"הנה: {first}, ועוד ({second})."
    urls = [link.url for link in plan.links]
    assert urls == ["https://shop.example/a?x=1", "https://shop.example/[[city]]"]
    assert len(second.removeprefix("https://k.example")) <= 30


def test_the_token_of_a_preview_is_as_long_as_a_real_one() -> None:
    assert len(SAMPLE_TOKEN) == BRIEF_LENGTH == len(sign_brief("message", 123_456_789))


def test_the_way_out_may_stand_in_the_text() -> None:
    plan = compile_text(body("להסרה: [[unsubscribe_url]]"), DEFAULT_FIELDS)

    assert filled(plan) == f"להסרה: https://k.example/s/{SAMPLE_TOKEN}/u"
    assert not plan.errors


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (body(), "blocks"),
        (body("", " "), "blocks"),
        (body("[[no such]]"), "blocks.b0.text"),
        (body("x [[view_url]]"), "blocks.b0.text"),
        (body("x", {"kind": "divider"}) | {}, "blocks.b1.kind"),
    ],
)
def test_what_cannot_be_sent_is_named(given: dict[str, Any], path: str) -> None:
    if path == "blocks.b1.kind":
        given["blocks"][1] = {"id": "b1", "kind": "divider"}

    assert path in [problem.path for problem in compile_text(given, DEFAULT_FIELDS).errors]


FRAME = Frame("פרסומת:", "להסרה: {link}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("מבצע", "פרסומת: מבצע\nלהסרה: L"),
        ("פרסומת מבצע", "פרסומת מבצע\nלהסרה: L"),
        ("מבצע. להסרה L", "פרסומת: מבצע. להסרה L"),
    ],
)
def test_the_frame_says_nothing_twice(text: str, expected: str) -> None:
    assert framed(text, FRAME, "L") == expected
    assert framed(text, Frame(), "L") == text


def test_a_text_is_published_and_known_by_its_first_words(access: Any, now: datetime) -> None:
    document = actions.create_document(
        access, kind="sms", name="x", body=body("שלום [[first_name]]", "https://shop.example/")
    )

    version = actions.publish_version(access, document, now=now)

    assert version.subject == "שלום [[first_name]] https://shop.example/"
    assert [link.url for link in version.links.all()] == ["https://shop.example/"]
    assert opening(body("מ" * 75 + " [[first_name]] סוף")).count("[[") == 0


def test_a_mail_takes_no_pieces_of_text(workspace: Any) -> None:
    plan = compile_in(workspace, body("שלום"), subject="x", preheader="")

    assert [problem.path for problem in plan.errors] == ["blocks.b0.kind"]


def test_a_text_with_an_error_is_not_published(access: Any, now: datetime) -> None:
    document = actions.create_document(access, kind="sms", name="x", body=body("[[nobody]]"))

    with translation.override("en"), pytest.raises(Problems, match="no field called"):
        actions.publish_version(access, document, now=now)


def test_sizes_are_those_of_each_persons_own_text(
    workspace: Any, noa: Any, dan: Any, yael: Any, now: datetime
) -> None:
    long = "מ" * 100
    plan = compile_in(
        workspace,
        body(
            {"text": long, "show_if": HAIFA},
            {
                "text": "[[first_name]]",
                "show_if": {"field": "first_name", "op": "equals", "value": "דן"},
            },
        ),
        subject="",
        preheader="",
        kind="sms",
    )
    people = Contact.objects.filter(workspace=workspace)
    people.exclude(pk=noa.pk).update(city="")

    found = sizes(workspace, plan, ALL, now=now)

    assert found == Sizes(
        contacts=3, units=3, by_parts=found.by_parts, nothing=1, longest=(100, noa.pk)
    )
    assert found.by_parts == {2: 1, 1: 1}
    for person in people:
        text = text_for(workspace, plan, person, now=now)
        assert measure(text).parts == {noa.pk: 2, dan.pk: 1, yael.pk: 0}[person.pk]


def test_the_frame_and_the_billing_rule_are_counted(
    workspace: Any, noa: Any, now: datetime
) -> None:
    plan = compile_in(workspace, body("מ" * 60), subject="", preheader="", kind="sms")

    bare = sizes(workspace, plan, ALL, now=now, units=lambda size: 10 * size.parts)
    whole = sizes(workspace, plan, ALL, now=now, frame=FRAME)

    assert (bare.units, bare.by_parts) == (10, {1: 1})
    assert whole.by_parts == {2: 1}
    assert settings.BASE_URL in text_for(workspace, plan, noa, now=now, frame=FRAME)


def test_a_large_audience_is_sampled(
    workspace: Any, noa: Any, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("kesher.content.text_sizes.EXACT_LIMIT", 50)
    Contact.objects.bulk_create(
        [
            Contact(
                workspace=workspace,
                first_name="א" * (n % 90),
                source="staff",
                created_at=now,
                updated_at=now,
                external_id=str(n),
            )
            for n in range(400)
        ]
    )
    plan = compile_in(workspace, body("[[first_name]]"), subject="", preheader="", kind="sms")

    found = sizes(workspace, plan, ALL, now=now)

    assert found.about
    assert found.contacts == 401
    assert 350 <= sum(found.by_parts.values()) + found.nothing <= 450
