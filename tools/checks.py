"""All checks that are no tests, two at a time; each says one line, or what is wrong.

python tools/checks.py [NAME…]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]


def of_venv(name: str, program: str, *arguments: str) -> Check:
    return Check(name, [str(BIN / program), *arguments])


CHECKS = [  # the slow ones first
    of_venv("types", "mypy"),
    Check("vitest", ["npm", "--prefix", "frontend", "run", "test", "--silent"]),
    Check("frontend", ["npm", "--prefix", "frontend", "run", "check", "--silent"]),
    of_venv("layers", "lint-imports", "--no-cache"),
    of_venv("templates", "djlint", "src/kesher", "--lint", "--quiet"),
    of_venv("style", "ruff", "check", "--quiet", "."),
    of_venv("format", "ruff", "format", "--check", "--quiet", "."),
    of_venv("messages", "python", "tools/messages.py", "check"),
    of_venv("purity", "python", "tools/purity.py"),
    of_venv("tidiness", "python", "tools/tidiness.py"),
]


def run(check: Check) -> bool:
    began = time.monotonic()
    path = f"{BIN}:{os.environ.get('PATH', '')}"
    done = subprocess.run(
        check.command,
        cwd=CHECKOUT,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = time.monotonic() - began
    if done.returncode:
        lines = [f"✗ {check.name} ({' '.join(check.command[-4:])}):", done.stdout.strip()]
    else:
        lines = [f"✓ {check.name} ({took:.0f} s)"]
    print("\n".join(lines), flush=True)
    return done.returncode == 0


def main(names: list[str]) -> int:
    if unknown := set(names) - {check.name for check in CHECKS}:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(check.name for check in CHECKS)}")
        return 2
    wanted = [check for check in CHECKS if not names or check.name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(run, wanted))
    print(f"checks: {sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
