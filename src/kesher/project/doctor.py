"""`kesher doctor`: looks at everything that can be wrong with an installation and says how to mend each."""

from __future__ import annotations

import shutil
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError

from kesher import __version__
from kesher.lib import clock, sql
from kesher.project import environment as env
from kesher.project import prepare
from kesher.worker import heartbeat

OLDEST_SERVER = 150_000
LOW_DISK_BYTES, SCARCE_DISK_BYTES = 2_000_000_000, 300_000_000


@dataclass(frozen=True)
class Finding:
    """`mend` says what to do; it is empty when all is well."""

    level: str
    what: str
    mend: str = ""


def fine(what: str) -> Finding:
    return Finding("ok", what)


def worry(what: str, mend: str) -> Finding:
    return Finding("worry", what, mend)


def broken(what: str, mend: str) -> Finding:
    return Finding("broken", what, mend)


def python() -> Iterator[Finding]:
    version = sys.version.split()[0]
    yield fine(f"Kesher {__version__} on Python {version}")


def server() -> Iterator[Finding]:
    number = int(sql.value("SHOW server_version_num"))
    version = sql.value("SHOW server_version")
    whose = "server" if env.DATABASE_URL.text() else "embedded"
    if number < OLDEST_SERVER:
        yield broken(f"PostgreSQL {version} is too old", "use PostgreSQL 15 or newer")
    else:
        yield fine(f"PostgreSQL {version} ({whose})")


def alphabet() -> Iterator[Finding]:
    """Hebrew must count as letters, or search by a part of a name finds nothing."""
    encoding = sql.value("SHOW server_encoding")
    if encoding != "UTF8":
        yield broken(f"the database's encoding is {encoding}", "make it with ENCODING 'UTF8'")
        return
    missing = {"pg_trgm", "btree_gin"} - {
        name for (name,) in sql.rows("SELECT extname FROM pg_extension")
    }
    if missing:
        names = ", ".join(sorted(missing))
        yield broken(
            f"missing extensions: {names}",
            "install PostgreSQL's contrib package, then `kesher migrate`",
        )
        return
    if sql.value("SELECT cardinality(show_trgm('שלום'))") == 0:
        yield broken(
            "the database does not know Hebrew letters (its character type is C)",
            "make the database anew with LC_CTYPE 'C.UTF-8' or 'en_US.UTF-8', and restore a backup into it",
        )
        return
    yield fine("UTF-8, Hebrew letters and extensions")


def tables() -> Iterator[Finding]:
    try:
        pending = prepare.pending_migrations()
    except prepare.NewerDatabase as error:
        yield broken("the tables are newer than this Kesher", str(error))
        return
    if pending:
        yield broken(
            f"{len(pending)} migrations are missing ({pending[0]} …)", "run `kesher migrate`"
        )
    else:
        yield fine("the tables are up to date")


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.HOME).free
    words = f"{free / 1e9:.1f} GB free for {settings.HOME}"
    if free < SCARCE_DISK_BYTES:
        yield broken(words, "make room now: PostgreSQL stops when the disk is full")
    elif free < LOW_DISK_BYTES:
        yield worry(words, "make room, or move KESHER_HOME to a larger disk")
    else:
        yield fine(words)


def secret() -> Iterator[Finding]:
    if env.SECRET_KEY.text():
        if len(settings.SECRET_KEY) < 32:
            yield broken(
                "KESHER_SECRET_KEY is short",
                "use 50 random characters; old links then stop working",
            )
        else:
            yield fine("secret key from KESHER_SECRET_KEY")
        return
    path = Path(settings.HOME) / "secret"
    if path.stat().st_mode & 0o077:
        yield worry(f"{path} can be read by others", f"chmod 600 {path}")
    else:
        yield fine("secret key in the data folder")


def address() -> Iterator[Finding]:
    parts = urlsplit(settings.BASE_URL)
    near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if near:
        yield worry(
            f"links in mail lead to {settings.BASE_URL}, this machine only",
            "set KESHER_BASE_URL to the address that people reach",
        )
    elif parts.scheme != "https":
        yield worry(
            f"{settings.BASE_URL} is not https", "put a proxy with TLS in front (docs/operators)"
        )
    else:
        yield fine(f"reached at {settings.BASE_URL}")
    if settings.DEBUG and not near:
        yield broken("KESHER_DEBUG shows errors to strangers", "unset KESHER_DEBUG")


def sending() -> Iterator[Finding]:
    if sql.value("SELECT armed FROM installation WHERE id = 1") is False:
        yield worry("this is a restored copy: it sends nothing", "when it shall send: `kesher arm`")
    local = sql.value(
        "SELECT count(*) FROM workspace w WHERE NOT EXISTS (SELECT FROM channel_account a"
        " WHERE a.workspace_id = w.id AND a.provider <> 'local')"
    )
    if local:
        yield worry(
            f"{local} workspaces have no mail account: their messages stay on this machine",
            "add one under Settings, Ways out",
        )
    if not env.SMTP_URL.text():
        yield worry("password resets are kept in the data folder", "set KESHER_SMTP_URL")


def time_zones() -> Iterator[Finding]:
    try:
        zoneinfo.ZoneInfo("Asia/Jerusalem")
    except zoneinfo.ZoneInfoNotFoundError:
        yield broken(
            "no time zone data", "install the system's tzdata, or the Python package tzdata"
        )
    else:
        yield fine("time zone data")


def worker() -> Iterator[Finding]:
    now = clock.now()
    signs = heartbeat.last_signs(now)
    for loop in ("engine", "sender", "jobs"):
        if loop not in signs:
            yield worry(
                f"the worker's {loop} has given no sign", "start `kesher run` or `kesher worker`"
            )
            continue
        at, error = signs[loop]
        if now - at > heartbeat.STALE_AFTER:
            minutes = int((now - at).total_seconds() // 60)
            yield worry(
                f"the worker's {loop} gave no sign for {minutes} minutes", "start `kesher worker`"
            )
        elif error:
            yield worry(f"the worker's {loop} had an error: {error[:160]}", "see the worker's log")
        else:
            yield fine(f"the worker's {loop} is alive")


INBOX_LATE = RUNS_LATE = timedelta(minutes=5)
_CONSUMERS = {"journey": "journeys", "segment": "segments that somebody listens to"}


def inbox() -> Iterator[Finding]:
    """Events that wait to be taken up: late only when the engine stands still or fails."""
    now = clock.now()
    waiting = sql.rows("SELECT consumer, count(*), min(created_at) FROM inbox GROUP BY consumer")
    late = [row for row in waiting if now - row[2] > INBOX_LATE]
    for consumer, count, oldest in late:
        minutes = int((now - oldest).total_seconds() // 60)
        whose = _CONSUMERS.get(consumer, consumer)
        yield worry(
            f"{count} events wait for {whose}, the oldest for {minutes} minutes",
            "see the worker's log for errors of the engine; start `kesher worker` when none runs",
        )
    if not late:
        yield fine("no event waits to be taken up")


def journeys() -> Iterator[Finding]:
    from kesher.journeys.models import JourneyAlarm  # tables need Django, which begins later
    from kesher.journeys.queries import late_runs

    late = late_runs(clock.now() - RUNS_LATE)
    missed = JourneyAlarm.objects.filter(kind="missed", read_at=None)
    for alarm in missed.order_by("pk"):
        yield worry(
            f"journey {alarm.journey_id}: {alarm.count} people were not woken by what they waited for,"
            f" {alarm.since:%d.%m.%Y %H:%M}; they have been sent on since",
            "was a backup restored, or the inbox emptied? see the worker's log; mark the alarm as seen in Journeys",
        )
    if not late:
        yield fine("everybody in a journey moves when they are due")
    for one in late:
        yield worry(
            f"journey {one.journey_id}: {one.count} people should have moved since {one.since:%d.%m.%Y %H:%M}",
            "see the worker's log for errors of the engine; start `kesher worker` when none runs",
        )


def front_end() -> Iterator[Finding]:
    if Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).exists():
        yield fine("the front end is built")
    else:
        yield broken("the front end is not built", "run `make run` once, or `make install`")


CHECKS: list[Callable[[], Iterator[Finding]]] = [
    *(
        python,
        server,
        alphabet,
        tables,
        disk,
        secret,
        address,
        sending,
        time_zones,
        worker,
        inbox,
        journeys,
        front_end,
    )
]


def findings() -> Iterator[Finding]:
    for check in CHECKS:
        try:
            yield from check()
        except DatabaseError as error:
            said = str(error).strip().splitlines()[0]
            yield broken(f"{check.__name__.replace('_', ' ')}: {said}", "run `kesher migrate`")


def examine() -> int:
    """Print everything found; answers 1 when something is broken."""
    found = list(findings())
    _show(found)
    return 1 if any(finding.level == "broken" for finding in found) else 0


def examine_without_database(why: str) -> int:
    _show([broken("the database does not run", why)])
    return 1


def _show(found: list[Finding]) -> None:
    marks = {"ok": "✓", "worry": "!", "broken": "✗"}
    for finding in found:
        tail = f"\n    → {finding.mend}" if finding.mend else ""
        sys.stdout.write(f"{marks[finding.level]} {finding.what}{tail}\n")
