"""The calls out of journeys alone, as the job makes them, for tests that kill it. Ends by itself after `sys.argv[1]` seconds."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")
LEASE = timedelta(seconds=3)  # what a dead worker had claimed is due again so soon


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    from kesher.journeys import webhooks
    from kesher.lib import clock

    settings.WEBHOOKS_INSIDE = True
    webhooks.LEASE = LEASE
    ends = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < ends:
        if not webhooks.deliver(clock.now()):
            time.sleep(0.05)


if __name__ == "__main__":
    main()
