"""The small variant of bench/render.py: rendering is worth its own machinery."""

from __future__ import annotations

import pytest
from bench.render import measure


@pytest.mark.bench
def test_a_whole_mail_is_made_faster_than_jinja2_fills_its_html() -> None:
    def ratio() -> float:
        rates, _plan = measure(4_000)
        return rates["kesher"] / rates["jinja2"]

    # Other work on the machine disturbs a short run: the best of three is what the code can do.
    assert any(ratio() >= 1.5 for _attempt in range(3))
