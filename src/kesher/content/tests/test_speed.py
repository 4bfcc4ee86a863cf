"""The small variant of bench/render.py: rendering is worth its own machinery."""

from __future__ import annotations

import pytest
from bench.render import measure


@pytest.mark.bench
def test_a_whole_mail_is_made_faster_than_jinja2_fills_its_html() -> None:
    rates = measure(1_000)

    assert rates["kesher (subject, html, text)"] >= 1.5 * rates["jinja2 (html only)"]
