"""What asks the database all the time, as requests and a worker's loop do, and says when it was answered: a line
"<who> ok" or "<who> failed" and the time of the machine's steady clock. Ends when its input ends."""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")

REQUESTS = 6  # at the same time
ONE_AT_A_TIME = threading.Lock()


def tell(who: str, how: str) -> None:
    with ONE_AT_A_TIME:
        print(who, how, time.monotonic(), flush=True)


def main() -> None:
    import django

    django.setup()
    from django.db import OperationalError, connection

    from kesher.lib import sql
    from kesher.worker.loops import Loop

    stopping = threading.Event()
    together = threading.Barrier(REQUESTS)

    def request() -> None:
        """All at once, so that there are as many connections."""
        while not stopping.is_set():
            try:
                sql.value("SELECT pg_sleep(0.02)")
                tell("request", "ok")
            except OperationalError:
                tell("request", "failed")
            finally:
                connection.close()
            together.wait(60)
            stopping.wait(0.05)

    def step(now: datetime) -> int:
        sql.value("SELECT 1")
        tell("loop", "ok")
        return 0

    for _one in range(REQUESTS):
        threading.Thread(target=request, daemon=True).start()
    threading.Thread(target=Loop("asking", step, stopping).run, daemon=True).start()
    sys.stdin.read()
    stopping.set()
    os._exit(0)


if __name__ == "__main__":
    main()
