"""E-06: one newsletter, three audiences; with T4, T15, T22 and T23 on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from kesher.campaigns import actions
from kesher.campaigns.errors import CannotSend
from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact
from kesher.contacts.rules import vocabulary_of
from kesher.content.coverage import coverage
from kesher.events import counters
from kesher.events.models import Event
from kesher.messages.reasons import in_words
from kesher.rules.parse import parse
from kesher.rules.words import in_words as rule_in_words
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd

NEUTRAL, NO_CHILDREN, PARENTS, MANY = "לכולם", "לזוגות בלי ילדים", "להורים", "למשפחות גדולות"


def text(number: str, words: str, show_if: Any = None) -> dict[str, Any]:
    block = {"id": number, "kind": "text", "html": f"<p>{words}</p>"}
    return {**block, "show_if": show_if} if show_if else block


@pytest.fixture
def family(shop: Shop) -> Shop:
    """The shop with its fields about families."""
    shop.field("מצב משפחתי", "choice", choices=["נשואים", "רווקים"])
    shop.field("יש ילדים", "yes_no")
    shop.field("מספר ילדים", "number", decimals=0)
    return shop


def newsletter(shop: Shop) -> list[dict[str, Any]]:
    has, count = shop.fields["יש ילדים"], shop.fields["מספר ילדים"]
    is_parent = {"field": has, "op": "is", "value": True}
    more = {"field": count, "op": "gt", "value": 4}
    return [
        {"id": "h", "kind": "heading", "text": "שלום [[שם פרטי|לכם]]"},
        text("n", NEUTRAL),
        text("p1", NO_CHILDREN, {"field": has, "op": "is", "value": False}),
        text("p2", PARENTS, is_parent),
        text("p3", MANY, {"all": [is_parent, more]}),
    ]


def parts_in(words: str) -> set[str]:
    return {part for part in (NEUTRAL, NO_CHILDREN, PARENTS, MANY) if part in words}


FAMILIES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("בלי ילדים", {"יש ילדים": False}, {NEUTRAL, NO_CHILDREN}),
    ("שניים", {"יש ילדים": True, "מספר ילדים": 2}, {NEUTRAL, PARENTS}),
    ("ארבעה", {"יש ילדים": True, "מספר ילדים": 4}, {NEUTRAL, PARENTS}),
    ("חמישה", {"יש ילדים": True, "מספר ילדים": 5}, {NEUTRAL, PARENTS, MANY}),
    ("לא ידוע", {}, {NEUTRAL}),
    ("חמישה בלי לומר שיש", {"מספר ילדים": 5}, {NEUTRAL}),
]


@pytest.mark.parametrize("others", CROWDS)
def test_one_newsletter_reaches_three_audiences(family: Shop, others: int) -> None:
    people = [family.person(name, values=values) for name, values, _parts in FAMILIES]
    guests = crowd(family, others, fields={family.fields["יש ילדים"]: True})
    campaign = family.campaign(newsletter(family), to=family.list("קוראים", *people, *guests))

    family.send(campaign)

    for person, (_name, _values, parts) in zip(people, FAMILIES, strict=True):
        (mail,) = family.got(person)
        assert parts_in(mail.html) == parts
        assert parts_in(mail.text) == parts
    found = coverage(family.workspace, campaign.document.body, None, now=family.clock.now)
    assert found.blocks == {"p1": 1, "p2": 3 + others, "p3": 1}
    assert [[parts_in(mail.text) for mail in mails] for mails in family.post(guests)] == [
        [{NEUTRAL, PARENTS}]
    ] * others
    assert found.nothing == 0


def test_four_and_above_is_not_more_than_four(family: Shop) -> None:
    """T15: both exist, and say so in words."""
    count = family.fields["מספר ילדים"]
    above = {"field": count, "op": "gt", "value": 4}
    from_four = {"field": count, "op": "gte", "value": 4}
    four, five = (family.person(str(n), values={"מספר ילדים": n}) for n in (4, 5))
    blocks = [text("n", NEUTRAL), text("a", PARENTS, from_four), text("b", MANY, above)]

    family.send(family.campaign(blocks, to=family.list("קוראים", four, five)))

    assert parts_in(family.got(four)[0].html) == {NEUTRAL, PARENTS}
    assert parts_in(family.got(five)[0].html) == {NEUTRAL, PARENTS, MANY}
    words = vocabulary_of(family.workspace)
    with translation.override("he"):
        said = [rule_in_words(parse(rule, words), words) for rule in (above, from_four)]
    assert said[0] != said[1]


def test_a_missing_number_matches_no_band(family: Shop) -> None:
    """T4: unknown is not few, and not "not few" by accident: only an explicit "otherwise" takes it."""
    count = family.fields["מספר ילדים"]
    few = {"field": count, "op": "lte", "value": 2}
    many = {"field": count, "op": "gt", "value": 2}
    unknown = family.person("לא ידוע")
    blocks = [
        text("n", NEUTRAL),
        text("a", PARENTS, few),
        text("b", MANY, many),
        text("o", NO_CHILDREN, {"not": {"any": [few, many]}}),
    ]

    family.send(family.campaign(blocks, to=family.list("קוראים", unknown)))

    assert parts_in(family.got(unknown)[0].html) == {NEUTRAL, NO_CHILDREN}


def test_nobody_gets_an_empty_mail(family: Shop) -> None:
    """T23: a greeting and a footer are no message; it is refused with the reason, told and counted."""
    parent, unknown = family.person("הורה", values={"יש ילדים": True}), family.person("לא ידוע")
    blocks = [block for block in newsletter(family) if block["id"] != "n"]
    campaign = family.campaign(blocks, to=family.list("קוראים", parent, unknown))

    family.send(campaign)

    assert len(family.got(parent)) == 1
    assert family.got(unknown) == []
    message = family.message(unknown)
    assert (message.status, message.reason) == ("refused", "nothing_left")
    with translation.override("en"):
        assert "meant for" in in_words(message.reason)
    event = Event.objects.get(contact_id=unknown.pk, kind="message.refused")
    assert event.data["reason"] == "nothing_left"
    refused = f"campaign.{campaign.pk}.refused"
    assert counters.read(family.workspace.pk, [refused]) == {refused: 1}


BIRTHDAYS = [
    (date(1990, 2, 3), True),
    (date(2024, 2, 29), True),
    (date(1990, 3, 1), False),
    (None, False),
]


@pytest.mark.parametrize(("birthday", "is_greeted"), BIRTHDAYS)
def test_the_month_of_birth_ignores_the_year(
    shop: Shop, birthday: date | None, is_greeted: bool
) -> None:
    """T22. The month is that of the moment of sending, not of writing."""
    somebody = shop.person("מישהי", birthday=birthday)
    gift = text("g", PARENTS, {"field": "birthday", "op": "month_is", "value": "this"})
    campaign = shop.campaign([text("n", NEUTRAL), gift], to=shop.list("קוראים", somebody))

    shop.clock.now = datetime(2027, 2, 28, 10, 0, tzinfo=UTC)
    shop.send(campaign)

    assert (PARENTS in shop.got(somebody)[0].html) is is_greeted


LEAP = [
    (datetime(2027, 2, 28, 10, 0, tzinfo=UTC), True),
    (datetime(2027, 3, 1, 10, 0, tzinfo=UTC), False),
    (datetime(2028, 2, 28, 10, 0, tzinfo=UTC), False),
    (datetime(2028, 2, 29, 10, 0, tzinfo=UTC), True),
    (datetime(2027, 2, 27, 22, 30, tzinfo=UTC), True),  # the 28th in Jerusalem
]


@pytest.mark.parametrize(("at", "is_greeted"), LEAP)
def test_who_was_born_on_29_february_is_greeted_on_the_28th_of_common_years(
    shop: Shop, at: datetime, is_greeted: bool
) -> None:
    leapling: Contact = shop.person("מישהי", birthday=date(2000, 2, 29))
    wish = text("w", PARENTS, {"field": "birthday", "op": "day_is", "value": "today"})
    campaign = shop.campaign([text("n", NEUTRAL), wish], to=shop.list("קוראים", leapling))

    shop.clock.now = at
    shop.send(campaign)

    assert (PARENTS in shop.got(leapling)[0].html) is is_greeted


def test_a_rule_about_a_list_is_asked_when_the_mail_leaves(shop: Shop) -> None:
    """Somebody joins between writing and sending."""
    late, never = shop.person("מאחרת"), shop.person("אף פעם")
    readers = shop.list("קוראים", late, never)
    club = shop.list("מועדון")
    blocks = [text("n", NEUTRAL), text("c", PARENTS, {"list": club.key})]
    campaign = shop.campaign(blocks, to=readers)

    join_list(shop.workspace.pk, list_id=club.pk, contact_ids=[late.pk], now=shop.clock.now)
    shop.send(campaign)

    assert parts_in(shop.got(late)[0].html) == {NEUTRAL, PARENTS}
    assert parts_in(shop.got(never)[0].html) == {NEUTRAL}


def test_tags_stand_in_subject_preheader_sender_and_links(shop: Shop) -> None:
    shop.field("סכום קנייה", "number")
    buyer = shop.person("נועה", city="חיפה", values={"סכום קנייה": 1240})
    link = '<a href="https://shop.example/?from=[[city]]">לחנות</a>'
    blocks = [text("n", f"קניתם ב־[[סכום קנייה:כסף|0]] {link}")]
    campaign = shop.campaign(blocks, to=shop.list("קוראים", buyer), subject="[[שם פרטי]], תודה")
    actions.set_sender(
        shop.access,
        campaign,
        name="הספר הירוק, [[עיר|ישראל]]",
        email="",
        reply_to="",
        message_class="service",
    )
    campaign.refresh_from_db()

    shop.send(campaign)

    (mail,) = shop.got(buyer)
    assert mail.subject == "נועה, תודה"
    assert "הספר הירוק, חיפה" in mail.sender
    assert "1,240\u00a0\u200f₪" in mail.html


def test_a_tag_that_names_nothing_in_the_senders_name_stops_sending(shop: Shop) -> None:
    somebody = shop.person("נועה")
    campaign = shop.campaign([text("n", NEUTRAL)], to=shop.list("קוראים", somebody))
    name = "הספר, [[עייר|ישראל]]"
    actions.set_sender(
        shop.access, campaign, name=name, email="", reply_to="", message_class="service"
    )
    campaign.refresh_from_db()

    with translation.override("en"), pytest.raises(CannotSend) as refused:
        shop.send(campaign)

    assert [problem.key for problem in refused.value.problems] == ["bad_sender_name"]
