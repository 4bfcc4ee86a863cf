"""A limit on how long the database may be asked: what a person waits for must never hold up what sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from kesher.lib import sql


class TooSlow(Exception):
    """A statement was cut off at its limit."""


@contextmanager
def at_most(limit: timedelta) -> Iterator[None]:
    """Cut off each statement inside at the limit. Raises TooSlow."""
    try:
        with transaction.atomic():
            before = sql.value("SELECT current_setting('statement_timeout')")
            _set(f"{limit // timedelta(milliseconds=1)}ms")
            yield
            _set(before)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TooSlow from error


def _set(value: str) -> None:
    sql.value("SELECT set_config('statement_timeout', %s, true)", (value,))
