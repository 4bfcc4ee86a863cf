"""The small variants of the benchmarks: that they run, and what in them does not drift with the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.result import Figure, Result

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.bench, pytest.mark.slow, pytest.mark.xdist_group("bench")]


def measured(name: str, *arguments: str, folder: Path, is_alone: bool = False) -> Result:
    """As a person runs it, but that the figures are kept elsewhere.

    `is_alone`: on a server of its own, for what a server counts for all its databases together.
    """
    environment = {
        **os.environ, "BENCH_PORT": str(free_port(together=3)), "BENCH_RESULTS": str(folder), "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    if is_alone:
        environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--small", *arguments],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    given = json.loads((folder / f"{name}.json").read_text())
    return Result(**{**given, "figures": [Figure(**figure) for figure in given["figures"]]})


def test_an_import_asks_the_database_seldom_and_holds_little(tmp_path: Path) -> None:
    found = measured("import", "--size", "10000", folder=tmp_path, is_alone=True)  # WAL

    for part in ("empty", "again"):
        assert found.figure(f"{part}: statements").value <= 6  # for 1,000 rows
        assert found.figure(f"{part}: memory").value <= 150
        assert (
            found.figure(f"{part}: WAL").value <= 1.3 * found.figure(f"{part}: WAL").beside["hand"]
        )


def test_every_mail_is_sent_once_in_little_memory(tmp_path: Path) -> None:
    found = measured(
        "send", "--size", "500", "--rounds", "1", folder=tmp_path
    )  # counts them itself

    assert found.figure("memory above idle").value <= 64


def test_no_answered_hit_is_lost_not_even_by_kill_9(tmp_path: Path) -> None:
    found = measured("tracking", "--size", "3000", folder=tmp_path)

    assert found.figure("answered, not kept").value == 0
    assert found.figure("answered before kill -9").value > 0
    assert found.figure("of these lost").value == 0
    assert found.figure("statements for 1,000 hits").value <= 10


def test_screens_take_few_statements_and_few_buffers(tmp_path: Path) -> None:
    found = measured("pages", "--size", "3000", "--rounds", "1", folder=tmp_path)

    for figure in found.figures:
        assert figure.beside["statements"] <= 15, figure
        assert figure.beside["buffers"] <= 5_000, figure


def test_everything_idle_fits_into_a_small_machine(tmp_path: Path) -> None:
    found = measured("memory", "--size", "500", folder=tmp_path)

    assert found.figure("idle, all processes").value <= 250
    for work in ("import", "send", "export"):
        assert found.figure(f"{work}: peak at 5,000").value <= 150


def test_rules_touch_no_more_of_the_database_than_what_is_written_by_hand(tmp_path: Path) -> None:
    found = measured("segment", "--size", "5000", folder=tmp_path)

    for figure in found.figures:
        if figure.unit == "ms" and "buffers" in figure.beside:
            assert figure.beside["buffers"] <= 1.25 * figure.beside["by hand, buffers"] + 50, (
                figure.name
            )
    assert found.figures[-1].name == "one who passes all six, with reasons"


def test_runs_move_in_sets_and_due_ones_are_found_at_once(tmp_path: Path) -> None:
    found = measured("journey", "--size", "2000", folder=tmp_path)

    assert found.figures[1].beside["a row at a time"] * 5 <= found.figures[1].value
    assert found.figure("1,000 due among the sleepers").value <= 50


def test_a_rehearsal_sends_everybody_what_they_would_get_whatever_the_number_of_moments(
    tmp_path: Path,
) -> None:
    found = measured("rehearsal", "--size", "48", folder=tmp_path)

    agreed = 42  # three mails each
    assert found.figure("messages, all begin at once").value == 3 * agreed
    assert agreed <= found.figure("messages, each on their own day").value <= 3 * agreed
    for begin in ("all begin at once", "each on their own day"):
        assert found.figure(f"moments, {begin}").value <= 4 * 90


def test_the_due_are_found_among_the_sleepers_by_few_pages_and_all_are_woken(
    tmp_path: Path,
) -> None:
    found = measured("sleepers", "--size", "20000", "--rounds", "2", folder=tmp_path)

    assert found.figure("pages for each").value <= 10
    assert found.figure("late, 99 of 100 at most").value > 0  # all of them moved, or it fails
