"""Ports for servers of tests and benchmarks that no outgoing connection can take meanwhile."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 15_000
_TRIES = 1_000


def free_port(together: int = 1) -> int:
    """The first of `together` free ports of loopback, below those that the system gives to clients.

    A port that the system chooses itself (bind to 0) can be the local end of another test's connection a moment later.
    """
    for _try in range(_TRIES):
        first = random.SystemRandom().randrange(_FIRST, _first_for_clients() - together)
        if all(_is_free(first + further) for further in range(together)):
            return first
    raise RuntimeError(f"no {together} free ports together on 127.0.0.1")


def _first_for_clients() -> int:
    with contextlib.suppress(OSError, ValueError):
        return max(int(_RANGE.read_text().split()[0]), _FIRST + 1_000)
    return 32_768  # Linux's own


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
