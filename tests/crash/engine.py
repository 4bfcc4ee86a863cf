"""The engine alone, as `kesher worker` runs it, for tests that kill it. Ends by itself after `sys.argv[1]` seconds."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")


SMALL = 60  # runs at once: many transactions to be killed in


def main() -> None:
    import django

    django.setup()
    from django.db import InterfaceError, OperationalError, connection

    from kesher.journeys import engine
    from kesher.lib import clock

    ends = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < ends:
        try:
            if not engine.step(clock.now(), limit=SMALL):
                time.sleep(0.02)
        except (
            OperationalError,
            InterfaceError,
        ):  # the database went away: a loop begins anew, too
            connection.close()


if __name__ == "__main__":
    main()
