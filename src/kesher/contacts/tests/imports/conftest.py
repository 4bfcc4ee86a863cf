"""An import from bytes to its end, in one call, without a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kesher.contacts.imports import actions, mapping, plan
from kesher.contacts.imports.run import run_import
from kesher.contacts.models import Import

Importing = Callable[..., Import]


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def started(access: Any, now: datetime) -> Importing:
    """Receive a file and start it, with every guess of the columns unless `to` says otherwise."""

    def start(
        content: bytes | str,
        *,
        to: dict[str, str] | None = None,
        name: str = "people.csv",
        **options: Any,
    ) -> Import:
        raw = content.encode() if isinstance(content, str) else content
        row = actions.receive(access, chunks=[raw], name=name)
        entries = [
            replace(entry, to=(to or {}).get(entry.header, entry.to))
            for entry in mapping.from_json(row.mapping)
        ]
        chosen = plan.Options(**{"consent": plan.UNKNOWN, **options})
        actions.choose(row, entries=entries, options=chosen)
        return actions.start(access, row, now=now)

    return start


@pytest.fixture
def imported(started: Importing, now: datetime) -> Importing:
    """The same, run to its end."""

    def run(content: bytes | str, *, chunk_rows: int = 5000, **rest: Any) -> Import:
        row = started(content, **rest)
        run_import(row.pk, clock=lambda: now, chunk_rows=chunk_rows)
        row.refresh_from_db()
        return row

    return run


def balance(row: Import) -> bool:
    """Accepted and refused make all rows."""
    accepted = row.created_count + row.updated_count + row.unchanged_count
    return accepted + row.refused_count == row.rows
