"""Of two that wait for each other's rows PostgreSQL ends one, with all that it did: it is done again from its beginning.

https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection

log = structlog.get_logger(__name__)

TRIES = 4
_CODES = ("40P01", "40001")  # deadlock_detected, serialization_failure

Given = ParamSpec("Given")
Made = TypeVar("Made")


def is_deadlock(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in _CODES


def again(what: Callable[[], Made], *, tries: int = TRIES) -> Made:
    """What it answers, done up to `tries` times. Inside a transaction only once: all of that has to be done again."""
    for attempt in range(1, tries + 1):
        try:
            return what()
        except OperationalError as error:
            if not is_deadlock(error) or attempt == tries or connection.in_atomic_block:
                raise
            log.info("done_again_after_deadlock", attempt=attempt)
    raise AssertionError("the loop above returns or raises")


def tried_again(action: Callable[Given, Made]) -> Callable[Given, Made]:
    """For an action that is a transaction: above `transaction.atomic`."""

    @functools.wraps(action)
    def done(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        return again(lambda: action(*args, **kwargs))

    return done
