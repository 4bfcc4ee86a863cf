"""How text is compared, and when it may be compared as it is stored."""

from __future__ import annotations

import sys

import pytest

from kesher.rules.folding import folded, folds_from_itself


def test_nothing_else_folds_to_what_is_compared_as_it_stands() -> None:
    """Text that needs no folding decomposes to nothing, so one code point after another proves it for all text."""
    for number in range(sys.maxunicode + 1):
        if 0xD800 <= number <= 0xDFFF:
            continue
        letter = chr(number)
        if folds_from_itself(folded(letter)):
            assert folded(letter) == letter


@pytest.mark.parametrize("text", ["חיפה", "תל אביב", "03-5551234", "בע״מ".replace("״", '"')])
def test_hebrew_and_numbers_are_compared_as_they_stand(text: str) -> None:
    assert folds_from_itself(text)


@pytest.mark.parametrize("text", ["", "Haifa", "שָׁלוֹם", "é", ";", "`", "תל\u200f"])
def test_what_could_be_spelled_otherwise_is_folded(text: str) -> None:
    assert not folds_from_itself(text)
