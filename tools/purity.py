"""Refuses requests, the network and the clock in the modules that decide. `now` and rows are passed in.

import-linter follows our own imports (contract "pure"); this looks at what it cannot: parts of packages
(`django.http`) and calls (`datetime.now()`). The active time zone may be asked; the time may not.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PURE = [
    "rules",
    "content/blocks",
    "content/document.py",
    "content/compile.py",
    "content/plan.py",
    "content/render.py",
    "contacts/fields",
    *(
        f"journeys/{name}.py"
        for name in (
            *("graph", "kinds", "settings", "checks", "when"),
            *("eventwords", "listening", "ownmessages", "reasons"),
        )
    ),
    "messages/reasons.py",
    *(
        f"messages/windows/{name}.py"
        for name in ("cities", "deciding", "rests", "settings", "words")
    ),
    "channels/email/mime.py",
    "channels/email/dkim.py",
]
FORBIDDEN_IMPORTS = (
    *(
        "django.http",
        "django.shortcuts",
        "django.core.handlers",
        "django.db",
    ),
    *("requests", "httpx", "urllib.request", "socket", "smtplib", "http.client", "asyncio"),
    *("kesher.lib.clock", "kesher.lib.sql"),
)
CLOCK_CALLS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("timezone", "now"), ("time", "time"), ("clock", "now"),
}  # fmt: skip


def modules(package: Path) -> Iterator[Path]:
    for entry in PURE:
        path = package / entry
        if path.is_dir():
            yield from (p for p in sorted(path.rglob("*.py")) if "tests" not in p.parts)
        elif path.exists():
            yield path


def problems_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        for name in imported(node):
            if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN_IMPORTS):
                yield f"{path}:{node.lineno}: imports {name}"  # type: ignore[attr-defined]
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
                if (owner, method) in CLOCK_CALLS:
                    yield f"{path}:{node.lineno}: asks {owner}.{method}() for the time"


def imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), level=0, names=names):
            yield module
            yield from (f"{module}.{alias.name}" for alias in names)


def main(arguments: list[str]) -> int:
    package = Path(arguments[0]) if arguments else CHECKOUT / "src" / "kesher"
    problems = [problem for path in modules(package) for problem in problems_of(path)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
