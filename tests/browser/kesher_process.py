"""One real `kesher run` for a test: a data folder, a port and a database of its own, over when the test is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from kesher.project import database
from kesher.project.database import EmbeddedDatabase, socket_folder
from kesher.project.processes import start_child
from tests.ports import free_port

START_SECONDS = 150
END_SECONDS = 60


class KesherProcess:
    """`address` is where it answers; `log` what it says. When this process dies, it ends by itself."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home, home / "run.log"
        self.address = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers. Raises AssertionError with its log when it does not."""
        self.home.mkdir(parents=True)
        with self.log.open("ab") as log:
            self._process = start_child(
                [sys.executable, "-m", "kesher.project.command", "run"],
                output=log,
                environment=self._environment(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()  # its children end with it
                self._process.wait()
        EmbeddedDatabase(self.home).stop()
        shutil.rmtree(socket_folder(self.home), ignore_errors=True)
        apart = database.data_folder(self.home)
        if database.SHARED_HOME in apart.parents:
            shutil.rmtree(apart.parent, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("DATABASE_URL", "KESHER_", "DJANGO_"))
        }
        return {
            **kept,
            "KESHER_HOME": str(self.home),
            "KESHER_BIND": self.address.removeprefix("http://"),
            "KESHER_BASE_URL": self.address,
            "KESHER_DEMO": "0",
        }

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def running_kesher(home: Path) -> Iterator[KesherProcess]:
    kesher = KesherProcess(home)
    try:
        kesher.start()
        yield kesher
    finally:
        kesher.end()
