"""What rendering reads: 12 merge values and the truth of 10 rules for each contact, in batches as the sender asks.

Beside it the same columns by SQL written by hand, its rows read and nothing made of them.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.models import Field
from kesher.contacts.rules import vocabulary_of
from kesher.content.batch import values_of
from kesher.content.plan import Plan
from kesher.content.workspace import compile_in
from kesher.lib import sql

BATCH = 1_000
NOW = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)

# Twelve texts and a score; one in ten lacks the score, one in seven a text.
_PEOPLE = """
INSERT INTO contact (workspace_id, email, first_name, last_name, mobile, phone, role, company, city, notes, external_id,
                     source, fields, email_consent, sms_consent, whatsapp_consent, language, created_at, updated_at)
SELECT %(workspace)s, 'p' || n || '@example.com', 'נועה', 'כהן', '', '', '', '', '', '', '', 'import',
       jsonb_strip_nulls(jsonb_build_object(
           'score', CASE WHEN n %% 10 > 0 THEN n %% 23 END,
           {texts})),
       'granted', 'unknown', 'unknown', 'he', now(), now()
FROM generate_series(1, %(count)s) AS n
"""


def fill(tags: Sequence[str], count: int) -> Workspace:
    """A workspace with the fields and so many contacts."""
    workspace = Workspace.objects.create(key="render", name="Bench")
    Field.objects.bulk_create(
        Field(workspace=workspace, key=key, label=key, type="text", position=n)
        for n, key in enumerate(tags)
    )
    Field.objects.create(
        workspace=workspace, key="score", label="score", type="number", position=99
    )
    texts = ", ".join(
        f"'{key}', CASE WHEN (n + {n}) %% 7 > 0 THEN 'שם ' || (n * {n + 3}) %% 400 END"
        for n, key in enumerate(tags)
    )
    sql.execute(_PEOPLE.format(texts=texts), {"workspace": workspace.pk, "count": count})
    sql.execute("ANALYZE contact")
    return workspace


def measure(
    tags: Sequence[str], document: dict[str, Any], count: int, *, rounds: int
) -> dict[str, float]:
    """Contacts a second by candidate, medians of alternating turns."""
    workspace = fill(tags, count)
    plan = compile_in(workspace, document, subject="[[field_0]]", preheader="")
    ids = [row[0] for row in sql.rows("SELECT id FROM contact ORDER BY id")]
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    runs: dict[str, Callable[[], None]] = {
        "kesher": lambda: _by_kesher(workspace, plan, batches),
        "sql": lambda: _by_hand(workspace, tags, batches),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _round in range(rounds):
        for name, run_one in runs.items():
            gc.collect()
            begun = time.perf_counter()
            run_one()
            times[name].append(time.perf_counter() - begun)
    return {name: count / statistics.median(found) for name, found in times.items()}


def _by_kesher(workspace: Workspace, plan: Plan, batches: Sequence[list[int]]) -> None:
    for ids in batches:
        words = vocabulary_of(workspace)  # as a batch of the sender reads it
        values_of(workspace.pk, plan, ids, now=NOW, workspace=workspace, vocabulary=words)


def _by_hand(workspace: Workspace, tags: Sequence[str], batches: Sequence[list[int]]) -> None:
    texts = ", ".join(f"fields ->> '{key}'" for key in tags)
    truths = ", ".join(f"coalesce((fields ->> 'score')::numeric > {n}, false)" for n in range(10))
    statement = f"SELECT id, {texts}, {truths} FROM contact WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)"
    for ids in batches:
        sql.rows(statement, {"workspace": workspace.pk, "ids": ids})
