"""How mail reads on a contact's timeline."""

from __future__ import annotations

import pytest
from django.utils import translation

from kesher.messages.events import CLICKED, OPENED


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("New books", "Opened “New books”"),
        ("[[first_name|Friend]], new books", "Opened “Friend, new books”"),
        ("[[first_name]], new books", "Opened “(First name), new books”"),
        ("", "Opened “…”"),
    ],
)
def test_merge_tags_of_a_subject_are_told_in_words(subject: str, shown: str) -> None:
    with translation.override("en"):
        assert OPENED.in_words({"subject": subject}) == shown


def test_a_click_names_its_link_and_its_mail() -> None:
    with translation.override("en"):
        assert CLICKED.in_words({"subject": "[[שם פרטי|Friend]]!", "label": "To the shop"}) == (
            "Clicked “To the shop” in “Friend!”"
        )
