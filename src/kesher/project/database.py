"""The embedded PostgreSQL: starting it, stopping it, asking it. Where it is: `database_place`.

The server listens on a Unix socket in a private folder, never on a port. It is a child of who starts it and ends
with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from kesher.project.database_place import (
    NAME,
    SHARED_HOME,
    DatabaseFailed,
    account_for,
    data_folder,
    embedded_url,
    make_shared,
    programs_for,
    socket_folder,
    wheel_folder,
)
from kesher.project.database_settings import (
    clean_environment,
    memory_bytes,
    server_settings,
    utf8_ctype,
)
from kesher.project.processes import is_alive, start_child

__all__ = [
    "SHARED_HOME",
    "DatabaseFailed",
    "EmbeddedDatabase",
    "data_folder",
    "embedded_url",
    "socket_folder",
    "wheel_folder",
]

START_SECONDS, STOP_SECONDS = 90, 60


class EmbeddedDatabase:
    """The server of one data folder. `start` is safe to call from several processes at once."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home, self.durable = home, durable
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return embedded_url(self.home)

    def start(self) -> bool:
        """Make sure that it runs, with its database made; answers whether we started it. Raises DatabaseFailed."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self.data = data_folder(self.home)
            if self._await_ready_or_gone():
                return False
            self.account = account_for(self.data)
            self.programs = programs_for(self.account)
            self._prepare_data()
            self._prepare_socket_folder()
            self._launch()
            self._make_database()
            return True

    def stop(self) -> None:
        """End it in order, ours or one found running; connections are cut, nothing committed is lost."""
        pid = self.pid()
        if pid is None:
            return
        for signum, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
            if self._await_end(pid, seconds):
                return

    def is_running(self) -> bool:
        return self._status() == "ready"

    def pid(self) -> int | None:
        """The server's process, when it lives."""
        try:
            pid = int(self._pid_lines()[0])
        except (IndexError, ValueError):
            return None
        if self.child is not None and self.child.pid == pid:
            return pid if self.child.poll() is None else None
        return pid if is_alive(pid) and _works_in(pid, self._data()) else None

    def _data(self) -> Path:
        if not hasattr(self, "data"):
            self.data = data_folder(self.home)
        return self.data

    def _pid_lines(self) -> list[str]:
        try:
            return (self._data() / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return []

    def _status(self) -> str:
        """The server's own word in its pid file: starting, ready, stopping; "" when it does not live."""
        if self.pid() is None:
            return ""
        lines = self._pid_lines()
        return lines[7].strip() if len(lines) > 7 else "starting"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "database.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _await_ready_or_gone(self) -> bool:
        """Someone else's server: wait until it is ready (True) or has ended, its children too (False)."""
        deadline = time.monotonic() + START_SECONDS
        while status := self._status():
            if status == "ready":
                return True
            _pause(deadline, "The embedded database is neither up nor down", self.log)
        while _anyone_works_in(
            self._data()
        ):  # children of a server that was killed end by themselves
            _pause(deadline, "Processes of a killed database server do not end", self.log)
        (self._data() / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _await_end(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.child is not None and self.child.pid == pid:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.child.wait(timeout=0.5)
            if not is_alive(pid):
                return True
            time.sleep(0.05)
        return False

    @property
    def log(self) -> Path:
        return self.home / "logs" / "postgres.log"

    def _prepare_data(self) -> None:
        marker = self.data / "PG_VERSION"
        if not self.account.may("r", marker) and marker.exists():
            raise DatabaseFailed(
                f"The database's user cannot reach {self.data}: give it back its rights."
            )
        if not marker.exists():
            self._initialise()
        made_by, ours = marker.read_text().strip(), self._major()
        if made_by != ours:
            raise DatabaseFailed(
                f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: make a backup with the version"
                " of Kesher that you had, move the folder away, and restore the backup with this one."
            )

    def _major(self) -> str:
        told = subprocess.run(  # noqa: S603
            [str(self.programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.split()[2].split(".")[0]

    def _initialise(self) -> None:
        """Into a folder beside, renamed when it is whole: a kill in between leaves nothing half-made."""
        unfinished = self.data.with_name("postgres.unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        if SHARED_HOME in self.data.parents:
            make_shared(SHARED_HOME)
            make_shared(self.data.parent)
        unfinished.mkdir(mode=0o700)
        self.account.give(unfinished)
        self._run(
            "initdb",
            *("-D", str(unfinished), "-U", "postgres", "-E", "UTF8", "--auth=trust"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            f"--lc-ctype={utf8_ctype()}",
            "--no-sync" if not self.durable else "--sync-method=fsync",
        )
        if self.data.exists():
            self.data.rmdir()
        unfinished.rename(self.data)

    def _prepare_socket_folder(self) -> None:
        """Private to the server's user: whoever reaches the socket is the superuser of the database."""
        folder = socket_folder(self.home)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self.account.give(folder)
        for left in folder.glob(".s.PGSQL.*"):  # of a killed server; none of ours lives, see start
            left.unlink()
        found = folder.lstat()
        owner = self.account.uid if self.account.uid is not None else os.geteuid()
        if stat.S_ISDIR(found.st_mode) and os.geteuid() == 0 and found.st_uid == 0:
            self.account.give(folder)
            found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise DatabaseFailed(
                f"{folder} belongs to someone else or is open to others: remove it and start again."
            )

    def _launch(self) -> None:
        settings = server_settings(memory_bytes(), durable=self.durable)
        settings["unix_socket_directories"] = str(socket_folder(self.home))
        arguments = [str(self.programs / "postgres"), "-D", str(self.data)]
        for key, value in settings.items():
            arguments += ["-c", f"{key}={value}"]
        with self._open_log() as log:
            self.child = start_child(
                arguments,
                output=log,
                user=self.account.uid,
                group=self.account.gid,
                folder=Path("/"),
                environment=clean_environment(),
                when_parent_dies=signal.SIGINT,
            )
        deadline = time.monotonic() + START_SECONDS
        while self._status() != "ready":
            if self.child.poll() is not None:
                raise DatabaseFailed(
                    f"PostgreSQL ended at once: {_last_line(self.log)} ({self.log})"
                )
            _pause(deadline, "PostgreSQL did not become ready", self.log)

    @contextlib.contextmanager
    def _open_log(self) -> Iterator[int]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _make_database(self) -> None:
        there = self.query("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'")
        if not there:
            self.query("postgres", f'CREATE DATABASE "{NAME}"')

    def query(self, database: str, statement: str) -> str:
        """Run one statement of ours as the database's own user; answers its output without decoration."""
        arguments = ["-h", str(socket_folder(self.home)), "-U", "postgres", "-d", database]
        return self._run("psql", "-XqtA", "-v", "ON_ERROR_STOP=1", *arguments, "-c", statement)

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
            cwd="/",
            env=clean_environment(),
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            told = next((line for line in said if "ERROR" in line or "FATAL" in line), None)
            raise DatabaseFailed(
                f"{program} failed: {told or (said or [str(done.returncode)])[-1]}"
            )
        return done.stdout.strip()


def _works_in(pid: int, data: Path) -> bool:
    """Whether the process is a server of this data folder (each works in its data folder), as far as can be told."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve()
    except OSError:
        return not Path("/proc/self").exists()  # a system without /proc: believe the pid file


def _anyone_works_in(data: Path) -> bool:
    processes = Path("/proc")
    if not processes.exists():
        return False
    return any(_works_in(int(p.name), data) for p in processes.iterdir() if p.name.isdigit())


def _pause(deadline: float, complaint: str, log: Path) -> None:
    if time.monotonic() > deadline:
        raise DatabaseFailed(f"{complaint}: {_last_line(log)} ({log})")
    time.sleep(0.03)


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    return lines[-1] if lines else "the log is empty"
