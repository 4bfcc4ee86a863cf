"""What this worker holds and what became of it, in a file that outlives a kill -9.

Results reach the database in sets; between the server's "250" and the commit they are here. A result is written
before the same connection hands over its next mail, so that a kill leaves one mail per connection in doubt, not a
batch. A file whose owner is dead (its lock is free) is absorbed by the next worker on this machine.

The file is mapped into memory: what is written there is the kernel's at once, without a system call and without
letting go of the interpreter's lock, which costs 50 µs where several threads send.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kesher.channels.outgoing import Accepted, Delivered, InDoubt, Outcome, Rejected

FIRST_BYTES = 1 << 18


@dataclass(frozen=True)
class Known:
    """What became of one message. `size` as in Claimed."""

    outcome: Outcome
    address: str
    at: datetime
    size: tuple[int, int] | None = None


@dataclass
class Remains:
    """What a dead worker left: by workspace the messages it held (with the last lease), and the known outcomes."""

    held: dict[int, set[int]] = field(default_factory=dict)
    lease: datetime | None = None
    outcomes: dict[int, list[Known]] = field(default_factory=dict)


class Journal:
    """Lines, then zeros. Emptied when all that it says is in the database. May be shared by threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.journal"
        begun = self.path.with_suffix(".new")  # nobody finds it before it is locked
        self._file = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.posix_fallocate(self._file, 0, FIRST_BYTES)  # a full disk is an error here, not later
        self._map = mmap.mmap(self._file, FIRST_BYTES)
        self._size, self._used = FIRST_BYTES, 0
        self._turn = threading.Lock()
        begun.rename(self.path)

    def hold(self, workspace_id: int, message_ids: Sequence[int], lease: datetime) -> None:
        self._write(_line(["hold", workspace_id, lease.isoformat(), *message_ids]))

    def outcome(
        self,
        workspace_id: int,
        outcome: Outcome,
        address: str,
        at: datetime,
        size: tuple[int, int] | None = None,
    ) -> None:
        if (
            isinstance(outcome, Delivered) and size is None
        ):  # nearly all, so they are put together by hand
            text = f'["delivered",{workspace_id},"{at.isoformat()}",{_quoted(address)},{outcome.message_id}]\n'
            return self._write(text.encode())
        match outcome:
            case Delivered(message_id):
                rest: list[object] = ["delivered", message_id]
            case Accepted(message_id):
                rest = ["accepted", message_id]
            case InDoubt(message_id, text):
                rest = ["doubt", message_id, text]
            case Rejected(message_id, permanent, code, text, enhanced, account):
                rest = ["rejected", message_id, permanent, code, text, enhanced, account]
        to = address if size is None else [address, *size]
        return self._write(_line([rest[0], workspace_id, at.isoformat(), to, *rest[1:]]))

    def empty(self) -> None:
        with self._turn:
            self._map[: self._used] = bytes(self._used)
            self._used = 0

    def close(self) -> None:
        """Only when all is in the database."""
        self.path.unlink(missing_ok=True)
        self._map.close()
        os.close(self._file)

    def _write(self, line: bytes) -> None:
        with self._turn:
            ends = self._used + len(line)
            if ends >= self._size:
                self._grow(ends)
            self._map[self._used : ends] = line
            self._used = ends

    def _grow(self, wanted: int) -> None:
        size = max(2 * self._size, 2 * wanted)
        os.posix_fallocate(self._file, self._size, size - self._size)
        self._map.resize(size)
        self._size = size


_encode = json.JSONEncoder(separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii


def _line(record: list[object]) -> bytes:
    return _encode(record).encode() + b"\n"


def orphans(folder: Path) -> Iterator[tuple[Path, Remains]]:
    """The journals of dead workers, each locked while the caller works on it and removed after."""
    for path in sorted(folder.glob("*.journal")) if folder.exists() else []:
        try:
            number = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            continue
        try:
            if not path.exists():  # another worker absorbed it while we waited for the lock
                continue
            yield path, read(path)
            path.unlink(missing_ok=True)
        finally:
            os.close(number)


def read(path: Path) -> Remains:
    """A last line that the kill cut short is left out."""
    remains = Remains()
    written, _zero, _rest = path.read_bytes().partition(b"\0")
    for line in written.splitlines():
        try:
            kind, workspace_id, moment, *rest = json.loads(line)
        except ValueError:
            continue
        at = datetime.fromisoformat(moment)
        if kind == "hold":
            remains.held.setdefault(workspace_id, set()).update(rest)
            remains.lease = max(at, remains.lease) if remains.lease else at
            continue
        outcome = _outcome(kind, rest[1:])
        address, *size = rest[0] if isinstance(rest[0], list) else [rest[0]]
        known = Known(outcome, address, at, (size[0], size[1]) if size else None)
        remains.outcomes.setdefault(workspace_id, []).append(known)
        remains.held.get(workspace_id, set()).discard(outcome.message_id)
    return remains


def _outcome(kind: str, values: list[object]) -> Outcome:
    kinds: dict[str, type[Delivered] | type[Accepted] | type[InDoubt] | type[Rejected]] = {
        "delivered": Delivered,
        "accepted": Accepted,
        "doubt": InDoubt,
        "rejected": Rejected,
    }
    return kinds[kind](*values)  # type: ignore[arg-type]
