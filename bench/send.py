"""Sending: personalised mails, RSA-2048 DKIM, eligibility asked, each result durable, to Postfix's smtp-sink.

Beside it, in turns on the same machine:
`limit`    a hand-written loop: ready bytes, the same signature, one mail in flight on each of as many connections,
`obvious`  smtplib + EmailMessage + dkimpy on a subset,
`source`   Postfix's smtp-source, which neither personalises nor signs,
`unsigned` Kesher without DKIM.
Sinks and the generator share the machine.
"""

from __future__ import annotations

import os
import resource
import smtplib
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage

from bench import place
from bench.result import Figure, Options, Result

SINK, SOURCE = "/usr/sbin/smtp-sink", "/usr/sbin/smtp-source"
FIRST_PORT = int(os.environ.get("BENCH_PORT", "9226"))
CONNECTIONS = 4


@dataclass
class Measured:
    """Mails a second in each round."""

    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def start_sink(port: int) -> subprocess.Popen[bytes]:
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen(
        [SINK, *user, f"127.0.0.1:{port}", "1000"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _try in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return sink
    raise RuntimeError(f"smtp-sink does not answer on port {port}")


def send_with_kesher(
    mails: int, port: int, connections: int, *, signed: bool
) -> tuple[float, float]:
    """Mails a second, and by how many MB memory grew above what an idle sender needs."""
    from bench import mailing
    from kesher.lib import clock, sql
    from kesher.messages import sender

    workspace = mailing.prepare(mails, signed=signed)
    mailing.send_through(workspace, port, connections=connections)
    mailing.queue(workspace, mails, now=clock.now())
    sql.execute("ANALYZE message")
    before = _memory_mb()
    began = time.perf_counter()
    done = 0
    while done < mails:
        sent = sender.send_due(clock.now(), limit=20_000)
        if not sent:
            break
        done += sent
    seconds = time.perf_counter() - began
    grown = _memory_mb() - before
    sender.close()
    states = sql.rows(
        "SELECT status, count(*) FROM message WHERE workspace_id = %s GROUP BY 1", (workspace.pk,)
    )
    if states != [("sent", mails)]:
        raise RuntimeError(f"not all were sent: {states}")
    return mails / seconds, grown


def _memory_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


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


def measure(mails: int, rounds: int, connections: int) -> tuple[dict[str, Measured], float]:
    """Rates by name, and the memory that the largest round took above idle."""
    found = {name: Measured() for name in ("kesher", "limit", "unsigned", "obvious", "source")}
    grown = 0.0
    ports = [FIRST_PORT, FIRST_PORT + 1]
    sinks = [start_sink(port) for port in ports]
    try:
        send_with_kesher(
            200, ports[0], connections, signed=True
        )  # warm: connections, caches, memory
        for _round in range(rounds):
            rate, more = send_with_kesher(mails, ports[0], connections, signed=True)
            grown = max(grown, more)
            found["kesher"].rates.append(rate)
            found["limit"].rates.append(send_by_hand(mails, ports[1], connections))
            rate, more = send_with_kesher(mails, ports[0], connections, signed=False)
            grown = max(grown, more)
            found["unsigned"].rates.append(rate)
            found["obvious"].rates.append(send_obviously(min(mails, 300), ports[1]))
            if os.path.exists(SOURCE):
                found["source"].rates.append(send_with_postfix(mails, ports[1], connections))
    finally:
        for sink in sinks:
            sink.terminate()
            sink.wait()
    return found, grown


def run(options: Options) -> Result:
    """Without smtp-sink nothing can be measured: raises SystemExit saying so."""
    if not os.path.exists(SINK):
        raise SystemExit("send: smtp-sink (Postfix) is not installed; nothing measured")
    mails = options.sized(full=100_000, small=2_000)
    with place.database("kesher_bench_send"):
        place.set_up_django()
        found, grown = measure(mails, options.turns(full=3), CONNECTIONS)
    rates = {name: measured.rate for name, measured in found.items() if measured.rates}
    own, unsigned = rates.pop("kesher"), rates.pop("unsigned")
    limit, obvious = own / rates["limit"], own / rates["obvious"]
    return Result(
        "send",
        f"{mails:,} personalised mails of 9.5 kB over {CONNECTIONS} connections: RSA-2048 DKIM, eligibility asked, each"
        " result durable. `limit` is a hand-written loop of ready bytes and the same signature, `obvious` smtplib +"
        " EmailMessage + dkimpy, `source` Postfix's smtp-source. Sinks share the machine.",
        [
            Figure("mails", own, "a second", rates, f"{limit:.2f} of limit", "0.65 of limit", limit >= 0.65),
            Figure("beside the obvious way", obvious, "times", {}, "", "8", obvious >= 8),
            Figure("unsigned mails", unsigned, "a second", {}, "", "3,600", unsigned >= 3_600),
            Figure("memory above idle", grown, "MB", {}, "", "64 MB", grown <= 64),
        ],
    )  # fmt: skip
