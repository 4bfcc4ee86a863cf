"""Chooses versions anew and writes the lock files: hashes, no registry addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def lock_python(name: str) -> None:
    command = [
        str(BIN / "uv"),
        *("pip", "compile", f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"),
        *("--generate-hashes", "--upgrade", "--no-annotate", "--no-emit-index-url", "--quiet"),
        *("--python-version", "3.11", "--universal", "--custom-compile-command", "make lock"),
    ]
    subprocess.run(command, cwd=CHECKOUT, check=True)


def lock_frontend() -> None:
    command = ["npm", "--prefix", "frontend", "install", "--package-lock-only", "--no-audit"]
    subprocess.run(command, cwd=CHECKOUT, check=True)
    path = CHECKOUT / "frontend" / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


def main() -> int:
    for name in ("base", "dev", "node"):
        lock_python(name)
    lock_frontend()
    return 0


if __name__ == "__main__":
    sys.exit(main())
