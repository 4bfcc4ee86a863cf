"""The sender alone, as `kesher worker` runs it, for tests that kill it. Ends by itself after `sys.argv[1]` seconds."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")


def main() -> None:
    import django

    django.setup()
    from kesher.lib import clock
    from kesher.messages import sender

    ends = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < ends:
        sender.reclaim(clock.now())
        if not sender.send_due(clock.now(), limit=1_000):
            time.sleep(0.05)
    sender.close()


if __name__ == "__main__":
    main()
