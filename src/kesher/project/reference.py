"""The reference pages under docs/: written from the code, so that they cannot lag behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kesher.project.environment import ENVIRONMENT
from kesher.rules import reference as rules

CHECKOUT = Path(__file__).resolve().parents[3]
DOCS = CHECKOUT / "docs"
NOTE = "<!-- Written by `make docs` from the code: change it there. -->\n"


def environment_page() -> str:
    rows = [
        f"| `{variable.key}` | {f'`{variable.default}`' if variable.default else ''} | {variable.meaning} |"
        for variable in ENVIRONMENT.values()
    ]
    head = "| variable | default | meaning |\n| --- | --- | --- |\n"
    return f"# Settings from the environment\n\n{NOTE}\n{head}" + "\n".join(rows) + "\n"


def openapi() -> str:
    """The schema of the REST API, sorted, so that a change reads as one."""
    from kesher.api.urls import api

    schema: Any = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def _journeys() -> Any:
    """Imported late: it needs Django set up."""
    from kesher.journeys import reference

    return reference


PAGES: dict[str, Callable[[], str]] = {
    "reference/environment.md": environment_page,
    "reference/journeys.md": lambda: _journeys().page(NOTE),
    "reference/rules.md": lambda: rules.page(NOTE),
    "openapi.json": openapi,
}


def write_pages() -> int:
    for name, page in PAGES.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
    return len(PAGES)


def stale_pages() -> list[str]:
    """The pages whose files differ from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != page()
    ]


def write_openapi() -> Path:
    path = DOCS / "openapi.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(openapi(), encoding="utf-8")
    return path
