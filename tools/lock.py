"""Chooses versions anew and writes the lock files: hashes, no registry addresses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

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


PLATFORM = re.compile(
    r"-(android|darwin|freebsd|linux|win32)-(arm64|arm|ia32|x64)(?:-(musl|gnu))?$"
)


def lock_frontend() -> None:
    command = ["npm", "--prefix", "frontend", "install", "--package-lock-only", "--no-audit"]
    subprocess.run(command, cwd=CHECKOUT, check=True)
    path = CHECKOUT / "frontend" / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("resolved", None)
    lock["packages"] |= other_platforms(lock["packages"])
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


def other_platforms(packages: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Builds for other machines that the registry did not have: `npm ci` wants them named all the same."""
    missing = {}
    for package in packages.values():
        for name, version in package.get("optionalDependencies", {}).items():
            found = PLATFORM.search(name)
            if found is None or f"node_modules/{name}" in packages:
                continue
            system, processor, library = found.groups()
            libc = {"libc": ["musl" if library == "musl" else "glibc"]} if system == "linux" else {}
            missing[f"node_modules/{name}"] = {
                "version": version,
                "cpu": [processor],
                **libc,
                "optional": True,
                "os": [system],
            }
    return missing


def main() -> int:
    for name in ("base", "dev", "node"):
        lock_python(name)
    lock_frontend()
    return 0


if __name__ == "__main__":
    sys.exit(main())
