"""How the embedded PostgreSQL is set up: by the machine's memory, with letters beyond ASCII, apart from the user's own."""

from __future__ import annotations

import contextlib
import locale
import os
from pathlib import Path

from kesher.project.database_place import DatabaseFailed


def memory_bytes() -> int:
    """What this machine, or the container's limit, gives."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(path).read_text()))
    return total


def server_settings(memory: int, *, durable: bool) -> dict[str, str]:
    """Modest when idle, ready for imports and mailings; by the machine's memory."""
    mb = memory // 1024 // 1024
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "80",
        "shared_buffers": f"{min(max(mb // 16, 32), 512)}MB",
        "effective_cache_size": f"{max(mb // 2, 64)}MB",
        "work_mem": f"{min(max(mb // 256, 4), 32)}MB",
        "maintenance_work_mem": f"{min(max(mb // 32, 32), 256)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "io_method": "sync",
        "max_worker_processes": "4",
        "max_logical_replication_workers": "0",
        "autovacuum_naptime": "20s",
        "autovacuum_max_workers": "2",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.05",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_duration_statement": "2s",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def utf8_ctype() -> str:
    """A character type that knows letters beyond ASCII: without one, pg_trgm finds no Hebrew."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "he_IL.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise DatabaseFailed("This system has no UTF-8 locale: install one (C.UTF-8 or en_US.UTF-8).")


def clean_environment() -> dict[str, str]:
    """No PG* variables of the user's own, and no language of theirs in the server's log."""
    kept = {key: os.environ[key] for key in ("PATH", "TMPDIR") if key in os.environ}
    return {**kept, "LC_ALL": "", "LANG": "C", "TZ": "UTC", "HOME": "/"}
