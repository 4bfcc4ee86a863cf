"""Compiles the message catalogues (.po) of a checkout to what Django reads (.mo), when they changed.

Extracting and checking messages is a tool of developers: tools/messages.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def catalogues(package: Path = PACKAGE) -> Iterator[Path]:
    """Every .po file of the package: of its domains and of the areas of the web."""
    yield from sorted(package.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_catalogue(po: Path) -> None:
    """Write the .mo beside the .po; a reader never sees half a file."""
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    temporary = po.with_name(f".{po.stem}.{os.getpid()}.mo")
    with temporary.open("wb") as target:
        write_mo(target, catalogue)
    temporary.replace(po.with_suffix(".mo"))


def compile_stale(package: Path = PACKAGE) -> int:
    """Compile the catalogues that are newer than their compiled form; answers how many."""
    stale = [po for po in catalogues(package) if _is_stale(po)]
    for po in stale:
        compile_catalogue(po)
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime
