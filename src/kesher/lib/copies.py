"""Whether what runs on this thread works on copies that nobody else sees, as a rehearsal does: then nothing needs to be
locked against others, and what others may change in the meantime may be remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Made = TypeVar("Made")

_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("copies", default=None)


@contextmanager
def at_work_on_copies() -> Iterator[None]:
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def is_on_copies() -> bool:
    return _memory.get() is not None


def remembered(key: Hashable, make: Callable[[], Made]) -> Made:
    """Made once while working on copies; anew each time otherwise."""
    memory = _memory.get()
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    found: Made = memory[key]
    return found
