"""How many people a rule means and a few of them, within a time that a person waits for.

An exact count that takes too long is cut off and replaced by a share of a sample: a count on a screen never
holds the database longer than its limit, so it never keeps the sender waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.lib import sql
from kesher.lib.patience import TooSlow, at_most
from kesher.rules.moment import Moment
from kesher.rules.sql import audience, condition, count_where
from kesher.rules.tree import Rule
from kesher.rules.vocabulary import Vocabulary

# Exact, else a sample, and the examples: together about a second, at a million contacts too.
QUICK, BRIEF, PATIENT = (
    timedelta(milliseconds=500),
    timedelta(milliseconds=200),
    timedelta(seconds=8),
)
SAMPLE = 6_000
MOST_EXAMPLES = 3
_LIVING = "c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"


@dataclass(frozen=True)
class Count:
    """`number` is None when not even the sample could be asked; `about` says it is no exact count."""

    number: int | None
    about: bool = False


@dataclass(frozen=True)
class Example:
    id: int
    name: str
    email: str


def count(
    rule: Rule, words: Vocabulary, moment: Moment, workspace: Workspace, *, limit: timedelta
) -> Count:
    """The exact number when it is found in time, else about how many."""
    asked = count_where(rule, words, moment, workspace_id=workspace.pk)
    try:
        with at_most(limit):
            return Count(int(sql.value(asked.text, asked.parameters)))
    except TooSlow:
        return _about(rule, words, moment, workspace)


# Whole pages of the table are read, the same ones each time, so that a number does not flicker.
_SAMPLED = (
    "SELECT count(*), count(*) FILTER (WHERE {asked})"
    f" FROM contact c TABLESAMPLE SYSTEM (%(share)s) REPEATABLE (17) WHERE {_LIVING}"
)
_ROWS = "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'contact'::regclass"


def _about(rule: Rule, words: Vocabulary, moment: Moment, workspace: Workspace) -> Count:
    asked = condition(rule, words, moment)
    share = min(100.0, 100 * SAMPLE / float(sql.value(_ROWS)))
    parameters = {**asked.parameters, "workspace": workspace.pk, "share": share}
    try:
        with at_most(QUICK):
            seen, found = sql.rows(_SAMPLED.format(asked=asked.text), parameters)[0]
    except TooSlow:
        return Count(None, about=True)
    people = counters.read(workspace.pk, ["contacts"])["contacts"]
    return Count(round(people * found / seen) if seen else None, about=True)


# The newest who match.
_EXAMPLES = (
    "SELECT c.id, trim(c.first_name || ' ' || c.last_name), c.email, c.mobile"
    f" FROM contact c {{joins}} WHERE {_LIVING} AND ({{asked}})"
    " ORDER BY c.id DESC LIMIT %(most)s"
)


def examples(
    rule: Rule, words: Vocabulary, moment: Moment, workspace: Workspace, *, limit: timedelta = BRIEF
) -> list[Example]:
    """A few who match; none when finding them takes too long."""
    asked = audience(rule, words, moment, workspace_id=workspace.pk)
    text = _EXAMPLES.format(joins=asked.joins, asked=asked.text)
    parameters = {**asked.parameters, "workspace": workspace.pk, "most": MOST_EXAMPLES}
    try:
        with at_most(limit):
            found = sql.rows(text, parameters)
    except TooSlow:
        return []
    return [Example(pk, name or email or mobile, email) for pk, name, email, mobile in found]
