"""From a document to a mail: direction, links, what is wrong, spans, plain text."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.content.compile import compile_document
from kesher.content.plan import Plan
from kesher.content.render import Constants, Renderer
from kesher.content.templates import TEMPLATES

Mail = Callable[..., Plan]
CONSTANTS = Constants("https://m.example", business_name="חנות הספר", business_address="הרצל 12")
VOID = {"meta", "img", "br", "hr", "link", "input", "!doctype"}


class Balance(HTMLParser):
    """Raises when an element is closed that is not open; also reads what Outlook alone reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.directions: set[str | None] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("table", "td"):
            self.directions.add(dict(attrs).get("dir"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Balance:
    parser = Balance()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def as_outlook(html: str) -> str:
    """What Outlook reads: conditional comments opened, those for the others left out."""
    html = html.replace("<!--[if !mso]><!-->", "<!--").replace("<!--<![endif]-->", "-->")
    for opening in ("<!--[if mso | IE]>", "<!--[if mso]>", "<!--[if lte mso 11]>"):
        html = html.replace(opening, "")
    return html.replace("<![endif]-->", "")


def rendered(plan: Plan, *values: str, token: str = "TOKEN") -> tuple[str, str, str]:  # noqa: S107
    padded = (*values, *("",) * len(plan.values))[: len(plan.values)] + ("1",) * len(plan.rules)
    made = Renderer(plan, CONSTANTS).render(token, padded)
    return made.subject, made.html.decode(), made.text.decode()


@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.key)
def test_every_template_makes_a_whole_mail_in_its_direction(template: Any) -> None:
    plan = compile_document(
        template.body,
        subject=template.subject or "נושא",
        preheader=template.preheader,
        fields=DEFAULT_FIELDS,
    )

    html = rendered(plan, "נועה")[1]

    assert [str(problem) for problem in plan.problems] == []
    expected = "rtl" if template.language == "he" else "ltr"
    assert read(html).directions == {expected}
    assert read(as_outlook(html)).directions == {expected}
    assert f'lang="{template.language}" dir="{expected}"' in html
    assert ("direction:ltr" in html) is (expected == "ltr")
    assert 'role="presentation"' in html
    assert "/u/TOKEN" in html
    assert "@@" not in html
    assert "\x01" not in html


def test_a_plan_survives_being_stored(welcome: dict[str, Any]) -> None:
    plan = compile_document(welcome, subject="[[first_name]]", preheader="x", fields=DEFAULT_FIELDS)

    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_web_links_are_tracked_and_others_left_alone(mail: Mail) -> None:
    plan = mail(
        {
            "kind": "text",
            "html": '<p><a href="https://a.example/?x=1&amp;y=2">א</a> <a href="mailto:a@b.example">ב</a>'
            ' <a href="tel:+97248123456">ג</a> <a href="[[unsubscribe_url]]">ד</a> <a href="#top">ה</a></p>',
        }
    )

    html = rendered(plan)[1]

    assert [(link.url, link.label, link.block_id) for link in plan.links] == [
        ("https://a.example/?x=1&y=2", "א", "b0")
    ]
    assert 'href="https://m.example/c/TOKEN/0"' in html
    assert 'href="mailto:a@b.example"' in html
    assert 'href="tel:+97248123456"' in html
    assert 'href="https://m.example/u/TOKEN"' in html
    assert 'href="#top"' in html


def test_a_preview_has_plain_links_and_no_pixel(mail: Mail) -> None:
    plan = mail({"kind": "button", "text": "x", "url": "https://a.example/?n=[[first_name]]&b=1"})

    html = rendered(plan, "נ & ע", token="")[1]

    assert 'href="https://a.example/?n=%D7%A0%20%26%20%D7%A2&amp;b=1"' in html
    assert ".gif" not in html
    assert "/c/" not in html


def test_a_sent_mail_has_one_pixel(mail: Mail) -> None:
    html = rendered(mail({"kind": "heading", "text": "x"}))[1]

    assert html.count("https://m.example/o/TOKEN.gif") == 1


def test_the_same_link_is_one_in_html_and_in_text(mail: Mail) -> None:
    plan = mail({"kind": "button", "text": "לחנות", "url": "https://a.example/"})

    _subject, html, text = rendered(plan)

    assert len(plan.links) == 1
    assert "/c/TOKEN/0" in html
    assert "לחנות\nhttps://m.example/c/TOKEN/0" in text


PROBLEMS = [
    ({"kind": "image", "src": "https://a.example/a.png"}, "blocks.b0.alt", "warning"),
    ({"kind": "image", "src": "http://a.example/a.png", "alt": "x"}, "blocks.b0.src", "warning"),
    ({"kind": "image"}, "blocks.b0.src", "error"),
    ({"kind": "button", "text": "x"}, "blocks.b0.url", "error"),
    ({"kind": "button", "url": "https://a.example/"}, "blocks.b0.text", "error"),
    ({"kind": "button", "text": "x", "url": "shop.example/sale"}, "blocks.b0.url", "warning"),
    ({"kind": "button", "text": "x", "url": "לחנות"}, "blocks.b0.url", "error"),
    ({"kind": "text", "html": "<p>[[shoe size]]</p>"}, "blocks.b0.html", "error"),
    ({"kind": "social", "items": [{"network": "x"}]}, "blocks.b0.items[0].url", "error"),
]


@pytest.mark.parametrize(("block", "path", "severity"), PROBLEMS)
def test_what_is_wrong_with_a_mail_is_told(
    mail: Mail, block: dict[str, Any], path: str, severity: str
) -> None:
    found = {problem.path: problem.severity for problem in mail(block).problems}

    assert found.get(path) == severity


def test_an_empty_mail_without_subject_is_told_twice(mail: Mail) -> None:
    assert {"blocks", "subject"} <= {p.path for p in mail(subject=" ").errors}


def test_a_mail_that_gmail_would_cut_is_told(mail: Mail) -> None:
    plan = mail(*({"kind": "text", "html": f"<p>{'מילה ' * 2000}</p>"} for _ in range(7)))

    assert any("Gmail" in problem.message for problem in plan.problems)


def test_a_footer_is_added_where_there_is_no_way_out(mail: Mail) -> None:
    block = {"kind": "text", "html": "<p>שלום</p>"}

    assert "/u/TOKEN" in rendered(mail(block))[1]
    assert "/u/TOKEN" not in rendered(mail(block, with_footer=False))[1]


def test_whatever_spans_are_left_out_the_mail_stays_whole(mail: Mail) -> None:
    text = {"kind": "text", "html": '<p>[[first_name]] <a href="https://a.example">x</a></p>'}
    columns = {
        "kind": "columns",
        "columns": [
            {"blocks": [{"id": "c1", **text, "show_if": {"a": 4}}]},
            {"blocks": [{"id": "c2", **text}]},
        ],
    }
    plan = mail(
        {**text, "show_if": {"a": 0}},
        {**columns, "show_if": {"a": 1}},
        {**text, "show_if": {"a": 2}},
        {"kind": "footer", "html": "x", "show_if": {"a": 3}},
    )
    renderer = Renderer(plan, CONSTANTS)
    assert len(plan.rules) == 5

    sizes = set()
    for truths in itertools.product(("1", ""), repeat=5):
        made = renderer.render("T", ("נועה", *truths))
        read(made.html.decode())
        read(as_outlook(made.html.decode()))
        sizes.add((len(made.html), len(made.text)))

    assert len(sizes) > 10


def test_a_column_and_a_section_of_which_nothing_is_left_are_gone(mail: Mail) -> None:
    def text(number: str, word: str, rule: Any = None) -> dict[str, Any]:
        block = {"id": number, "kind": "text", "html": f"<p>{word}</p>"}
        return {**block, "show_if": rule} if rule else block

    one, two = {"consent": "email"}, {"consent": "sms"}
    both = {
        "kind": "columns",
        "background": "#f7e8ee",
        "columns": [{"blocks": [text("a", "A", one)]}, {"blocks": [text("b", "B", two)]}],
    }
    plan = mail(text("n", "N"), both, text("m", "M", one), both | {"columns": [{"blocks": [text("c", "C")]}]})  # fmt: skip
    renderer = Renderer(plan, CONSTANTS)

    columns = {}
    for truths in itertools.product((True, False), repeat=2):
        holds = dict(zip((repr(one), repr(two)), truths, strict=True))
        found = ["1" if holds.get(repr(rule), any(truths)) else "" for rule in plan.rules]
        html = renderer.render("T", found).html.decode()
        read(html)
        read(as_outlook(html))
        columns[truths] = (html.count('k-col"'), html.count("#f7e8ee"))

    assert {truths: count for truths, (count, _pink) in columns.items()} == {
        (True, True): 3,
        (True, False): 2,
        (False, True): 2,
        (False, False): 1,
    }
    assert columns[False, False][1] < columns[False, True][1]


def test_plain_text_reads_like_a_letter(mail: Mail) -> None:
    plan = mail(
        {"kind": "heading", "text": "שלום [[first_name|לכם]]"},
        {
            "kind": "text",
            "html": "<p>שורה<br>ועוד</p><ul><li>אחת</li><li>שתיים</li></ul><ol><li>א</li><li>ב</li></ol>"
            '<p>ראו <a href="https://a.example">כאן</a>.</p>',
        },
        {"kind": "text", "html": "<p>Sale 50%</p>"},
        {"kind": "footer", "html": "", "preferences": False},
    )

    text = rendered(plan, "נועה")[2]

    assert text == (
        "שלום נועה\n===========\n\n"
        "שורה\nועוד\n\n\u200f• אחת\n\u200f• שתיים\n\n\u200f1. א\n\u200f2. ב\n\n"
        "ראו כאן ( https://m.example/c/TOKEN/0 ).\n\n"
        "\u200fSale 50%\n\n"
        "-- \n\u200f\u2068חנות הספר · הרצל 12\u2069\nהסרה מרשימת התפוצה: https://m.example/u/TOKEN\n"
    )
