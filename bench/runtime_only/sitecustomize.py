"""Makes a process see only what users install: packages of requirements/dev.txt that libraries load when they find them.

structlog loads rich and greenlet, 5 MB in each process.
"""

import sys

for _name in ("rich", "greenlet"):
    sys.modules[_name] = None  # type: ignore[assignment]
