"""The checks of layers and purity, each shown to catch what it is there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

PLANTED = {
    "a lower package imports a higher one": (
        "contacts/planted.py",
        "from kesher.web import errors\n",
        "layers",
    ),
    "siblings import each other": ("channels/planted.py", "from kesher import content\n", "layers"),
    "a package that no layer names": ("planted/__init__.py", "", "layers"),
    "a renderer asks for the time": ("content/plan.py", "\nfrom kesher.lib import clock\n", "pure"),
    "a block reaches the network": ("content/blocks/planted.py", "import httpx\n", "pure"),
    "a cycle inside a package": (
        "lib/planted/__init__.py",
        "",
        "cycles",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with the packages and the contracts only."""
    ignore = shutil.ignore_patterns("__pycache__", "templates", "static", "locale", "*.json")
    shutil.copytree(CHECKOUT / "src", tmp_path / "src", ignore=ignore)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(copy: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "lint-imports"), "--no-cache", "--contract", contract],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_is_caught(copy: Path, planted: str) -> None:
    name, text, contract = PLANTED[planted]
    path = copy / "src" / "kesher" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)
    if contract == "cycles":
        for one, other in (("one", "other"), ("other", "one")):
            inner = path.parent / one
            inner.mkdir()
            (inner / "__init__.py").write_text("")
            (inner / "part.py").write_text(f"from kesher.lib.planted.{other} import part\n")

    done = lint(copy, contract)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "planted" in done.stdout or "clock" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "from django.http import HttpRequest\n",
        "import django.http\n",
        "from datetime import datetime\nNOW = datetime.now()\n",
        "from django.db import connection\n",
        "import socket\n",
    ],
)
def test_a_module_that_decides_may_not_know_requests_network_or_clock(
    copy: Path, text: str
) -> None:
    (copy / "src" / "kesher" / "content" / "blocks" / "planted.py").write_text(text)

    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "tools" / "purity.py"), str(copy / "src" / "kesher")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "planted.py" in done.stdout
