"""Triggers by date in words, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from kesher.accounts.access import Access
from kesher.journeys.graph import parse
from kesher.web.journeys.sentences import Teller

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "hebrew", "english"),
    [
        (
            {"field": "birthday", "every": "hebrew_year", "at": "09:00"},
            "יום הולדת, בשעה 09:00, כל שנה לפי התאריך העברי",
            "Birthday, at 09:00, every year by the Hebrew date",
        ),
        (
            {"holiday": "passover_eve", "offset": "-P14D", "at": "10:00"},
            "14 ימים לפני ערב פסח, בשעה 10:00, כל שנה",
            "14 days before Passover eve, at 10:00, every year",
        ),
        (
            {"hebrew_month": "shevat", "hebrew_day": 15},
            "ט״ו בשבט, כל שנה",
            "15 of Shevat, every year",
        ),
        ({"field": "birthday", "every": "month"}, "יום הולדת, כל חודש", "Birthday, every month"),
        ({"holiday": "purim", "every": "year"}, "פורים, כל שנה", "Purim, every year"),
        ({}, "…", "…"),
    ],
)
def test_a_date_says_itself(
    access: Access, given: dict[str, Any], hebrew: str, english: str
) -> None:
    nodes = {"end": {"kind": "exit"}}
    graph = parse({"nodes": nodes, "start": "end", "triggers": [{"kind": "date", **given}]})

    for language, expected in (("he", hebrew), ("en", english)):
        with translation.override(language):
            told = Teller(access.workspace, graph, 0).trigger(graph.triggers[0])
        assert told.translate({0x2068: None, 0x2069: None}) == expected
