"""Writing one chunk: contacts by `statements`, blocked addresses by `blocking`; both end with the same bookkeeping."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kesher.accounts.models import Workspace
from kesher.contacts.imports import statements
from kesher.contacts.imports.batches import Batch, Person, Refusal, staging_lines
from kesher.contacts.imports.columns import Parser
from kesher.contacts.imports.plan import Options
from kesher.contacts.models import Import
from kesher.events import counters
from kesher.lib import sql


class Overtaken(Exception):
    """Another run of this import has gone on from here, or it was cancelled: this one stops."""


class Moved(Exception):
    """Somebody changed the same contacts meanwhile: the chunk is done again."""


@dataclass
class Tally:
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class ListToJoin:
    pk: int
    name: str


class ContactWriter:
    """Writes chunks of one import of contacts. `evidence_id` is what the consent rests on, None for none."""

    def __init__(
        self,
        workspace: Workspace,
        row: Import,
        parser: Parser,
        options: Options,
        lists: Sequence[ListToJoin],
        evidence_id: int | None,
    ) -> None:
        self._workspace, self._import, self._lists = workspace, row, lists
        self._parser, self._evidence = parser, evidence_id
        self._create = statements.create(parser.columns, parser.has_fields, options)
        self._update = statements.update(parser.columns, parser.has_fields, options)

    def write(self, batch: Batch, now: datetime) -> Tally:
        """All effects of the chunk, inside the caller's transaction."""
        prepare_staging()
        values = self._values(now)
        stage(batch.people, self._parser)
        suppressed = bool(sql.value(statements.HAS_SUPPRESSED, (self._workspace.pk,)))
        refused = self._refuse_blocked(batch, values) if suppressed else {}
        tally, joined, created = Tally(), dict.fromkeys(self._lists, 0), 0
        numbers: list[int] | None = None
        while numbers is None or numbers:
            numbers, changed, made = self._round(batch, values, numbers, list(refused), suppressed)
            tally.created += made
            tally.updated += changed
            created += made
            for row in self._lists:
                joined[row] += self._join(row, values)
        self._count_folded(batch, refused, tally)
        counters.add(
            self._workspace.pk,
            {"contacts": created, **{f"list.{row.pk}": count for row, count in joined.items()}},
        )
        return tally

    def _values(self, now: datetime) -> dict[str, Any]:
        workspace = self._workspace
        return {
            "workspace": workspace.pk,
            "salt": workspace.address_salt,
            "now": now,
            "source": f"import:{self._import.pk}",
            "created": json.dumps({"source": "import", "import_id": self._import.pk}),
            "evidence": self._evidence,
            "user": self._import.created_by_id,
        }

    def _refuse_blocked(self, batch: Batch, values: dict[str, Any]) -> dict[int, bool]:
        refused: dict[int, bool] = {}
        for number, email, mobile in sql.rows(statements.BLOCKED, values):
            person = batch.people[number]
            blocked = [value for value, is_blocked in
                       ((person.values[1], email), (person.values[2], mobile)) if is_blocked]  # fmt: skip
            given = [value for value in person.values[1:3] if value]
            if len(blocked) == len(given):
                refused[number] = True
                batch.refuse(person, "blocked", ", ".join(blocked))
            else:
                warn(batch, person, "address_blocked", blocked[0])
        return refused

    def _round(
        self,
        batch: Batch,
        values: dict[str, Any],
        numbers: list[int] | None,
        refused: list[int],
        suppressed: bool,
    ) -> tuple[list[int], int, int]:
        """Match and write; answers those left for a later round, and how many were updated and created."""
        if numbers is not None:
            sql.execute("DELETE FROM import_match")
        statement = statements.match(has_suppressed=suppressed, later=numbers is not None)
        later = []
        given = {**values, "refused": refused, "numbers": numbers}
        for number, turn, email, mobile, _is_new in sql.rows(statement, given):
            if turn > 1:
                later.append(number)
                continue
            person = batch.people[number]
            for place, taken in ((1, email), (2, mobile)):
                if taken:
                    warn(batch, person, "address_taken", person.values[place])
        known, new = sql.rows(statements.COUNT_KNOWN)[0]
        changed = 0
        if known:
            if sql.rows(statements.LOCK, values)[0] != (known, known):
                raise Moved
            changed = int(sql.value(self._update, values)) if self._update else 0
        made = int(sql.value(self._create, values)) if new else 0
        return later, changed, made

    def _join(self, row: ListToJoin, values: dict[str, Any]) -> int:
        data = json.dumps({"list_id": row.pk, "list": row.name})
        return int(sql.value(statements.JOIN, {**values, "list": row.pk, "data": data}))

    def _count_folded(self, batch: Batch, refused: dict[int, bool], tally: Tally) -> None:
        """Every row that was not refused is counted once; the later rows of a person as what they did."""
        people = len(batch.people) - len(refused)
        tally.unchanged = people - tally.created - tally.updated
        for number, person in enumerate(batch.people):
            if len(person.rows) > 1 and number not in refused:
                changed = sum(did for _row, _cells, did in person.rows[1:])
                tally.updated += changed
                tally.unchanged += len(person.rows) - 1 - changed


def warn(batch: Batch, person: Person, reason: str, value: str) -> None:
    number, cells, _changed = person.rows[0]
    batch.refusals.append(Refusal(number, "", reason, value, True, cells))


def prepare_staging() -> None:
    columns = ", ".join(f"{name} text NOT NULL DEFAULT ''" for name in statements.ALL_COLUMNS)
    sql.execute(statements.STAGE.format(columns=columns))


def stage(people: Sequence[Person], parser: Parser) -> None:
    """COPY the people into the staging table."""
    names = ["n", *parser.columns, *(["fields"] if parser.has_fields else [])]
    statement = f"COPY import_row ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(staging_lines(list(people), parser.has_fields)))


def keep_books(row: Import, batch: Batch, tally: Tally, before: int) -> None:
    """Refusals, counts and the position, last in the transaction. Raises Overtaken."""
    refused = sum(not refusal.is_warning for refusal in batch.refusals)
    _copy_refusals(row, batch.refusals)
    moved = sql.execute(
        statements.ADVANCE,
        {
            "workspace": row.workspace_id,
            "import": row.pk,
            "position": json.dumps({**row.position, "offset": batch.offset, "row": batch.row}),
            "rows": batch.rows,
            "created": tally.created,
            "updated": tally.updated,
            "unchanged": tally.unchanged,
            "refused": refused,
            "before": before,
        },
    )
    if not moved:
        raise Overtaken


def _copy_refusals(row: Import, refusals: Sequence[Refusal]) -> None:
    if refusals:
        columns = [f'"{name}"' for name in statements.REFUSAL_COLUMNS]
        sql.copy_in(
            "import_refusal",
            columns,
            (
                (row.workspace_id, row.pk, r.row_number, r.column, r.reason, r.value[:500], r.is_warning,
                 json.dumps(r.row, ensure_ascii=False))
                for r in refusals
            ),
        )  # fmt: skip
