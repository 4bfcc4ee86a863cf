"""Where a benchmark runs: a PostgreSQL of its own (or DATABASE_URL), and databases made for it there."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a running server; one of our own, durable, ends with the block and leaves nothing."""
    with (
        tempfile.TemporaryDirectory(prefix="kesher-bench-") as folder,
        contextlib.ExitStack() as stack,
    ):
        os.environ["KESHER_HOME"] = f"{folder}/home"
        os.environ["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        if not os.environ.get("DATABASE_URL"):
            from kesher.project.database import EmbeddedDatabase

            Path(folder).chmod(0o755)  # for root, the server is another user
            database = EmbeddedDatabase(Path(folder) / "home")
            stack.callback(database.stop)
            database.start()
            os.environ["DATABASE_URL"] = database.url
            stack.callback(os.environ.pop, "DATABASE_URL", None)
        yield os.environ["DATABASE_URL"]


def url_of(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh migrated database, for this process and its children; removed in the end."""
    given = os.environ["DATABASE_URL"]
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = url_of(name)
    try:
        migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
        subprocess.run(migrate, check=True, stdin=subprocess.DEVNULL)
        yield os.environ["DATABASE_URL"]
    finally:
        os.environ["DATABASE_URL"] = given
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(drop)


_EMPTY = """
DO $$ BEGIN EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
); END $$
"""


def empty() -> None:
    """Take all rows out of the benchmark's own database."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(_EMPTY)


def peak_mb() -> float:
    """The most that this process ever held. (Not getrusage: that remembers the parent's from before exec.)"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def set_up_django() -> None:
    """In this process, on the database of now: at most once, as Django's settings are read once."""
    import django

    django.setup()
