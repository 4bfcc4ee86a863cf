"""A PostgreSQL of a test's own, durable as in use, that may be struck down: at once and without saving, or with -9."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from kesher.project.database import (
    SHARED_HOME,
    EmbeddedDatabase,
    data_folder,
    socket_folder,
    wheel_folder,
)
from tests.crash.struck import STRIKE


class Server:
    """`strike` in turns: pg_ctl's "immediate", and the death of the postmaster alone."""

    def __init__(self, home: Path) -> None:
        self.database = EmbeddedDatabase(home)
        self.signals = cycle((signal.SIGQUIT, signal.SIGKILL))
        self.strikes = 0

    def strike(self) -> None:
        """Down, and up again with what was committed."""
        pid = self.database.pid()
        assert pid is not None
        os.kill(pid, next(self.signals))
        assert self.database.child is not None
        self.database.child.wait(60)
        assert self.database.start()
        self.strikes += 1

    def strike_when_asked(self, judge: subprocess.Popen[str]) -> list[str]:
        """For as long as the process lives; answers what else it said."""
        assert judge.stdin is not None
        assert judge.stdout is not None
        said = []
        for line in judge.stdout:
            if line.strip() != STRIKE:
                said.append(line)
                continue
            self.strike()
            judge.stdin.write("struck\n")
            judge.stdin.flush()
        judge.wait(60)
        return said

    def take_tables_of(self, address: str) -> None:
        """The tables of another database, empty."""
        programs = wheel_folder() / "bin"
        dump = subprocess.run(
            [programs / "pg_dump", "--schema-only", "--no-owner", "--dbname", address],
            check=True,
            capture_output=True,
            timeout=120,
        )
        subprocess.run(
            [programs / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "--dbname", self.database.url],
            input=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Running, its data in a folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="kesher-crash-") as folder:
        Path(folder).chmod(0o755)  # for root, the server is another user
        home = Path(folder) / "home"
        home.mkdir(mode=0o755)
        made = Server(home)
        try:
            made.database.start()
            yield made
        finally:
            made.database.stop()
            shutil.rmtree(socket_folder(home), ignore_errors=True)
            apart = data_folder(home)
            if SHARED_HOME in apart.parents:
                shutil.rmtree(apart.parent, ignore_errors=True)
