"""docs/benchmarks.md, from what was measured last."""

from __future__ import annotations

from pathlib import Path

from bench.place import ROOT
from bench.result import Result, as_markdown, kept

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

<!-- Written by `python -m bench report` from bench/results/: measure and write again instead of editing. -->

`make bench` measures everything, `make bench-NAME` one; `python -m bench NAME --small` takes less than a
minute, `--size` and `--rounds` choose the work. Each starts a PostgreSQL of its own and runs beside its
comparators, in turns, in the same run: absolute figures drift with the machine, the ratio counts. Rates are
medians of the rounds. `python -m bench report` writes this page.
"""


def summary(results: list[Result]) -> str:
    judged = [figure for result in results for figure in result.figures if figure.met is not None]
    short = [
        f"{result.name}: {figure.name}"
        for result in results
        for figure in result.figures
        if figure.met is False
    ]
    told = f"{len(judged) - len(short)} of {len(judged)} targets are met."
    return told if not short else f"{told} Short: {'; '.join(short)}."


def write() -> Path:
    results = kept()
    parts = [HEAD, summary(results) + "\n", *(as_markdown(result) for result in results)]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    return PAGE
