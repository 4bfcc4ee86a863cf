"""Memory: everything idle, and the peaks of importing, sending and exporting at two sizes.

Idle is the proportional set size (shared pages are divided among those who share them) of every process of
`kesher run`, the embedded database included, after the first page was shown. A peak is the highest resident
size (VmHWM) of a process that does only that work. Beside it: a process that has set up a bare Django.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from bench import place
from bench.place import ROOT
from bench.result import Figure, Options, Result

READY_SECONDS = 90
BARE = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}})
django.setup()
from bench.place import peak_mb
print(peak_mb())
"""


def processes_below(pid: int) -> list[int]:
    """The process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def name_of(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if "postgres" in words:
        return "database"
    return next(
        (name for name in ("web", "worker") if words.strip().endswith(f"command {name}")),
        "supervisor",
    )


def idle(seconds: float) -> dict[str, float]:
    """MB by process, so long after the first page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "KESHER_HOME": f"{os.environ['KESHER_HOME']}-idle",
        "PYTHONPATH": f"{ROOT / 'bench' / 'runtime_only'}{os.pathsep}{ROOT / 'src'}",
        "KESHER_BIND": f"127.0.0.1:{port}",
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "kesher.project.command", "run"],
        env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _await_page(f"http://127.0.0.1:{port}/")
        time.sleep(seconds)
        found: dict[str, float] = {}
        for pid in processes_below(running.pid):
            found[name_of(pid)] = found.get(name_of(pid), 0) + pss_mb(pid)
        return found
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def _await_page(address: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urlopen(address, timeout=10):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def import_peak(size: int) -> float:
    import tempfile

    from bench import import_

    with tempfile.TemporaryDirectory() as folder:
        path, _twin = import_.write_files(Path(folder), size)
        return _alone("import_file", str(path))


def send_peak(size: int) -> float:
    return _alone("send", str(size))


def export_peak(size: int) -> float:
    return _alone("export", str(size))


def _alone(work: str, argument: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", work, argument],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{work}: {done.stdout}{done.stderr[-3000:]}")
    return float(json.loads(done.stdout.splitlines()[-1]))


def do_import(path: str) -> None:
    from bench import import_

    import_.measure_kesher(Path(path), import_.context_for("kesher", Path(path)))


def do_send(mails: str) -> None:
    """To an SMTP server on this machine."""
    from bench import mailing, send
    from kesher.lib import clock
    from kesher.messages import sender

    count, port = int(mails), send.FIRST_PORT + 2
    workspace = mailing.prepare(count)
    sink = send.start_sink(port)
    try:
        mailing.send_through(workspace, port)
        mailing.queue(workspace, count, now=clock.now())
        left = count
        while left > 0 and (sent := sender.send_due(clock.now(), limit=20_000)):
            left -= sent
        sender.close()
        if left:
            raise SystemExit(f"{left} were not sent")
    finally:
        sink.terminate()
        sink.wait()


def do_export(contacts: str) -> None:
    """Of the contacts that sending left behind."""
    import tempfile

    from bench import mailing
    from kesher.accounts.access import Access
    from kesher.accounts.models import Workspace
    from kesher.contacts import export
    from kesher.contacts.filtering import Filters
    from kesher.contacts.mass.selection import pieces_of, select_matching
    from kesher.lib import clock

    workspace = Workspace.objects.get(key=mailing.KEY)
    access = Access(workspace, "owner")
    act = select_matching(
        access, kind="export", data={}, text="", filters=Filters(), now=clock.now()
    )
    with tempfile.TemporaryDirectory() as folder:
        count = export.write_file(
            workspace,
            pieces_of(act),
            Path(folder) / "all.csv",
            kind="csv",
            language="he",
            progress=lambda done: True,
        )
    if count != int(contacts):
        raise SystemExit(f"{count} rows written")


WORK = {"import_file": do_import, "send": do_send, "export": do_export}
PEAKS = {"import": import_peak, "send": send_peak, "export": export_peak}


def run(options: Options) -> Result:
    size = options.sized(full=100_000, small=2_000)
    parts = idle(5 if options.small else 30)
    total = sum(parts.values())
    bare = float(
        subprocess.run(
            [sys.executable, "-c", BARE], capture_output=True, text=True, check=True
        ).stdout
    )
    figures = [Figure("idle, all processes", total, "MB", parts, "", "250 MB", total <= 250)]
    peaks: dict[str, list[float]] = {}
    with place.database("kesher_bench_memory"):
        for times in (1, 10):
            place.empty()
            for name, peak in PEAKS.items():
                peaks.setdefault(name, []).append(peak(size * times))
    for name, (once, tenfold) in peaks.items():
        grown = tenfold / once - 1
        figures += [
            Figure(f"{name}: peak at {size:,}", once, "MB", {"bare Django": bare}),
            Figure(f"{name}: peak at {size * 10:,}", tenfold, "MB", {}, "", "512 MB", tenfold <= 512),
            Figure(f"{name}: more at ten times the data", grown * 100, "%", {}, "", "10 %", None if options.small else grown <= 0.1),
        ]  # fmt: skip
    return Result(
        "memory",
        f"`kesher run` idle with its embedded database, and the peak of a process that imports, sends or exports"
        f" {size:,} and {size * 10:,} contacts. Beside it: a process that has set up a bare Django.",
        figures,
    )


def main() -> None:
    """One piece of work in this process; prints its peak."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=sorted(WORK))
    parser.add_argument("argument")
    given = parser.parse_args()
    import django

    django.setup()
    WORK[given.work](given.argument)
    print(json.dumps(place.peak_mb()))


if __name__ == "__main__":
    main()
