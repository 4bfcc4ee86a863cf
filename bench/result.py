"""What every benchmark is asked and what it answers, and how that is printed and kept."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(os.environ.get("BENCH_RESULTS") or Path(__file__).resolve().parent / "results")


@dataclass(frozen=True)
class Options:
    """`size` and `rounds` None: the benchmark's own, by `small`."""

    small: bool = False
    size: int | None = None
    rounds: int | None = None

    def sized(self, *, full: int, small: int) -> int:
        return self.size if self.size is not None else small if self.small else full

    def turns(self, *, full: int, small: int = 1) -> int:
        return self.rounds if self.rounds is not None else small if self.small else full


@dataclass(frozen=True)
class Figure:
    """One measured number. `beside` has the comparators of the same run, in the same unit.

    `target` is in words; `met` is None where none was set.
    """

    name: str
    value: float
    unit: str
    beside: dict[str, float] = field(default_factory=dict)
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "met" if self.met else "short"


@dataclass(frozen=True)
class Result:
    """`work` says in one sentence what was done, with its size."""

    name: str
    work: str
    figures: list[Figure]
    command: str = ""
    machine: str = ""

    def figure(self, name: str) -> Figure:
        """Raises KeyError when it was not measured."""
        for found in self.figures:
            if found.name == name:
                return found
        raise KeyError(name)


HEADS = ("what", "figure", "beside it", "ratio", "target", "")


def number(value: float) -> str:
    """As short as it stays telling: 12,345 or 12.3 or 0.123."""
    size = abs(value)
    return (
        f"{value:,.0f}"
        if size >= 100 or value == int(value)
        else f"{value:.{1 if size >= 10 else 2}f}"
    )


def cells(result: Result) -> list[tuple[str, ...]]:
    return [
        (
            found.name,
            f"{number(found.value)} {found.unit}".strip(),
            ", ".join(f"{name} {number(value)}" for name, value in found.beside.items()),
            found.ratio,
            found.target,
            found.verdict,
        )
        for found in result.figures
    ]


def as_text(result: Result) -> str:
    rows = [HEADS, *cells(result)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([f"{result.name}: {result.work}", *lines])


def as_markdown(result: Result) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (HEADS, ("---",) * len(HEADS), *cells(result))]
    table = "\n".join(lines)
    return (
        f"## {result.name}\n\n{result.work}\n\n`{result.command}` on {result.machine}.\n\n{table}\n"
    )


def machine() -> str:
    """What a figure depends on, the load by others included, and nothing that names the machine."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {total:.0f} GB, {platform.system()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} before it"


def keep(result: Result) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result.name}.json"
    path.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n")
    return path


def kept() -> list[Result]:
    """What was measured last, by name."""
    found = []
    for path in sorted(RESULTS.glob("*.json")):
        given = json.loads(path.read_text())
        given["figures"] = [Figure(**figure) for figure in given["figures"]]
        found.append(Result(**given))
    return found
