"""Starting other programs so that none outlives us, not even when we are killed with SIGKILL."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _end_with_parent(parent: int, signum: int) -> Callable[[], None]:
    def between_fork_and_exec() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return between_fork_and_exec


def start_child(
    arguments: Sequence[str],
    *,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    group: int | None = None,
    folder: Path | None = None,
    when_parent_dies: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """A child in its own process group (so that Ctrl+C reaches only us), told to end when we are gone.

    Linux delivers `when_parent_dies` when the thread that called this ends: call it from the main thread.
    """
    return subprocess.Popen(  # noqa: S603 (our own programs)
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(environment) if environment is not None else None,
        user=user,
        group=group,
        extra_groups=[] if user is not None else None,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_end_with_parent(os.getpid(), when_parent_dies),
    )


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie that nobody has collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return sys.platform != "linux"
    return state != "Z"
