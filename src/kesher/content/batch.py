"""The values of a plan and the truth of its rules for many contacts at once: one statement, each value formatted once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Any

import structlog
from django.utils import timezone

from kesher.accounts.models import Workspace
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.content.formats import show_as
from kesher.content.plan import Plan, ValueSpec
from kesher.lib import sql
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import merged, truth_columns
from kesher.rules.tree import AnyOf, Rule
from kesher.rules.vocabulary import Vocabulary

log = structlog.get_logger(__name__)

Values = tuple[str, ...]
NOBODY: Rule = AnyOf(())

# Columns of the contact that a plan may name; a plan stored by someone else's code names nothing more.
_COLUMNS = frozenset(
    {
        "first_name",
        "last_name",
        "email",
        "mobile",
        "phone",
        "role",
        "company",
        "city",
        "birthday",
        "notes",
        "external_id",
    }
)
_TEXTS = frozenset({"text", "long_text", "email", "url"})
_MOST_SHOWN = 4_000


def values_of(
    workspace_id: int,
    plan: Plan,
    contact_ids: Sequence[int],
    *,
    now: datetime,
    workspace: Workspace | None = None,
    vocabulary: Vocabulary | None = None,
) -> dict[int, Values]:
    """By contact: one text per field of the plan, in order, then the truth of each of its rules ("1" or "").

    An unknown value is "". Contacts that are not of the workspace are left out. Rules are asked as of `now`, by the
    lists, segments and fields as they are; give `vocabulary` to ask several plans by one reading of them.
    """
    if not contact_ids:
        return {}
    if workspace is None and _needs_workspace(plan):
        workspace = Workspace.objects.get(pk=workspace_id)
    parameters: dict[str, Any] = {"workspace": workspace_id, "ids": sql.numbers(contact_ids)}
    parameters |= {f"key{place}": spec.key for place, spec in enumerate(plan.values)}
    picked = ["c.id", *(_expression(place, spec) for place, spec in enumerate(plan.values))]
    if plan.rules and workspace is not None:
        words = vocabulary or vocabulary_of(workspace)
        asked = truth_columns(
            readable(plan.rules, words), words, moment_of(workspace, now, identified=True)
        )
        parameters = merged(parameters, asked.parameters)
        picked += [f"CASE WHEN {text} THEN '1' ELSE '' END" for text in asked.texts]
    found = sql.rows(
        f"SELECT {', '.join(picked)} FROM contact c"
        " WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s::bigint[])",
        parameters,
    )
    with on_clock_of(workspace):
        return _shown(plan, found, workspace)


def readable(rules: Sequence[Any], words: Vocabulary) -> list[Rule]:
    """The rules as trees. One that can no longer be read, for a field or a list is gone, holds for nobody."""
    found: list[Rule] = []
    for rule in rules:
        try:
            found.append(parse(rule, words))
        except BadRule as error:
            log.warning("rule_of_content_cannot_be_read", problems=str(error))
            found.append(NOBODY)
    return found


def on_clock_of(workspace: Workspace | None) -> AbstractContextManager[Any]:
    """Times are shown on the workspace's clock."""
    return timezone.override(workspace.time_zone) if workspace else nullcontext()


def _needs_workspace(plan: Plan) -> bool:
    return bool(plan.rules) or any(
        spec.type == "date_time" or spec.format.startswith("money") for spec in plan.values
    )


def _shown(
    plan: Plan, found: Sequence[tuple[Any, ...]], workspace: Workspace | None
) -> dict[int, Values]:
    currency = workspace.currency if workspace else ""
    shows = [
        (place, _Shown(spec, plan.language[:2], currency))
        for place, spec in enumerate(plan.values)
        if not _is_plain(spec)
    ]
    if not shows:
        return {row[0]: row[1:] for row in found}
    return {row[0]: _with_shown(row[1:], shows) for row in found}


def _with_shown(values: tuple[Any, ...], shows: Sequence[tuple[int, _Shown]]) -> Values:
    made = list(values)
    for place, show in shows:
        made[place] = show[made[place]]
    return tuple(made)


def _is_plain(spec: ValueSpec) -> bool:
    """Whether it is shown as it is stored."""
    return spec.type in _TEXTS and not spec.format


def _expression(place: int, spec: ValueSpec) -> str:
    if spec.column is None:
        if _is_plain(spec):
            return f"coalesce(c.fields ->> %(key{place})s, '')"
        return f"(c.fields -> %(key{place})s)::text"
    if spec.column not in _COLUMNS:
        raise ValueError(f"{spec.column!r} is no column of a contact")
    return f"coalesce(c.{spec.column}, '')" if _is_plain(spec) else f"c.{spec.column}"


class _Shown(dict[Any, str]):
    """Values by what is stored: names and choices repeat, and formatting one takes longer than finding it."""

    def __init__(self, spec: ValueSpec, language: str, currency: str) -> None:
        super().__init__({None: "", "": ""})
        self.kind, self.spec = FIELD_TYPES.get(spec.type), spec
        self.language, self.currency = language, currency

    def __missing__(self, stored: Any) -> str:
        if len(self) > _MOST_SHOWN:
            self.clear()
        made = self[stored] = self._words(stored)
        return made

    def _words(self, stored: Any) -> str:
        value = stored
        if self.spec.column is None and stored is not None:
            value = json.loads(stored)
        elif isinstance(value, date):
            value = value.isoformat()
        if value in (None, "", []):
            return ""
        if self.spec.format:
            written = show_as(
                self.spec.format, value, language=self.language, currency=self.currency
            )
            if written is not None:
                return written
        return self.kind.show(value, self.spec.options, self.language)


def values_from(contact_values: dict[str, Any], plan: Plan) -> Values:
    """The values of a plan from a plain mapping of field keys: for samples that are no contacts."""
    shown = (str(contact_values.get(spec.key, "")) for spec in plan.values)
    return (*shown, *("1",) * len(plan.rules))


def nobodys(plan: Plan) -> Values:
    """The values where no contact is meant: each tag's fallback, every block."""
    return ("",) * len(plan.values) + ("1",) * len(plan.rules)
