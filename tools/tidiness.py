"""Refuses addresses of package registries, paths of one machine, and large files in the tree.

Lock files name versions and hashes only: which registry they come from is the machine's affair.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LARGEST_BYTES = 2_000_000
# In pieces, so that this file does not find itself.
FORBIDDEN = {
    "a registry's address": re.compile(
        r"registry\.(?:npm"
        r"js|yarn"
        r"pkg)\.|pypi\."
        r"org/simple|files\.python"
        r"hosted\.|"
        r"(?:deb|security)\.debian"
        r"\.org|--(?:extra-)?index-"
        r"url\s+http|proxy\.golang"
        r"\.org"
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:ro" r"ot|wo" r"rk|tmp/w|ho" r"me/[a-z]+)/"),
    "a resolved address in a lock file": re.compile(r'"resol' r'ved": "http'),
}


def tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True
    ).stdout
    return [CHECKOUT / name for name in told.decode().split("\0") if name]


def problems_of(path: Path) -> list[str]:
    name = path.relative_to(CHECKOUT)
    if not path.is_file():
        return []
    if path.stat().st_size > LARGEST_BYTES:
        return [f"{name}: {path.stat().st_size} bytes; keep large files out of the tree"]
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found.group(0)}"
        for what, pattern in FORBIDDEN.items()
        for found in pattern.finditer(text)
    ]


def main() -> int:
    problems = [problem for path in tracked() for problem in problems_of(path)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
