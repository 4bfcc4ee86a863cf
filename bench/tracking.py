"""Tracking: opens 80 %, clicks 20 %, a third by machines, each in the database before it is answered.

Beside it, on the same granian and in turns: `bare`, which keeps nothing, and `view`, a Django view that
keeps nothing. Load generator and PostgreSQL share the machine. Then: a kill -9 in full flow, and the digest.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "kesher_bench_tracking"
SEED = 7
LINKS = 10
PORT = int(os.environ.get("BENCH_PORT", "9250"))
CONNECTIONS = 128

PEOPLE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
)
MACHINES = (
    "Mozilla/5.0",
    "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))",
    "python-requests/2.32",
)


@dataclass(frozen=True)
class Setting:
    seconds: float
    rounds: int


@dataclass
class Load:
    """What a generator saw: requests answered, their times in seconds, and how long it ran."""

    seconds: float = 0
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0


def requests_of(tokens: list[str]) -> list[bytes]:
    """Ready requests, one for each message."""
    dice = random.Random(SEED)
    made = []
    for token in tokens:
        agent = dice.choice(MACHINES if dice.random() < 1 / 3 else PEOPLE)
        click = dice.random() < 0.2
        path = f"/c/{token}/{dice.randrange(LINKS)}" if click else f"/o/{token}.gif"
        text = (
            f"GET {path} HTTP/1.1\r\nHost: mail.shop.example\r\nUser-Agent: {agent}\r\nAccept: image/avif,image/*,*/*;q=0.8\r\n"
            "Accept-Language: he-IL,he;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
        )
        made.append(text.encode())
    return made


def run_load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    """Keep-alive connections without pipelining, each asks again once it is answered. Ends when the server dies."""
    import select

    poll = select.epoll()
    open_sockets: dict[int, list[Any]] = {}
    turn = iter_forever(requests)
    load = Load()
    started = time.perf_counter()
    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        text = next(turn)
        open_sockets[sock.fileno()] = [sock, time.perf_counter(), b""]
        sock.send(text)
        poll.register(sock.fileno(), select.EPOLLIN)
    end = started + seconds
    while open_sockets and (now := time.perf_counter()) < end:
        for number, _event in poll.poll(1.0, 256):
            state = open_sockets[number]
            try:
                data = state[0].recv(65536)
            except OSError:
                data = b""
            if not data:
                poll.unregister(number)
                open_sockets.pop(number)[0].close()
                continue
            data = state[2] + data
            head = data.find(b"\r\n\r\n")
            expected = 43 if data[9:12] == b"200" else 0
            if head < 0 or len(data) < head + 4 + expected:
                state[2] = data
                continue
            status = data[9:12]
            if status not in (b"200", b"302", b"404"):
                raise RuntimeError(data[:200])
            now = time.perf_counter()
            load.times.append(now - state[1])
            text = next(turn)
            state[1:] = [now, b""]
            try:
                state[0].send(text)
            except OSError:
                poll.unregister(number)
                open_sockets.pop(number)[0].close()
    load.seconds = time.perf_counter() - started
    for sock, *_ in open_sockets.values():
        sock.close()
    poll.close()
    return load


def iter_forever(requests: list[bytes]) -> Any:
    while True:
        yield from requests


@dataclass
class Server:
    """granian with one worker on uvloop, serving an application of bench.tracking_apps."""

    application: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        if self.application == "view":
            environment["BENCH_VIEW"] = "1"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "wsgi" if self.application == "view" else "asginl", "--host", "127.0.0.1", "--port", str(self.port),
                "--workers", "1", "--loop", "uvloop", "--no-ws", "--log-level", "error",
                f"bench.tracking_apps:{self.application}",
            ],
            env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.application} did not start")

    def kill(self) -> None:
        """kill -9 for the whole group: nothing gets to tidy up."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        assert self.process
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process.wait()


def fill(messages: int) -> list[str]:
    """One workspace, one version of ten links, and this many sent messages; their tokens."""
    from kesher.accounts.models import Workspace
    from kesher.content.models import TrackedLink, Version
    from kesher.lib import clock, sql
    from kesher.messages.tokens import message_token

    now = clock.now()
    workspace = Workspace.objects.create(key="bench", name="Bench")
    version = Version.objects.create(workspace=workspace, body={}, plan={}, subject="Bench")
    for number in range(LINKS):
        TrackedLink.objects.create(
            workspace=workspace, version=version, number=number, url=f"https://shop.example/p/{number}?from=mail"
        )  # fmt: skip
    sql.execute(
        "INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company, city,"
        " notes, fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)"
        " SELECT %s, 'c' || n || '@example.com', '', '', '', '', '', '', '', '', '', '{}', '', 'granted', '', '', 'bench', %s, %s"
        " FROM generate_series(1, %s) n",
        (workspace.pk, now, now, messages),
    )
    sql.execute(
        "INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority,"
        " status, reason, address, attempts, queued_at, sent_at)"
        " SELECT %s, id, 'email', 'advertising', 'campaign', '1', %s, 60, 'sent', '', email, 1, %s, %s FROM contact ORDER BY id",
        (workspace.pk, version.pk, now, now - timedelta(hours=1)),
    )
    sql.execute("ANALYZE")
    tokens = [message_token(row[0]) for row in sql.rows("SELECT id FROM message ORDER BY id")]
    random.Random(SEED).shuffle(tokens)
    return tokens


def compare(given: Setting, requests: list[bytes]) -> tuple[dict[str, list[Load]], int]:
    """The three servers in turns; and how many answers were not kept."""
    from kesher.lib import sql

    loads: dict[str, list[Load]] = {"tracking": [], "bare": [], "view": []}
    lost = 0
    for _round in range(given.rounds):
        for name, found in loads.items():
            sql.execute("TRUNCATE hit")
            with Server(name, PORT) as server:
                run_load(server.port, requests, CONNECTIONS, 0.5)
                before = sql.value("SELECT count(*) FROM hit")
                found.append(run_load(server.port, requests, CONNECTIONS, given.seconds))
            if name == "tracking":
                kept = sql.value("SELECT count(*) FROM hit") - before
                lost += max(0, len(found[-1].times) - kept)
    return loads, lost


def kill(given: Setting, requests: list[bytes]) -> tuple[int, int]:
    """kill -9 in full flow: how many hits were answered, and how many of these are not in the table."""
    import threading

    from kesher.lib import sql

    sql.execute("TRUNCATE hit")
    with Server("tracking", PORT) as server:
        threading.Timer(min(2.0, given.seconds), server.kill).start()
        load = run_load(server.port, requests, CONNECTIONS, given.seconds + 4)
    time.sleep(0.5)  # PostgreSQL may still finish the batch that nobody hears of
    kept = sql.value("SELECT count(*) FROM hit")
    return len(load.times), max(0, len(load.times) - kept)


@dataclass(frozen=True)
class Digested:
    rate: float
    statements_per_1000: float
    wal_bytes: float


def digest(hits: int, tokens: list[str]) -> Digested:
    """How fast hits become facts, and what that costs."""
    from django.db import connection

    from kesher.lib import clock, sql
    from kesher.messages.receipts import NewHit, digest_hits, store_hits
    from kesher.messages.tokens import read_token

    dice, now = random.Random(SEED), clock.now()
    sql.execute("TRUNCATE hit")
    store_hits(
        NewHit(
            *(("click", number, now, dice.randrange(LINKS)) if dice.random() < 0.2 else ("open", number, now, None)),
            agent=dice.choice(MACHINES if dice.random() < 1 / 3 else PEOPLE),
        )
        for number in (read_token(dice.choice(tokens)) or 0 for _ in range(hits))
    )  # fmt: skip
    statements = 0

    def count(execute: Any, *rest: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*rest)

    done, started = 0, time.perf_counter()
    wal = sql.value("SELECT pg_current_wal_lsn()")
    with connection.execute_wrapper(count):
        while taken := digest_hits(now + timedelta(seconds=15)):
            done += taken
    seconds = time.perf_counter() - started
    written = float(sql.value("SELECT pg_current_wal_lsn() - %s::pg_lsn", (wal,)))
    return Digested(done / seconds, statements / done * 1000, written / done)


def run(options: Options) -> Result:
    messages = options.sized(full=50_000, small=5_000)
    given = Setting(1.0 if options.small else 6.0, options.turns(full=3))
    with place.database(DATABASE):
        place.set_up_django()
        tokens = fill(messages)
        requests = requests_of(tokens)
        loads, lost = compare(given, requests)
        answered, killed = kill(given, requests)
        digested = digest(messages, tokens)
    rates = {name: statistics.median(load.rate for load in found) for name, found in loads.items()}
    slow = {
        name: Load(1, [t for load in found for t in load.times]).percentile(0.99)
        for name, found in loads.items()
    }
    own, own_slow = rates.pop("tracking"), slow.pop("tracking")
    return Result(
        "tracking",
        f"{CONNECTIONS} connections for {given.seconds:.0f} s: opens 80 %, clicks 20 %, a third by machines, each in the"
        " database before it is answered; load generator and PostgreSQL share the machine."
        " `bare` and `view` (a Django view) keep nothing.",
        [
            Figure("hits", own, "a second", rates, f"{own / rates['bare']:.2f} of bare", "10,000", own >= 10_000),
            Figure("slowest hundredth", own_slow, "ms", slow, "", "50 ms", own_slow <= 50),
            Figure("answered, not kept", lost, "", {}, "", "0", lost == 0),
            Figure("answered before kill -9", answered, ""),
            Figure("of these lost", killed, "", {}, "", "0", killed == 0),
            Figure("digested", digested.rate, "hits a second"),
            Figure("statements for 1,000 hits", digested.statements_per_1000, ""),
            Figure("WAL of a digested hit", digested.wal_bytes, "bytes"),
        ],
    )  # fmt: skip
