"""Settings that come from the environment, each declared once: name, default, meaning.

docs/reference/environment.md is written from ENVIRONMENT; a test fails when it is stale.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(Exception):
    """An environment variable has a value that cannot be used; the text says which and what would do."""


@dataclass(frozen=True)
class Variable:
    key: str
    default: str
    meaning: str

    def text(self) -> str:
        return os.environ.get(self.key, self.default)

    def flag(self) -> bool:
        value = self.text().strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"", "0", "false", "no", "off"}:
            return False
        raise BadSetting(f"{self.key} is {value!r}; use 1 or 0")

    def number(self) -> int:
        try:
            return int(self.text())
        except ValueError:
            raise BadSetting(f"{self.key} is {self.text()!r}; use a whole number") from None

    def words(self) -> list[str]:
        return [word.strip() for word in self.text().split(",") if word.strip()]


ENVIRONMENT: dict[str, Variable] = {}


def declare(key: str, default: str, meaning: str) -> Variable:
    variable = Variable(key, default, meaning)
    ENVIRONMENT[key] = variable
    return variable


HOME = declare(
    "KESHER_HOME", ".kesher", "The data folder: embedded database, uploads, secret key, logs."
)
DATABASE_URL = declare(
    "DATABASE_URL",
    "",
    "postgresql://user:password@host:port/name of a PostgreSQL 15 or newer. Empty: Kesher starts its own.",
)
SECRET_KEY = declare(
    "KESHER_SECRET_KEY",
    "",
    "Signs sessions and links, encrypts passwords at rest. Empty: kept in the data folder.",
)
BASE_URL = declare(
    "KESHER_BASE_URL",
    "",
    "Where people reach this installation; links in mail begin with it. Empty: http:// and KESHER_BIND.",
)
BIND = declare("KESHER_BIND", "127.0.0.1:8000", "Address and port on which the web server listens.")
ALLOWED_HOSTS = declare(
    "KESHER_ALLOWED_HOSTS",
    "",
    "More host names to answer to, separated by commas, beside that of KESHER_BASE_URL.",
)
TRUSTED_PROXIES = declare(
    "KESHER_TRUSTED_PROXIES",
    "0",
    "How many reverse proxies stand in front; their X-Forwarded-For entries are believed.",
)
DEBUG = declare(
    "KESHER_DEBUG", "0", "Show errors in the browser. Never on a machine that others reach."
)
DEMO = declare("KESHER_DEMO", "0", "Load the demo workspace at first start.")
SMTP_URL = declare(
    "KESHER_SMTP_URL",
    "",
    "smtp://user:password@host:587?tls=starttls for mail of the installation itself (password reset, invitations). "
    "Empty: such mail is kept in the data folder, under mail/.",
)
SYSTEM_SENDER = declare("KESHER_SYSTEM_SENDER", "kesher@localhost", "From address of that mail.")
SIGN_UP = declare("KESHER_SIGN_UP", "1", "Whether strangers may make an account and a workspace.")
LOG_LEVEL = declare("KESHER_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")
LOG_FORMAT = declare("KESHER_LOG_FORMAT", "text", "text for people, json for machines.")
DATABASE_POOL = declare("KESHER_DATABASE_POOL", "8", "Most database connections of one process.")
WEB_PROCESSES = declare(
    "KESHER_WEB_PROCESSES",
    "1",
    "Web processes that share the port; one for each two processor cores is plenty.",
)
WEB_THREADS = declare(
    "KESHER_WEB_THREADS", "8", "Requests served at the same time by one web process."
)
SENDER_PROCESSES = declare(
    "KESHER_SENDER_PROCESSES",
    "",
    "Processes of one worker that send at once while there is much to send. Empty: one for each processor core, "
    "at most four.",
)
MAX_UPLOAD_MB = declare(
    "KESHER_MAX_UPLOAD_MB", "1100", "Largest file that may be uploaded for import."
)
METRICS = declare("KESHER_METRICS", "0", "Answer /metrics for Prometheus, to this machine only.")

WEBHOOKS_INSIDE = declare(
    "KESHER_WEBHOOKS_INSIDE",
    "0",
    "Let journeys call addresses inside this network. Leave it off where strangers may make workspaces.",
)
TEST_CLOCK = declare(
    "KESHER_TEST_CLOCK",
    "0",
    "Time stands still and `kesher clock` moves it: for tests and for trying journeys. Refused with real providers.",
)

TEST_DATABASE = declare(
    "KESHER_TEST_DATABASE", "test_kesher", "Name of the database that the tests make."
)


def home() -> Path:
    return Path(HOME.text()).expanduser().absolute()


def bind() -> tuple[str, int]:
    """The address and port of KESHER_BIND. Raises BadSetting."""
    host, _, port = BIND.text().rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadSetting(f"KESHER_BIND is {BIND.text()!r}; use ADDRESS:PORT, like 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def sender_processes() -> int:
    """KESHER_SENDER_PROCESSES, or one for each core that we may use. Raises BadSetting."""
    if SENDER_PROCESSES.text().strip():
        return max(1, SENDER_PROCESSES.number())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, 4)


def base_url() -> str:
    """KESHER_BASE_URL without a slash at its end, or what follows from KESHER_BIND. Raises BadSetting."""
    if given := BASE_URL.text().rstrip("/"):
        parts = urlsplit(given)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadSetting(f"KESHER_BASE_URL is {given!r}; use https://host or http://host:port")
        return given
    host, port = bind()
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104 (compared, not bound)
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def check() -> None:
    """Read everything that could be mistyped, so that it is said in one line before anything starts."""
    bind(), base_url(), sender_processes()
    for flag in (DEBUG, DEMO, SIGN_UP, METRICS, WEBHOOKS_INSIDE, TEST_CLOCK):
        flag.flag()
    for number in (TRUSTED_PROXIES, DATABASE_POOL, WEB_PROCESSES, WEB_THREADS, MAX_UPLOAD_MB):
        number.number()
    if LOG_LEVEL.text().upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise BadSetting(
            f"KESHER_LOG_LEVEL is {LOG_LEVEL.text()!r}; use DEBUG, INFO, WARNING or ERROR"
        )
    if LOG_FORMAT.text() not in {"text", "json"}:
        raise BadSetting(f"KESHER_LOG_FORMAT is {LOG_FORMAT.text()!r}; use text or json")
    if (url := DATABASE_URL.text()) and urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise BadSetting(
            "DATABASE_URL must begin with postgresql:// (PostgreSQL is the only database)"
        )
    if (url := SMTP_URL.text()) and urlsplit(url).scheme not in {"smtp", "smtps"}:
        raise BadSetting("KESHER_SMTP_URL must begin with smtp:// or smtps://")
