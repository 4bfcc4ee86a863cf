"""A rule says itself in both languages; ≥ and > are told apart, and a negation says who else passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kesher.rules.parse import parse
from kesher.rules.tests.helpers import VOCABULARY, Case, cases
from kesher.rules.vocabulary import Kind, Message
from kesher.rules.words import in_words

SENTENCES: list[tuple[Any, str, str]] = [
    (
        {"field": "score", "op": "gt", "value": 4},
        "ציון כולל is more than 4",
        "ציון כולל: יותר מ־4",
    ),
    (
        {"field": "score", "op": "gte", "value": 4},
        "ציון כולל is 4 or more",
        "ציון כולל: 4 ומעלה",
    ),
    (
        {"not": {"field": "score", "op": "lt", "value": 4}},
        "ציון כולל is not less than 4 (or not known)",
        "ציון כולל: לא פחות מ־4 (או שלא ידוע)",
    ),
    (
        {"field": "score", "op": "between", "value": [50, 60]},
        "ציון כולל is between 50 and 60, both included",
        "ציון כולל: בין 50 ל־60 (כולל)",
    ),
    (
        {"not": {"field": "city", "op": "is_set"}},
        "עיר has no value",
        "עיר: אין ערך",
    ),
    (
        {"field": "birthday", "op": "month_is", "value": "this"},
        "the month of יום הולדת is this month",
        "יום הולדת: החודש הוא החודש הנוכחי",
    ),
    (
        {"field": "birthday", "op": "day_is", "value": "03-26"},
        "יום הולדת falls, each year, on 26 March",
        "יום הולדת: חל (בכל שנה) ב־26 במרץ",
    ),
    (
        {"field": "wedding", "op": "in_last", "value": "P2M"},
        "יום נישואין is today or at most 2 months ago",
        "יום נישואין: היום או לכל היותר לפני חודשיים",
    ),
    (
        {"field": "color", "op": "one_of", "value": ["red", "blue"]},
        "צבע is “אדום” or “כחול”",
        "צבע: ״אדום״ או ״כחול״",
    ),
    (
        {
            "all": [
                {"field": "city", "op": "equals", "value": "חיפה"},
                {"any": [{"list": "vip"}, {"segment": "haifa"}]},
                {"not": {"consent": "sms"}},
            ]
        },
        "עיר is “חיפה” and (is in the list “לקוחות VIP” or is in the segment “חיפאים”)"
        " and has not agreed to receive SMS",
        "עיר: ״חיפה״ וגם (ברשימה ״לקוחות VIP״ או בפלח ״חיפאים״) וגם אין הסכמה לקבל SMS",
    ),
    (
        {
            "not": {
                "did": "message.opened",
                "where": {"message": "previous"},
                "within": "P30D",
            }
        },
        "did not do “פתיחת מייל” (of the previous message of the journey) in the last 30 days",
        "לא היה האירוע ״פתיחת מייל״ (עם ההודעה הקודמת של המסע) ב־30 הימים האחרונים",
    ),
    (
        {"did": "purchase.made", "where": {"total": {"op": "gt", "value": 200}}, "times": {"at_least": 2}},
        "did “רכישה” at least 2 times (where סכום is more than 200)",
        "היה האירוע ״רכישה״ לפחות פעמיים (כאשר סכום: יותר מ־200)",
    ),
    (
        {"not": {"any": [{"list": "vip"}, {"field": "city", "op": "is_set"}]}},
        "is not in the list “לקוחות VIP” and עיר has no value",
        "לא ברשימה ״לקוחות VIP״ וגם עיר: אין ערך",
    ),
    (
        {"not": {"all": [{"list": "vip"}, {"consent": "email"}]}},
        "it is not true that (is in the list “לקוחות VIP” and has agreed to receive e-mail)",
        "לא מתקיים: (ברשימה ״לקוחות VIP״ וגם יש הסכמה לקבל דוא״ל)",
    ),
    (
        {"did": "purchase.made", "times": {"exactly": 0}, "since": "2026-11-10"},
        "did not do “רכישה” since 10.11.2026",
        "לא היה האירוע ״רכישה״ החל מ־10.11.2026",
    ),
    ({"not": {"all": []}}, "never", "אף פעם"),
    ({"all": []}, "always", "תמיד"),
]  # fmt: skip


@pytest.mark.parametrize(("json", "english", "hebrew"), SENTENCES)
def test_a_rule_says_itself(json: Any, english: str, hebrew: str) -> None:
    rule = parse(json, VOCABULARY)

    with override("en"):
        assert in_words(rule, VOCABULARY) == english
    with override("he"):
        assert in_words(rule, VOCABULARY) == hebrew


OPENED = replace(
    VOCABULARY,
    kinds=(
        Kind("message.opened", "?", did=(_("opened %(message)s"), _("did not open %(message)s"))),
    ),
    messages=(Message("campaign-7", "מבצע", {"source_id": "7"}),),
)


@pytest.mark.parametrize(
    ("json", "english", "hebrew"),
    [
        (
            {"within": "P90D"},
            "opened a message in the last 90 days",
            "פתחו הודעה ב־90 הימים האחרונים",
        ),
        ({"within": "PT1H"}, "opened a message in the last hour", "פתחו הודעה בשעה האחרונה"),
        (
            {"within": "P1M3D"},
            "opened a message in the last 1 month and 3 days",
            "פתחו הודעה במהלך חודש אחד ו־3 ימים עד עכשיו",
        ),
        (
            {"times": {"at_least": 3}},
            "opened a message at least 3 times",
            "פתחו הודעה לפחות 3 פעמים",
        ),
        ({"times": {"exactly": 0}}, "did not open a message", "לא פתחו הודעה"),
        (
            {"where": {"message": "campaign-7"}},
            "opened the message “מבצע”",
            "פתחו את ההודעה ״מבצע״",
        ),
        (
            {"where": {"message": "previous"}},
            "opened the previous message of the journey",
            "פתחו את ההודעה הקודמת של המסע",
        ),
    ],
)
def test_a_deed_is_told_as_people_tell_it(json: Any, english: str, hebrew: str) -> None:
    rule = parse({"did": "message.opened", **json}, OPENED)

    with override("en"):
        assert in_words(rule, OPENED) == english
    with override("he"):
        assert in_words(rule, OPENED) == hebrew


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.name}")
def test_every_rule_has_words_in_both_languages(case: Case) -> None:
    rule = parse(case.rule, VOCABULARY)
    said = []
    for language in ("en", "he"):
        with override(language):
            said.append(in_words(rule, VOCABULARY))

    assert all(said)
    assert said[0] != said[1]
    assert "%(" not in "".join(said)
