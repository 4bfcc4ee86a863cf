"""Hand-written SQL: run a named statement and read its rows. Parameters always travel apart from text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any]


def execute(statement: str, parameters: Parameters = ()) -> int:
    """Run a statement; answers the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def rows(statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """Run a statement and read all its rows. JSONB comes back as text: cast or use `dicts`."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def dicts(statement: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """Like `rows`, each row a dict by column name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def value(statement: str, parameters: Parameters = ()) -> Any:
    """The first column of the first row, or None when there is none."""
    found = rows(statement, parameters)
    return found[0][0] if found else None


def numbers(values: Iterable[int | None]) -> str:
    """An array of whole numbers as PostgreSQL reads it: many times faster to send than a list, by the thousand."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def moments(values: Iterable[datetime]) -> str:
    """An array of moments, likewise."""
    return "{" + ",".join([value.isoformat() for value in values]) + "}"


def texts(values: Iterable[str]) -> str:
    """An array of texts, likewise (PostgreSQL, 8.15.6: in quotes, where only these two marks are escaped)."""
    escaped = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(escaped) + '"}' if escaped else "{}"


def copy_in(table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> int:
    """COPY records into a table; answers how many. `table` and `columns` come from code, never from input."""
    count = 0
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(record)
                count += 1
    return count


def copy_lines(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """The same of rows that are COPY's text already, each without its line's end: `copied` makes a text safe."""
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            copy.write("".join(f"{line}\n" for line in lines))


_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def copied(text: str) -> str:
    """A text as COPY reads it (PostgreSQL, COPY: File Formats, Text Format)."""
    return text.translate(_ESCAPES)
