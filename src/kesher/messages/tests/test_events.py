"""How mail reads on a contact's timeline."""

from __future__ import annotations

import pytest
from django.utils import translation

from kesher.lib.bidi import END, FIRST_STRONG
from kesher.messages.events import CLICKED, OPENED


def unmarked(text: str) -> str:
    """Without the marks of direction."""
    return text.translate({ord(FIRST_STRONG): None, ord(END): None})


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
        assert unmarked(OPENED.in_words({"subject": subject})) == shown


def test_a_click_names_its_link_and_its_mail() -> None:
    with translation.override("en"):
        told = CLICKED.in_words({"subject": "[[שם פרטי|Friend]]!", "label": "To the shop"})
    assert unmarked(told) == "Clicked “To the shop” in “Friend!”"
