"""What is written from the code agrees with it."""

from __future__ import annotations

import re
from pathlib import Path

from kesher.project import environment as env
from kesher.project.reference import stale_pages

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_reference_pages_are_fresh() -> None:
    assert stale_pages() == [], "run `make docs`"


def test_every_setting_that_the_guides_name_exists() -> None:
    guides = [CHECKOUT / "README.md", *(CHECKOUT / "docs" / "operators").rglob("*.md")]
    named = {name for path in guides for name in re.findall(r"KESHER_[A-Z_]+", path.read_text())}

    assert named <= set(env.ENVIRONMENT)


def test_every_guide_is_there_in_hebrew() -> None:
    folder = CHECKOUT / "docs" / "operators"

    assert {p.name for p in folder.glob("*.md")} == {p.name for p in (folder / "he").glob("*.md")}


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(CHECKOUT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []
