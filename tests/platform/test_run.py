"""`kesher run` as a person meets it: it starts, answers, survives kills, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from kesher.project import database as module
from kesher.project.database import EmbeddedDatabase, socket_folder
from kesher.project.processes import is_alive
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Installation:
    """A data folder and a port of its own, and the command on it."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.running: subprocess.Popen[bytes] | None = None
        unwanted = ("DATABASE_URL", "KESHER_", "DJANGO_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
        self.environment = {
            **kept,
            "KESHER_HOME": str(home),
            "KESHER_BIND": f"127.0.0.1:{self.port}",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "kesher.project.command", *arguments]

    def say(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def run(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "run.log").open("ab") as log:
            self.running = subprocess.Popen(
                self.command("run"),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        process = self.running
        self.comes_true(lambda: process.poll() is not None or self.answers(), 90)
        assert process.poll() is None, (self.home / "run.log").read_text()

    def answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (HTTPError, URLError, OSError):
            return False

    def children(self) -> dict[str, int]:
        """The processes below the supervisor, by what they are."""
        assert self.running is not None
        found = {}
        for pid in _children_of(self.running.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if len(words) < 2:  # ended, and not yet collected
                continue
            name = "database" if b"-D" in words else words[-2].decode()
            found[name] = pid
        return found

    def comes_true(self, claim: Callable[[], bool], seconds: float = 40) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if claim():
                return True
            time.sleep(0.1)
        return False

    def clear(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            self.running.wait(timeout=60)
        EmbeddedDatabase(self.home).stop()
        shutil.rmtree(socket_folder(self.home), ignore_errors=True)
        apart = module.data_folder(self.home)
        if module.SHARED_HOME in apart.parents:
            shutil.rmtree(apart.parent, ignore_errors=True)


def _children_of(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    yield made
    made.clear()


def test_it_starts_survives_kills_and_leaves_nothing_behind(installation: Installation) -> None:
    installation.run()
    assert set(installation.children()) == {"database", "web", "worker"}

    for name in ("web", "worker", "database"):
        killed = installation.children()[name]
        os.kill(killed, signal.SIGKILL)
        assert installation.comes_true(
            lambda name=name, killed=killed: installation.children().get(name, killed) != killed
        ), name
        assert installation.comes_true(installation.answers), name

    left = list(installation.children().values())
    assert installation.running is not None
    installation.running.send_signal(signal.SIGINT)
    assert installation.running.wait(timeout=60) == 0
    assert not [pid for pid in left if is_alive(pid)]


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(
    installation: Installation,
) -> None:
    installation.run()
    left = list(installation.children().values())
    assert installation.running is not None
    installation.running.kill()
    installation.running.wait()

    assert installation.comes_true(lambda: not [pid for pid in left if is_alive(pid)])

    installation.run()


def test_a_second_run_and_a_taken_port_are_refused_in_one_line(
    installation: Installation, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()

        done = installation.say("run")

    assert done.returncode == 2
    assert done.stderr.startswith("kesher: Cannot listen on")
    assert done.stderr.count("\n") == 1


MAKE_PERSON = (
    "from kesher.accounts.models import User;"
    "User.objects.create_user('dana@shop.example', 'correct horse battery')"
)
ASK = (
    "from kesher.accounts.models import User, Installation;"
    "print(User.objects.count(), Installation.objects.get().armed)"
)


def test_a_backup_comes_back_whole_and_disarmed(installation: Installation, tmp_path: Path) -> None:
    installation.say("migrate")
    installation.say("django", "shell", "--no-imports", "-c", MAKE_PERSON)
    picture = installation.home / "media" / "ab" / "picture.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    backup = tmp_path / "backup.tar"
    made = installation.say("backup", str(backup))
    assert made.returncode == 0, made.stderr
    assert backup.stat().st_mode & 0o077 == 0

    copy = Installation(tmp_path / "copy")
    restored = copy.say("restore", str(backup))
    seen = copy.say("django", "shell", "--no-imports", "-c", ASK)
    again = copy.say("restore", str(backup))
    armed = copy.say("arm")
    after = copy.say("django", "shell", "--no-imports", "-c", ASK)
    copy.clear()

    assert restored.returncode == 0, restored.stderr
    assert seen.stdout.strip().endswith("1 False")
    assert (copy.home / "media" / "ab" / "picture.png").read_bytes() == b"picture"
    assert (copy.home / "secret").read_text() == (installation.home / "secret").read_text()
    assert again.returncode == 2
    assert "in use" in again.stderr
    assert armed.returncode == 0
    assert after.stdout.strip().endswith("1 True")


def test_something_that_is_no_backup_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    installation.say("migrate")
    (tmp_path / "odd.tar").write_bytes(b"not a tar")

    done = installation.say("restore", str(tmp_path / "odd.tar"))

    assert done.returncode == 2
    assert "cannot be read as a backup" in done.stderr


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_a_backup_writes_nowhere_but_where_it_is_unpacked(
    kind: bytes, installation: Installation, tmp_path: Path
) -> None:
    installation.say("migrate")
    member = tarfile.TarInfo("../outside" if kind == tarfile.REGTYPE else "link")
    member.type, member.linkname = kind, "/etc"
    with tarfile.open(tmp_path / "odd.tar", "w") as tar:
        tar.addfile(member)

    done = installation.say("restore", str(tmp_path / "odd.tar"))

    assert done.returncode == 2
    assert f"{member.name} has no place in a backup" in done.stderr
    assert not list(installation.home.glob("outside"))


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("KESHER_BIND", "here", "use ADDRESS:PORT"),
        ("KESHER_BASE_URL", "shop.example", "use https://host"),
        ("KESHER_WEB_THREADS", "many", "use a whole number"),
        ("KESHER_DEBUG", "perhaps", "use 1 or 0"),
        ("DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("KESHER_LOG_FORMAT", "xml", "use text or json"),
    ],
)
def test_a_bad_setting_is_one_clear_line(
    installation: Installation, key: str, value: str, hint: str
) -> None:
    installation.environment[key] = value

    done = installation.say("run")

    assert done.returncode == 2
    assert key in done.stderr
    assert hint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_doctor_says_how_to_mend(installation: Installation) -> None:
    installation.say("migrate")

    done = installation.say("doctor")

    assert "✓ PostgreSQL" in done.stdout
    assert "→ start `kesher run`" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
