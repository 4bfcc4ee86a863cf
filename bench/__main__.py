"""Measure: `python -m bench` everything, `python -m bench NAME` one; `report` writes docs/benchmarks.md.

Each runs in a process of its own, on an embedded PostgreSQL of its own unless DATABASE_URL names another.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from dataclasses import replace

from bench import report
from bench.place import ROOT, server
from bench.result import Options, Result, as_text, keep, machine

MODULES = {
    "import": "bench.import_",
    "journey": "bench.journey",
    "memory": "bench.memory",
    "pages": "bench.pages",
    "rehearsal": "bench.rehearsal",
    "render": "bench.render",
    "segment": "bench.segment",
    "send": "bench.send",
    "sleepers": "bench.sleepers",
    "tracking": "bench.tracking",
}


def run_one(name: str, options: Options) -> Result:
    facts = machine()  # before we are the load
    with server():
        found: Result = importlib.import_module(MODULES[name]).run(options)
    return replace(found, command=command(name, options), machine=facts)


def command(name: str, options: Options) -> str:
    words = ["python -m bench", name, *(["--small"] if options.small else [])]
    for key in ("size", "rounds"):
        if (value := getattr(options, key)) is not None:
            words.append(f"--{key} {value}")
    return " ".join(words)


def run_all(arguments: list[str]) -> int:
    """Answers how many failed."""
    failed = 0
    for name in MODULES:
        done = subprocess.run(
            [sys.executable, "-m", "bench", name, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        failed += done.returncode != 0
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*MODULES, "report"])
    parser.add_argument("--small", action="store_true", help="within a minute each")
    parser.add_argument(
        "--size", type=int, help="rows, mails, contacts or hits, instead of the usual number"
    )
    parser.add_argument("--rounds", type=int)
    given = parser.parse_args()
    if given.name == "report":
        print(f"wrote {report.write().relative_to(ROOT)}")
        return 0
    if given.name is None:
        return run_all(sys.argv[1:])
    result = run_one(given.name, Options(given.small, given.size, given.rounds))
    print(as_text(result), flush=True)
    keep(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
