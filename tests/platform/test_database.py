"""The embedded database: races, kills and other people's folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kesher.project import database as module
from kesher.project.database import DatabaseFailed, EmbeddedDatabase, socket_folder
from kesher.project.processes import is_alive

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "home"
    path.mkdir()
    yield path
    EmbeddedDatabase(path).stop()
    shutil.rmtree(socket_folder(path), ignore_errors=True)
    apart = module.data_folder(path)
    if module.SHARED_HOME in apart.parents:
        shutil.rmtree(apart.parent, ignore_errors=True)


STARTER = """
import sys, time
from pathlib import Path
from kesher.project.database import EmbeddedDatabase
database = EmbeddedDatabase(Path(sys.argv[1]), durable=False)
print(int(database.start()), database.pid(), flush=True)
time.sleep(60)
"""


def starter(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)], stdout=subprocess.PIPE, text=True
    )


def told(process: subprocess.Popen[str]) -> tuple[int, int]:
    assert process.stdout is not None
    ours, pid = process.stdout.readline().split()
    return int(ours), int(pid)


def test_two_that_start_at_once_share_one_server(home: Path) -> None:
    first, second = starter(home), starter(home)

    answers = [told(first), told(second)]

    assert sorted(ours for ours, _ in answers) == [0, 1]
    assert len({pid for _, pid in answers}) == 1
    for process in (first, second):
        process.kill()
        process.wait()


def test_the_server_ends_with_who_started_it_and_the_data_stays(home: Path) -> None:
    process = starter(home)
    _, pid = told(process)
    process.kill()
    process.wait()

    deadline = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not is_alive(pid)


def test_a_killed_server_is_started_again_over_its_stale_pid_file(home: Path) -> None:
    database = EmbeddedDatabase(home)
    database.start()
    database.query("kesher", "CREATE TABLE kept (id int)")
    pid = database.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.01)

    started = EmbeddedDatabase(home)

    assert started.start()
    assert started.pid() != pid
    assert started.query("kesher", "SELECT count(*) FROM kept") == "0"
    started.stop()
    assert started.pid() is None


def test_it_knows_hebrew_letters(home: Path) -> None:
    database = EmbeddedDatabase(home, durable=False)
    database.start()
    database.query("kesher", "CREATE EXTENSION pg_trgm")

    assert int(database.query("kesher", "SELECT cardinality(show_trgm('שלום'))")) > 0
    database.stop()


def test_a_socket_folder_that_others_may_enter_is_refused(home: Path) -> None:
    folder = socket_folder(home)
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(DatabaseFailed, match="open to others"):
        EmbeddedDatabase(home, durable=False).start()
