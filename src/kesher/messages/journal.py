"""What this worker holds and what became of it, in a file that outlives a kill -9.

Results reach the database in sets; between the server's "250" and the commit they are here. A result is written
before the same connection hands over its next mail, so that a kill leaves one mail per connection in doubt, not a
batch. A file whose owner is dead (its lock is free) is absorbed by the next worker on this machine.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kesher.channels.outgoing import Delivered, InDoubt, Outcome, Rejected


@dataclass
class Remains:
    """What a dead worker left: by workspace the messages it held (with the last lease), and the known outcomes."""

    held: dict[int, set[int]] = field(default_factory=dict)
    lease: datetime | None = None
    outcomes: dict[int, list[tuple[Outcome, str, datetime]]] = field(default_factory=dict)


class Journal:
    """Append-only; emptied when all that it says is in the database."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.journal"
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def hold(self, workspace_id: int, message_ids: Sequence[int], lease: datetime) -> None:
        self._write(["hold", workspace_id, lease.isoformat(), *message_ids])

    def outcome(self, workspace_id: int, outcome: Outcome, address: str, at: datetime) -> None:
        match outcome:
            case Delivered(message_id):
                rest: list[object] = ["delivered", message_id]
            case InDoubt(message_id, text):
                rest = ["doubt", message_id, text]
            case Rejected(message_id, permanent, code, text, enhanced, account):
                rest = ["rejected", message_id, permanent, code, text, enhanced, account]
        self._write([rest[0], workspace_id, at.isoformat(), address, *rest[1:]])

    def empty(self) -> None:
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Only when all is in the database."""
        self.path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, record: list[object]) -> None:
        os.write(self._file, json.dumps(record, ensure_ascii=False).encode() + b"\n")


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
            yield path, read(path)
            path.unlink(missing_ok=True)
        finally:
            os.close(number)


def read(path: Path) -> Remains:
    """A last line that the kill cut short is left out."""
    remains = Remains()
    for line in path.read_text("utf-8", "replace").splitlines():
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
        remains.outcomes.setdefault(workspace_id, []).append((outcome, rest[0], at))
        remains.held.get(workspace_id, set()).discard(outcome.message_id)
    return remains


def _outcome(kind: str, values: list[object]) -> Outcome:
    kinds: dict[str, type[Delivered] | type[InDoubt] | type[Rejected]] = {
        "delivered": Delivered,
        "doubt": InDoubt,
        "rejected": Rejected,
    }
    return kinds[kind](*values)  # type: ignore[arg-type]
