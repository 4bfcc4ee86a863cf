"""`kesher web`: granian in this very process for one web process, its own supervisor for several."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

from kesher.project import environment as env

STATIC_EXPIRES_SECONDS = 365 * 24 * 3600


def serve() -> None:
    processes = env.WEB_PROCESSES.number()
    if processes > 1:
        _serve_many(processes)
    else:
        _serve_one()


def _serve_one() -> None:
    import uvloop

    from kesher.project.asgi import application

    uvloop.run(_embedded(application))


async def _embedded(application: object) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    host, port = env.bind()
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    serving = asyncio.ensure_future(server.serve())
    waiting = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        waiting.cancel()
        serving.result()  # raises what ended it
        return
    server.stop()  # type: ignore[no-untyped-call]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(serving, 10)


def _serve_many(processes: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    host, port = env.bind()
    Server(
        "kesher.project.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=processes,
        websockets=False,
        backlog=1024,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        working_dir=Path.cwd(),
        log_enabled=False,
    ).serve()
