"""Names of files keep their ending together in Hebrew."""

from __future__ import annotations

import pytest

from kesher.lib.bidi import file_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("לקוחות 2026.csv", "\u2068לקוחות \u20662026.csv\u2069\u2069"),
        ("לקוחות.csv", "\u2068לקוחות.csv\u2069"),
        ("leads.csv", "\u2068\u2066leads.csv\u2069\u2069"),
    ],
)
def test_an_ending_stays_with_the_year_before_it(name: str, shown: str) -> None:
    assert file_name(name) == shown
