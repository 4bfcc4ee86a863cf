"""Sending: personalised mails, RSA-2048 DKIM, eligibility asked, each result durable, to Postfix's smtp-sink.

Beside it, in turns on the same machine:
`limit`    a hand-written loop: ready bytes, the same signature, one mail in flight on each of as many connections,
`obvious`  smtplib + EmailMessage + dkimpy on a subset,
`source`   Postfix's smtp-source, which neither personalises nor signs,
`unsigned` Kesher without DKIM.
Sinks and the generator share the machine.
"""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from bench import place
from bench.result import Figure, Options, Result

SINK, SOURCE = "/usr/sbin/smtp-sink", "/usr/sbin/smtp-source"
FIRST_PORT = int(os.environ.get("BENCH_PORT", "9226"))
WITHOUT_POSTFIX = (
    " Without Postfix here, the mails went to a sink in Python: it is the limit, not the sender."
)
CONNECTIONS = 4
SINK_START_SECONDS = 30
WARM_UP = 2_500  # enough to have the helpers started
PLANNED_A_SECOND = 6_000


@dataclass
class Measured:
    """Mails a second in each round."""

    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def start_sink(port: int) -> subprocess.Popen[bytes]:
    """Postfix's smtp-sink; without it the tests' own in Python, which takes far fewer mails a second."""
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    postfix = [SINK, *user, f"127.0.0.1:{port}", "1000"]
    command = postfix if os.path.exists(SINK) else [sys.executable, "-m", "bench.sink", str(port)]
    sink = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + SINK_START_SECONDS
    while sink.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return sink
    sink.kill()
    raise RuntimeError(f"{' '.join(command)} does not answer (ended with {sink.wait()})")


@dataclass
class Round:
    """`cpu_us` a mail and `peak_mb` are of the worker and its helpers together."""

    rate: float
    cpu_us: float
    peak_mb: float


class Worker:
    """A real `kesher worker`, with the processes that send beside it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kesher.project.command", "worker"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Worker:
        """Once all its loops have given a sign of life."""
        from kesher.lib import sql

        while sql.value("SELECT count(*) FROM worker_heartbeat") < 3:
            if self.process.poll() is not None:
                raise RuntimeError("the worker does not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def family(self) -> list[int]:
        """The processes of its session: itself, the nursery, the helpers."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if int(_stat(int(folder.name))[3]) == self.process.pid:
                    found.append(int(folder.name))
        return found

    def cpu(self) -> dict[int, float]:
        """Seconds by process, of those that live."""
        tick = os.sysconf("SC_CLK_TCK")
        found = {}
        for pid in self.family():
            with contextlib.suppress(OSError):
                stat = _stat(pid)
                found[pid] = (int(stat[11]) + int(stat[12])) / tick
        return found

    def memory_mb(self) -> float:
        """What they hold together; shared pages are counted once."""
        found = 0.0
        for pid in self.family():
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return found / 1024

    def send(self, mails: int, port: int, connections: int, *, signed: bool) -> Round:
        """Plan a mailing that becomes due a moment later, and wait until the last is sent and written down."""
        from bench import mailing
        from kesher.lib import clock, sql

        workspace = mailing.prepare(mails, signed=signed)
        mailing.send_through(workspace, port, connections=connections)
        due = clock.now() + timedelta(seconds=1 + mails / PLANNED_A_SECOND)
        mailing.queue(workspace, mails, now=due)
        sql.execute("ANALYZE message")
        before = self.cpu()
        wait = (due - clock.now()).total_seconds()
        if wait < 0:
            raise RuntimeError(f"planning took {-wait:.1f} s longer than thought")
        time.sleep(wait)
        began, peak, open_ = time.perf_counter(), 0.0, True
        while open_:
            time.sleep(0.1)
            peak = max(peak, self.memory_mb())
            open_ = sql.value(_OPEN, (workspace.pk,))
        seconds = time.perf_counter() - began
        cpu = sum(used - before.get(pid, 0) for pid, used in self.cpu().items())
        states = sql.rows(_STATES, (workspace.pk,))
        if states != [("sent", mails)]:
            raise RuntimeError(f"not all were sent: {states}")
        return Round(mails / seconds, cpu / mails * 1e6, peak)


_OPEN = """
SELECT EXISTS (SELECT 1 FROM message WHERE workspace_id = %s AND status IN ('queued', 'sending'))
"""
_STATES = "SELECT status, count(*) FROM message WHERE workspace_id = %s GROUP BY 1"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, group, session, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _one_raw() -> bytes:
    """A mail as Kesher makes it, unsigned."""
    from datetime import UTC, datetime

    from bench import mailing
    from kesher.channels.email.mime import Envelope, MailParts, assemble
    from kesher.content.constants import Constants
    from kesher.content.render import Renderer

    values = ("נועה", "כהן", "חיפה", "הספר בע״מ", "p1@example.com", "")
    rendered = Renderer(mailing.plan(), Constants("https://kesher.example")).render(
        "x" * 22, values
    )
    return assemble(
        MailParts(
            envelope=Envelope("חנות הספר", "shop@green-books.example"),
            message_id="x@green-books.example",
            to_email="p1@example.com",
            to_name="נועה כהן",
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            date=datetime.now(UTC),
            unsubscribe_url="https://kesher.example/u/x",
        )
    )


def send_by_hand(mails: int, port: int, connections: int) -> float:
    """The limit: nothing but the signature of ready bytes and the wire."""
    from kesher.channels.email.dkim import Signer, make_key_pair

    raw = _one_raw()
    signer = Signer(domain="x.example", selector="k", private_pem=make_key_pair().private_pem)

    def run(count: int) -> None:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = sock.makefile("rb")
        envelope = b"MAIL FROM:<shop@x.example>\r\nRCPT TO:<p1@example.com>\r\nDATA\r\n"
        reader.readline()
        sock.sendall(b"EHLO bench\r\n")
        while reader.readline()[3:4] == b"-":
            pass
        sock.sendall(envelope)
        for number in range(count):
            signed = signer.sign(b"X-Number: %d\r\n" % number + raw, is_canonical=True)
            for _answer in range(3):
                reader.readline()
            sock.sendall(signed + b".\r\n" + (envelope if number < count - 1 else b""))
            reader.readline()
        sock.close()

    return _timed(mails, connections, run)


def send_obviously(mails: int, port: int) -> float:
    """What a first draft does: smtplib, EmailMessage, dkimpy; one row updated for each mail."""
    import dkim
    from django.db import connection

    from bench import mailing
    from kesher.channels.email.dkim import make_key_pair
    from kesher.content.constants import Constants
    from kesher.content.render import Renderer

    key = make_key_pair().private_pem.encode()
    renderer = Renderer(mailing.plan(), Constants("https://kesher.example"))
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server, connection.cursor() as cursor:
        for number in range(mails):
            values = ("נועה", "כהן", "חיפה", "הספר בע״מ", "p1@example.com", "")
            rendered = renderer.render(f"{number:022}", values)
            mail = EmailMessage()
            mail["From"], mail["To"] = "חנות הספר <shop@x.example>", f"נועה <p{number}@example.com>"
            mail["Subject"] = rendered.subject
            mail.set_content(rendered.text.decode())
            mail.add_alternative(rendered.html.decode(), subtype="html")
            raw = mail.as_bytes()
            signature = dkim.sign(raw, b"k", b"x.example", key)
            server.sendmail("shop@x.example", f"p{number}@example.com", signature + raw)
            cursor.execute("UPDATE message SET sent_at = now() WHERE id = %s", (-number,))
    return mails / (time.perf_counter() - began)


def send_with_postfix(mails: int, port: int, connections: int) -> float:
    command = [
        SOURCE,
        "-c",
        "-l",
        "14000",
        "-m",
        str(mails),
        "-s",
        str(connections),
        f"127.0.0.1:{port}",
    ]
    began = time.perf_counter()
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300
    )
    return mails / (time.perf_counter() - began)


def _timed(mails: int, threads: int, run: Callable[[int], None]) -> float:
    workers = [threading.Thread(target=run, args=(mails // threads,)) for _n in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return (mails // threads) * threads / (time.perf_counter() - began)


def measure(mails: int, rounds: int, connections: int) -> dict[str, Measured]:
    """By name: rates, processor time a mail (`cpu`, `limit cpu`), and memory above idle."""
    names = ("kesher", "limit", "unsigned", "obvious", "source", "cpu", "limit cpu", "memory")
    found = {name: Measured() for name in names}
    ports = [FIRST_PORT, FIRST_PORT + 1]
    with contextlib.ExitStack() as stack:
        for port in ports:
            sink = start_sink(port)
            stack.callback(sink.wait)
            stack.callback(sink.terminate)
        worker = stack.enter_context(Worker())
        idle = worker.memory_mb()
        worker.send(WARM_UP, ports[0], connections, signed=True)
        for _round in range(rounds):
            own = worker.send(mails, ports[0], connections, signed=True)
            found["kesher"].rates.append(own.rate)
            found["cpu"].rates.append(own.cpu_us)
            used = time.process_time()
            found["limit"].rates.append(send_by_hand(mails, ports[1], connections))
            found["limit cpu"].rates.append((time.process_time() - used) / mails * 1e6)
            bare = worker.send(mails, ports[0], connections, signed=False)
            found["unsigned"].rates.append(bare.rate)
            found["memory"].rates.append(max(own.peak_mb, bare.peak_mb) - idle)
            found["obvious"].rates.append(send_obviously(min(mails, 300), ports[1]))
            if os.path.exists(SOURCE):
                found["source"].rates.append(send_with_postfix(mails, ports[1], connections))
    return found


def run(options: Options) -> Result:
    mails = options.sized(full=100_000, small=4_000)
    with place.database("kesher_bench_send"):
        place.set_up_django()
        found = measure(mails, options.turns(full=3), CONNECTIONS)
    rates = {name: measured.rate for name, measured in found.items() if measured.rates}
    own, unsigned, cpu = rates.pop("kesher"), rates.pop("unsigned"), rates.pop("cpu")
    limit_cpu, grown = rates.pop("limit cpu"), max(found["memory"].rates)
    del rates["memory"]
    limit, obvious = own / rates["limit"], own / rates["obvious"]
    return Result(
        "send",
        f"{mails:,} personalised mails of 9.5 kB over {CONNECTIONS} connections by a running worker: RSA-2048 DKIM,"
        " eligibility asked, each result durable. `limit` is a hand-written loop of ready bytes and the same signature,"
        " `obvious` smtplib + EmailMessage + dkimpy, `source` Postfix's smtp-source. Sinks and PostgreSQL share the"
        f" machine.{'' if os.path.exists(SINK) else WITHOUT_POSTFIX}",
        [
            Figure("mails", own, "a second", rates, f"{limit:.2f} of limit", "0.65 of limit", limit >= 0.65),
            Figure("beside the obvious way", obvious, "times", {}, "", "8", obvious >= 8),
            Figure("unsigned mails", unsigned, "a second", {}, "", "3,600", unsigned >= 3_600),
            Figure("processor time a mail", cpu, "µs", {"limit": limit_cpu}, f"{cpu / limit_cpu:.2f} of limit"),
            Figure("memory above idle", grown, "MB", {}, "", "64 MB", grown <= 64),
        ],
    )  # fmt: skip
