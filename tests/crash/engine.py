"""The engine alone, in the loop in which `kesher worker` runs it, for tests that kill it. Ends by itself after
`sys.argv[1]` seconds. What surprises it is told on stderr."""

from __future__ import annotations

import os
import sys
import threading
from datetime import datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")


SMALL = int(os.environ.get("KESHER_CRASH_BATCH", "60"))  # runs at once: many to be killed in


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 4  # a test has no time
    from kesher.journeys import engine
    from kesher.worker.loops import Loop

    stopping = threading.Event()
    timer = threading.Timer(float(sys.argv[1]), stopping.set)
    timer.daemon = True
    timer.start()

    def step(now: datetime) -> int:
        return engine.step(now, limit=SMALL)

    Loop("engine", step, stopping).run()


if __name__ == "__main__":
    main()
