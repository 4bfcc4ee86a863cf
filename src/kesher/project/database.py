"""The embedded PostgreSQL: where it is, starting it, stopping it. The only module that knows its source.

(First shape; started by `kesher run`, the tests and the benchmarks.)
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote


def socket_folder(home: Path) -> Path:
    """A short path (a Unix socket's address holds 107 bytes) that follows from the data folder's."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/tmp") / f"kesher-{digest}"  # noqa: S108 (made with mode 0700, checked for its owner)


def embedded_url(home: Path) -> str:
    """The address of this data folder's own server, whether it runs or not."""
    return f"postgresql://postgres@/kesher?host={quote(str(socket_folder(home)), safe='')}"
