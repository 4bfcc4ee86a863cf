"""What people's clicks on smart links do: once for each block of a message, or at every click.

It is done in the transaction that takes the hits away, before the click is told: whoever hears the click sees
the new values, and a crash leaves both or neither. Machines' clicks and test mails never come here.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kesher.accounts.models import Workspace
from kesher.contacts.acts import Acts, ActWords, act_words, apply_acts
from kesher.content.smart import EVERY, LISTS
from kesher.content.smart_checks import read_smart
from kesher.lib import sql
from kesher.rules.problems import Problem

SOURCE = "link"


@dataclass(frozen=True, slots=True)
class SmartBlock:
    """A block of a version whose links do something. `smart` is as the document stored it."""

    block_id: str
    label: str
    smart: Mapping[str, Any]

    @property
    def has_acts(self) -> bool:
        return any(self.smart.get(key) for key in LISTS)

    @property
    def is_repeated(self) -> bool:
        return self.smart.get("repeat") == EVERY


@dataclass(frozen=True, slots=True)
class Click:
    """One person's click on a link that does something."""

    message_id: int
    contact_id: int
    source: str
    source_id: str
    at: datetime
    block: SmartBlock


# All at once and in the order of ids: two digests cannot wait for each other in a ring.
_LOCK = """
SELECT id FROM contact WHERE workspace_id = %s AND id = ANY(%s) AND deleted_at IS NULL
ORDER BY id FOR NO KEY UPDATE
"""

_ONCE = """
INSERT INTO smart_done (workspace_id, message_id, block_id, at)
SELECT %(workspace)s, message_id, block_id, at
FROM unnest(%(messages)s::bigint[], %(blocks)s::text[], %(ats)s::timestamptz[]) AS g(message_id, block_id, at)
ORDER BY message_id, block_id
ON CONFLICT DO NOTHING RETURNING message_id, block_id
"""

_TROUBLE = """
INSERT INTO smart_trouble (workspace_id, source, source_id, block_id, path, code, data, count, first_at, last_at)
SELECT %(workspace)s, source, source_id, block_id, path, code, data::jsonb, count, at, at
FROM unnest(%(sources)s::text[], %(ids)s::text[], %(blocks)s::text[], %(paths)s::text[], %(codes)s::text[],
            %(data)s::text[], %(counts)s::bigint[], %(ats)s::timestamptz[])
     AS g(source, source_id, block_id, path, code, data, count, at)
ORDER BY source, source_id, block_id, path
ON CONFLICT (workspace_id, source, source_id, block_id, path) DO UPDATE
SET count = smart_trouble.count + excluded.count, code = excluded.code, data = excluded.data,
    last_at = greatest(smart_trouble.last_at, excluded.last_at)
"""


def do_deeds(workspace_id: int, clicks: Sequence[Click]) -> None:
    """Do what these clicks do, in the order in which each person clicked. Needs a transaction."""
    wanted = [click for click in clicks if click.block.has_acts]
    if not wanted:
        return
    living = {
        row[0] for row in sql.rows(_LOCK, (workspace_id, sorted({c.contact_id for c in wanted})))
    }
    due = _not_done(workspace_id, [click for click in wanted if click.contact_id in living])
    if not due:
        return
    words = act_words(Workspace.objects.get(pk=workspace_id))
    troubles: Counter[tuple[str, str, str, Problem]] = Counter()
    for together in _rounds(due):
        acts, problems = _read(together[0].block, words)
        for click in together:
            troubles.update(
                (click.source, click.source_id, click.block.block_id, one) for one in problems
            )
        _do(workspace_id, together, acts)
    _tell_trouble(workspace_id, troubles, max(click.at for click in due))


def _not_done(workspace_id: int, clicks: Sequence[Click]) -> list[Click]:
    """Without those whose block did its work for this message before, here or in another digest."""
    first: dict[tuple[int, str], Click] = {}
    for click in sorted(clicks, key=lambda click: click.at):
        if not click.block.is_repeated:
            first.setdefault((click.message_id, click.block.block_id), click)
    new: set[tuple[int, str]] = set()
    if first:
        parameters = {
            "workspace": workspace_id,
            "messages": [message_id for message_id, _block in first],
            "blocks": [block for _message, block in first],
            "ats": [click.at for click in first.values()],
        }
        new = {(row[0], row[1]) for row in sql.rows(_ONCE, parameters)}
    kept = {id(click) for key, click in first.items() if key in new}
    return [click for click in clicks if click.block.is_repeated or id(click) in kept]


def _rounds(clicks: Iterable[Click]) -> list[list[Click]]:
    """Clicks that can be done together: of one block, each contact once, and after their earlier ones."""
    turns: Counter[int] = Counter()
    rounds: dict[tuple[int, str, str], list[Click]] = defaultdict(list)
    for click in sorted(clicks, key=lambda click: (click.at, click.message_id)):
        turn = turns[click.contact_id]
        turns[click.contact_id] += 1
        name = json.dumps(click.block.smart, sort_keys=True)
        rounds[turn, name, click.block.block_id].append(click)
    return [rounds[key] for key in sorted(rounds)]


def _read(block: SmartBlock, words: ActWords) -> tuple[Acts, tuple[Problem, ...]]:
    return read_smart(dict(block.smart), words)


def _do(workspace_id: int, clicks: Sequence[Click], acts: Acts) -> None:
    """Events name the click: its message, where that is one and the same for all of them."""
    first = clicks[0]
    about: dict[str, Any] = {"because": "click", "link": first.block.label}
    if len({(click.source, click.source_id) for click in clicks}) == 1:
        about |= {"message_source": first.source, "message_source_id": first.source_id}
    apply_acts(
        workspace_id,
        contact_ids=[click.contact_id for click in clicks],
        acts=acts,
        now=max(click.at for click in clicks),
        source=SOURCE,
        about=about,
    )


def _tell_trouble(
    workspace_id: int, troubles: Counter[tuple[str, str, str, Problem]], at: datetime
) -> None:
    if not troubles:
        return
    found: dict[tuple[str, str, str, str], tuple[Problem, int]] = {}
    for (source, source_id, block, problem), count in troubles.items():
        found[source, source_id, block, problem.path] = (problem, count)
    sources, ids, blocks, paths = zip(*found, strict=True)
    problems = [problem for problem, _count in found.values()]
    sql.execute(
        _TROUBLE,
        {
            "workspace": workspace_id,
            "sources": list(sources),
            "ids": list(ids),
            "blocks": list(blocks),
            "paths": list(paths),
            "codes": [problem.code for problem in problems],
            "data": [json.dumps(dict(problem.data), default=str) for problem in problems],
            "counts": [count for _problem, count in found.values()],
            "ats": [at] * len(found),
        },
    )


@dataclass(frozen=True)
class Trouble:
    """What a smart link could not do. `words` are of the active language."""

    block_id: str
    words: str
    count: int
    last_at: datetime


def troubles_of(workspace_id: int, source: str, source_id: str) -> list[Trouble]:
    """What the smart links of a campaign or a journey met, the latest first; empty when all went well."""
    found = sql.rows(
        "SELECT block_id, code, data::text, count, last_at FROM smart_trouble"
        " WHERE workspace_id = %s AND source = %s AND source_id = %s ORDER BY last_at DESC, id",
        (workspace_id, source, source_id),
    )
    return [
        Trouble(block, _in_words(code, json.loads(data)), count, last_at)
        for block, code, data, count, last_at in found
    ]


def _in_words(code: str, data: Mapping[str, Any]) -> str:
    match code:
        case "unknown_list":
            return _("The list “%(name)s” is gone") % {"name": data.get("list", "…")}
        case "unknown_field":
            return _("The field “%(name)s” is gone") % {"name": data.get("key", "…")}
    return _("A change of a field does not fit it any more")
