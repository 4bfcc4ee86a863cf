"""`kesher worker`: the three loops on threads of one process. Any number of such processes may run."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time

import structlog

from kesher.messages import sender
from kesher.worker import steps
from kesher.worker.helpers import Helpers
from kesher.worker.jobs_loop import JobsLoop
from kesher.worker.loops import Loop

log = structlog.get_logger(__name__)

GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.5


def work(*, senders: int = 1) -> int:
    """Until SIGTERM or Ctrl+C; then each loop finishes what it has in hand, for at most ten seconds.

    `senders` is how many processes may send at once when there is much to send, this one included.
    """
    settle_memory()
    helpers = Helpers(senders - 1)
    helpers.prepare()
    stopping = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopping.set())
    threads = start_loops(stopping)
    log.info("worker_started", loops=[thread.name for thread in threads])
    while not stopping.wait(LOOK_SECONDS):
        helpers.look(wanted=sender.is_pressed())
        if dead := [thread.name for thread in threads if not thread.is_alive()]:
            log.error("loop_ended", loops=dead)  # cannot be; whoever supervises us starts us again
            return 1
    deadline = time.monotonic() + GRACE_SECONDS
    helpers.end(deadline)
    for thread in threads:
        thread.join(timeout=max(0.0, deadline - time.monotonic()))
    if late := [thread.name for thread in threads if thread.is_alive()]:
        log.warning("loop_cut_off", loops=late)  # its claims are taken over by the next worker
        os._exit(1)
    return 0


def settle_memory() -> None:
    """Let the garbage collector pass over what is loaded: 300,000 objects that stay, looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def start_loops(stopping: threading.Event) -> list[threading.Thread]:
    sender = Loop("sender", steps.make_sender(stopping.is_set), stopping)
    engine = Loop("engine", steps.engine, stopping, wakes=sender, coming=steps.engine_coming)
    return [sender.start(), engine.start(), JobsLoop(stopping).start()]
