"""Values in a mail: whatever a contact is called, it stays in its place."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.content.compile import compile_document
from kesher.content.escape import ENCODERS
from kesher.content.plan import Plan
from kesher.content.render import Constants, Renderer

Mail = Callable[..., Plan]
CONSTANTS = Constants("https://m.example", business_name="חנות")
HOSTILE = [
    "<script>alert(1)</script>",
    '"onmouseover="x',
    "'><img src=x onerror=y>",
    "a]] [[email]] {{ x }} {% y %}",
    "Subject: x\r\nBcc: all@example.com",
    "\u202egnp.exe",
    "\u2066\u2067\u2069 stray",
    "\x00\x01TOKEN@@1@@",
    "javascript:alert(1)",
    "&amp; &lt;",
    "𝓃🙂",
]


def everywhere() -> dict[str, Any]:
    return {
        "language": "he",
        "blocks": [
            {"id": "h", "kind": "heading", "text": "שלום [[first_name]], כן"},
            {"id": "t", "kind": "text", "html": '<p>א <strong>[[first_name]]</strong> <a href="https://a.example/?q=[[first_name]]">ב</a></p>'},
            {"id": "i", "kind": "image", "src": "https://a.example/[[first_name]].png", "alt": "תמונה של [[first_name]]"},
            {"id": "b", "kind": "button", "text": "[[first_name]]", "url": "[[first_name]]"},
        ],
    }  # fmt: skip


PLAN = compile_document(
    everywhere(), subject="[[first_name]]", preheader="[[first_name]]", fields=DEFAULT_FIELDS
)


class Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _value in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def parts_of(html: bytes) -> Parts:
    parser = Parts()
    parser.feed(html.decode())
    return parser


def check(value: str) -> None:
    renderer = Renderer(PLAN, CONSTANTS)

    for token in ("", "TOKEN"):
        harmless = parts_of(renderer.render(token, ("נועה",)).html)
        made = renderer.render(token, (value,))
        found = parts_of(made.html)
        if token == "":
            extra = set(found.tags) - set(harmless.tags)
            assert extra <= {"br"}
        assert found.names <= harmless.names
        for address in found.addresses:
            assert address.startswith(("https://", "#", "/")) or address == ""
            assert not set(address) & set(' <>"\n')
        assert "\n" not in made.subject
        assert "\r" not in made.subject
        for text in (made.html.decode(), made.subject, made.text.decode()):
            assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\x00\x01")
            assert text.count("\u2068") == text.count("\u2069")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_in_its_place(value: str) -> None:
    check(value)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_value_stays_in_its_place(value: str) -> None:
    check(value)


def test_a_line_break_in_a_value_starts_no_header() -> None:
    made = Renderer(PLAN, CONSTANTS).render("T", ("x\r\nBcc: all@example.com",))

    parsed = message_from_bytes(f"Subject: {made.subject}\r\n\r\n".encode(), policy=policy.SMTP)

    assert parsed.keys() == ["Subject"]


def test_a_value_that_could_disturb_is_isolated_and_a_plain_one_is_not(mail: Mail) -> None:
    renderer = Renderer(
        mail({"kind": "heading", "text": "x"}, subject="שלום [[first_name]]!"), CONSTANTS
    )

    assert renderer.render("T", ("נועה",)).subject == "שלום נועה!"
    assert renderer.render("T", ("Noa",)).subject == "שלום \u2068Noa\u2069!"


@pytest.mark.parametrize(
    ("name", "direction"),
    [("Zoë", "ltr"), ("Léa O’Brien", "ltr"), ("Łukasz", "ltr"), ("בן־דוד", "rtl")],
)
def test_a_name_of_the_mails_own_direction_is_plain_with_any_accent(
    name: str, direction: str
) -> None:
    assert ENCODERS["header"](name, direction) == name


MISSING = [
    ("שלום [[first_name]], מה נשמע", "שלום, מה נשמע"),
    ("[[first_name]], מה נשמע", "מה נשמע"),
    ("היי [[first_name]]!", "היי!"),
    ("היי [[first_name|חבר]], מה", "היי חבר, מה"),
    ("לכבוד [[first_name]] [[last_name]], שלום", "לכבוד, שלום"),
    ("[[שם פרטי|אורח]] וגם [[FIRST_NAME|x]]", "אורח וגם \u2068x\u2069"),
    ("[[ first_name | יקר ]]", "יקר"),
    ("[[]] [[ ]]", "[[]]"),
]


@pytest.mark.parametrize(("text", "expected"), MISSING)
def test_a_missing_value_leaves_no_gap(mail: Mail, text: str, expected: str) -> None:
    plan = mail({"kind": "heading", "text": "x"}, subject=text)

    made = Renderer(plan, CONSTANTS).render("T", ("",) * len(plan.values))

    assert made.subject.removesuffix(" ") == expected


@pytest.mark.parametrize("context", list(ENCODERS))
@pytest.mark.parametrize("value", HOSTILE)
def test_no_context_lets_markup_or_direction_through(context: str, value: str) -> None:
    encoded = ENCODERS[context](value, "rtl")

    assert "\u202e" not in encoded
    if context in ("html", "attr", "url", "whole_url"):
        bare = encoded.replace("<bdi>", "").replace("</bdi>", "").replace("<br>", "")
        assert not set(bare) & set('<>"')


def test_a_tag_in_rich_text_may_hold_escaped_words(mail: Mail) -> None:
    plan = mail({"kind": "text", "html": "<p>[[first_name|א &amp; ב]]</p>"})

    made = Renderer(plan, CONSTANTS).render("T", ("",))

    assert "<bdi>א &amp; ב</bdi>" in made.html.decode()


HOSTS = [
    ("https://[[city]].example/", "tag_in_host"),
    ("https://[[city]]/x", "tag_in_host"),
    ("//[[city]]/x", "tag_in_host"),
    ("[[city]]/x", "tag_in_host"),
    ("https://a.example/[[city]]", None),
    ("https://a.example?c=[[city]]", None),
    ("[[city]]", None),
    ("[[unsubscribe_url]]&x=1", None),
    ("mailto:[[email]]", None),
]


@pytest.mark.parametrize(("url", "code"), HOSTS)
def test_a_value_never_names_the_site_of_a_link(mail: Mail, url: str, code: str | None) -> None:
    plan = mail({"kind": "button", "text": "x", "url": url})

    assert {problem.code for problem in plan.problems if problem.code} == (
        {code} if code else set()
    )
