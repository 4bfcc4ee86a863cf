from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.lib.sms import BASIC, EXTENDED, Size, dear_letters, measure, plainer, split_parts

CASES = [
    ("", Size("gsm7", 0, 0, 160, 160)),
    ("a" * 160, Size("gsm7", 160, 1, 160, 0)),
    ("a" * 161, Size("gsm7", 161, 2, 153, 145)),
    ("a" * 306, Size("gsm7", 306, 2, 153, 0)),
    ("a" * 307, Size("gsm7", 307, 3, 153, 152)),
    ("€", Size("gsm7", 2, 1, 160, 158)),
    ("€" * 80, Size("gsm7", 160, 1, 160, 0)),
    # 152 letters and an escape would tear it: it goes to the second part whole, and the first stays one short.
    ("a" * 152 + "€" + "a" * 7, Size("gsm7", 161, 2, 153, 144)),
    ("€" * 153, Size("gsm7", 306, 3, 153, 151)),
    ("ש" * 70, Size("ucs2", 70, 1, 70, 0)),
    ("ש" * 71, Size("ucs2", 71, 2, 67, 63)),
    ("ש" * 134, Size("ucs2", 134, 2, 67, 0)),
    ("ש" * 135, Size("ucs2", 135, 3, 67, 66)),
    ("🎉", Size("ucs2", 2, 1, 70, 68)),
    ("🎉" * 35, Size("ucs2", 70, 1, 70, 0)),
    ("ש" * 66 + "🎉" + "ש" * 5, Size("ucs2", 73, 2, 67, 60)),
    ("Hello 👩‍👩‍👧", Size("ucs2", 14, 1, 70, 56)),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=lambda case: str(case)[:20])
def test_texts_are_counted_as_phones_do(text: str, expected: Size) -> None:
    assert measure(text) == expected


ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from(sorted(BASIC)),
        st.sampled_from(sorted(EXTENDED)),
        st.sampled_from("שלום ״׳🎉👍é“”…"),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=600,
)


@given(ANY_TEXT)
def test_parts_hold_the_text_and_fit(text: str) -> None:
    size, parts = measure(text), split_parts(text)

    assert "".join(parts) == text
    assert len(parts) == size.parts
    for part in parts:
        width = len(part.encode("utf-16-be")) // 2 if size.encoding == "ucs2" else _septets(part)
        assert 0 < width <= size.per_part
    if parts and size.parts > 1:
        last = parts[-1]
        used = len(last.encode("utf-16-be")) // 2 if size.encoding == "ucs2" else _septets(last)
        assert size.left == size.per_part - used


def _septets(text: str) -> int:
    return sum(2 if letter in EXTENDED else 1 for letter in text)


@given(ANY_TEXT)
def test_a_letter_more_never_makes_a_text_smaller(text: str) -> None:
    for more in ("a", "€", "ש", "🎉"):
        assert measure(text + more).parts >= measure(text).parts


@given(ANY_TEXT)
def test_what_is_suggested_is_never_larger_and_suggests_no_more(text: str) -> None:
    suggested = plainer(text)

    assert measure(suggested).parts <= measure(text).parts
    assert plainer(suggested) == suggested


def test_curly_quotes_are_offered_straight_only_where_that_saves() -> None:
    assert plainer("Don’t miss “it” – now…") == 'Don\'t miss "it" - now...'
    assert plainer("דו״ח ‘קצר’") == "דו״ח ‘קצר’"
    assert dear_letters("naïve – çaré") == ["ï", "–", "ç", "á"][:3]
