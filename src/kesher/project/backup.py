"""`kesher backup` and `kesher restore`: the database (pg_dump), uploaded files and the secret key in one .tar.

The programs come from the embedded PostgreSQL's wheel, also for a server of one's own.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from kesher import __version__
from kesher.lib import clock, sql
from kesher.project import environment as env
from kesher.project.database import wheel_folder

DUMP, SECRET, MEDIA, CARD = "database.dump", "secret", "media", "kesher.json"
FORMAT = 1


class BackupFailed(Exception):
    """Nothing usable was written or brought back; the text says why and what to do."""


@dataclass(frozen=True)
class Card:
    """What a backup says of itself, first in the file."""

    format: int
    version: str
    made_at: str
    server: str


def back_up(target: Path) -> int:
    """Write the backup; answers its size in bytes. An unfinished one never has the wished name."""
    target = target.absolute()
    if target.exists():
        raise BackupFailed(f"{target} is there already: choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            dump = Path(folder) / DUMP
            _run(
                "pg_dump",
                *_database(),
                "--format=custom",
                "--compress=6",
                "--no-owner",
                "--file",
                str(dump),
            )
            _write(unfinished, dump)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _write(path: Path, dump: Path) -> None:
    server = str(sql.value("SHOW server_version"))
    card = Card(FORMAT, __version__, clock.now().isoformat(), server)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        _add_text(tar, CARD, json.dumps(asdict(card)))
        _add_text(tar, SECRET, settings.SECRET_KEY)
        tar.add(dump, DUMP)
        for stored in _media_files():
            tar.add(stored, f"{MEDIA}/{stored.relative_to(settings.MEDIA_ROOT)}", recursive=False)


def _media_files() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    yield from (path for path in sorted(root.rglob("*")) if path.is_file())


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(clock.now().timestamp())
    tar.addfile(info, io.BytesIO(content))


def restore(source: Path, *, force: bool) -> None:
    """Bring a backup back, disarmed. Without `force` only into an installation that nobody uses yet."""
    if not source.exists():
        raise BackupFailed(f"{source} does not exist.")
    if not force and _is_used():
        raise BackupFailed(
            "This installation is in use: `kesher restore --force` replaces all that it holds."
        )
    home = Path(settings.HOME)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        unpacked = Path(folder)
        _unpack(source, unpacked)
        _check_server(unpacked)
        _replace_database(unpacked / DUMP)
        _disarm()
        _replace_secret(unpacked / SECRET)
        _replace_media(unpacked / MEDIA)


def _is_used() -> bool:
    if sql.value("SELECT to_regclass('user_account')") is None:
        return False
    return bool(sql.value("SELECT EXISTS (SELECT FROM user_account)"))


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                _take(tar, member, folder.resolve())
    except (tarfile.TarError, OSError) as error:
        raise BackupFailed(f"{source} cannot be read as a backup: {error}") from error
    if not all((folder / name).exists() for name in (CARD, DUMP, SECRET)):
        raise BackupFailed(f"{source} is not a backup of Kesher.")


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Refuses what a backup never has: links, devices, places outside the folder. Raises TarError."""
    place = (folder / member.name).resolve()
    packed = tar.extractfile(member) if member.isfile() else None
    if (packed is None and not member.isdir()) or not place.is_relative_to(folder):
        raise tarfile.TarError(f"{member.name} has no place in a backup")
    if packed is None:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with packed, place.open("wb") as target:
        shutil.copyfileobj(packed, target)


def _check_server(folder: Path) -> None:
    card: dict[str, Any] = json.loads((folder / CARD).read_text())
    if card["format"] > FORMAT:
        raise BackupFailed(
            f"The backup was made by Kesher {card['version']}, newer than this ({__version__}): upgrade first."
        )


_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"


def _replace_database(dump: Path) -> None:
    """All or nothing: one transaction empties the database and fills it again."""
    sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    script = dump.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", "--file", str(script), str(dump))
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", *_database(), *options, "-c", _EMPTY, "-f", str(script))


def _disarm() -> None:
    """A copy beside the original must not send what the original sends."""
    made: datetime = clock.now()
    sql.execute(
        "INSERT INTO installation (id, armed, name, created_at) VALUES (1, false, '', %s)"
        " ON CONFLICT (id) DO UPDATE SET armed = false",
        (made,),
    )


def _replace_secret(secret: Path) -> None:
    wanted = secret.read_text()
    if env.SECRET_KEY.text():
        if env.SECRET_KEY.text() != wanted:
            raise BackupFailed(
                "Restored, but KESHER_SECRET_KEY is another one than the backup's: links in mails already sent"
                " and stored passwords work only with that. Unset it and restore again, or set it to the old key."
            )
        return
    path = Path(settings.HOME) / "secret"
    path.write_text(wanted)
    path.chmod(0o600)


def _replace_media(media: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    if root.exists():
        shutil.rmtree(root)
    if media.exists():
        shutil.move(media, root)


def _database() -> list[str]:
    """Our database as an argument of PostgreSQL's programs; the password travels in the environment."""
    database: dict[str, Any] = settings.DATABASES["default"]
    parts = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    options = {key: value for key, value in database["OPTIONS"].items() if key != "pool"}
    query = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in {**parts, **options}.items() if v)
    return ["--dbname", f"postgresql:///{quote(database['NAME'])}?{query}"]


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
        [str(wheel_folder() / "bin" / program), *arguments],
        env={**os.environ, "PGPASSWORD": str(settings.DATABASES["default"]["PASSWORD"])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BackupFailed(f"{program} failed: {said[-1]}")
