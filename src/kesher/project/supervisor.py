"""`kesher run`: the embedded database, the web server and the worker, watched over by one light process.

It imports no Django: it must stay small, and able to say what is wrong when Django cannot start.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kesher.project import environment as env
from kesher.project.database import DatabaseFailed, EmbeddedDatabase
from kesher.project.processes import start_child

GRACE_SECONDS = 12
MAX_BACKOFF_SECONDS = 30
STEADY_SECONDS = 60
FIRST_ANSWER_SECONDS = 60


class CannotRun(Exception):
    """Nothing was started, or not all; the text says why and what to do."""


def kesher(*arguments: str) -> list[str]:
    """The command line of one of our own commands, by this very interpreter."""
    return [sys.executable, "-m", "kesher.project.command", *arguments]


@dataclass
class Child:
    """A process that is started again when it ends, later each time it ends soon."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    backoff: float = 0.5
    due: float = 0.0
    restarts: int = field(default=0)

    def start(self) -> None:
        self.process = start_child(kesher(self.name))
        self.started = time.monotonic()

    def look(self) -> None:
        """Notice that it ended, and start it when its time has come."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            _kill_group(self.process.pid)  # what it may have left behind
            steady = now - self.started > STEADY_SECONDS
            self.backoff = 0.5 if steady else min(self.backoff * 2, MAX_BACKOFF_SECONDS)
            self.due = now + self.backoff
            say(
                f"{self.name} ended ({_ending(self.process)}); starting it again in {self.backoff:.0f} s"
            )
            self.process = None
            self.restarts += 1
        if self.process is None and now >= self.due:
            self.start()

    def ask_to_end(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not end; killing it")
        _kill_group(self.process.pid)
        self.process.wait()


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def say(line: str) -> None:
    sys.stderr.write(f"kesher: {line}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Raises CannotRun while another `kesher run` uses this data folder. A kill frees the lock."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "run.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip()
            raise CannotRun(f"Kesher already runs from {home} (process {who}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_port() -> None:
    """Raises CannotRun when something else listens there."""
    host, port = env.bind()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotRun(
                f"Cannot listen on {host}:{port} ({error.strerror}): choose another, KESHER_BIND={host}:{port + 1}"
            ) from None


class Supervisor:
    def __init__(self) -> None:
        self.home = env.home()
        self.stopping = threading.Event()
        self.database = None if env.DATABASE_URL.text() else EmbeddedDatabase(self.home)
        self.children = [Child("web"), Child("worker")]

    def run(self) -> int:
        """Until SIGTERM or Ctrl+C; answers the exit code. Raises CannotRun, DatabaseFailed."""
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, lambda *_: self.stopping.set())
        os.environ["KESHER_HOME"] = str(self.home)
        # glibc gives each thread a heap of its own; with two, the children hold a good deal less memory.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        with only_one(self.home):
            check_port()
            try:
                self.start()
                while not self.stopping.wait(0.5):
                    self.look()
            finally:
                self.stop()
        return 0

    def start(self) -> None:
        if self.database is not None:
            self.database.start()
        if self.stopping.is_set():
            return
        prepare()
        for child in self.children:
            child.start()
        self.greet()

    def look(self) -> None:
        if self.database is not None and not self.database.is_running():
            say("the database ended; starting it again")
            try:
                self.database.start()
            except DatabaseFailed as error:
                say(str(error))
                self.stopping.wait(5)
        for child in self.children:
            child.look()

    def stop(self) -> None:
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            child.ask_to_end()
        for child in self.children:
            child.end(deadline)
        if self.database is not None:
            self.database.stop()

    def greet(self) -> None:
        """Wait for the first answer, then say where to go."""
        host, port = env.bind()
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        deadline = time.monotonic() + FIRST_ANSWER_SECONDS
        while time.monotonic() < deadline and not self.stopping.wait(0.1):
            if answers(near, port):
                say(f"ready: open {env.base_url()} (Ctrl+C ends it)")
                return
            self.look()
        if not self.stopping.is_set():
            say(f"the web server does not answer at {host}:{port}; see its lines above")


def answers(host: str, port: int) -> bool:
    """Whether the web server there is well. (urllib would hold 3 MB for this one question.)"""
    try:
        with socket.create_connection((host, port), timeout=5) as asked:
            asked.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return asked.makefile("rb").readline().split()[1:2] == [b"200"]
    except OSError:
        return False


def prepare() -> None:
    """Catalogues, tables, the demo: in a process of its own, so that Django's memory is given back."""
    done = subprocess.run(kesher("prepare"), stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode:
        raise CannotRun("The database could not be prepared; see above.")
