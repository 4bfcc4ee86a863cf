"""The segments, and the page of one: its sentence, its count, how it grew, who is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.contacts.search import search_page
from kesher.contacts.vocabulary import fields_of
from kesher.lib import clock
from kesher.rules.vocabulary import Vocabulary
from kesher.segments import counting, queries
from kesher.segments.models import Segment
from kesher.segments.usage import Use, uses_of
from kesher.web import formats
from kesher.web.contacts import table
from kesher.web.contacts.filters import read_query
from kesher.web.contacts.narrowing import narrowed
from kesher.web.segments import uses as _registered  # noqa: F401
from kesher.web.segments.deeds import deeds_of
from kesher.web.segments.examples import EXAMPLES

SPARK_DAYS, CHART_DAYS = 30, 90
ROWS = 25
MOST_COUNTED = 5


@dataclass(frozen=True)
class Line:
    """A segment as the table draws it."""

    segment: Segment
    sentence: str
    spark: list[int]
    uses: list[Use]
    is_broken: bool


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    workspace, text = request.access.workspace, request.GET.get("q", "").strip()
    rows, words = queries.segments_of(workspace), vocabulary_of(workspace)
    _count_new(workspace, rows, words)
    lines = [line for line in _lines(request, rows, words) if text.casefold() in _searched(line)]
    context = {
        "nav": "segments", "lines": lines, "text": text,
        "none_at_all": not rows, "examples": EXAMPLES,
    }  # fmt: skip
    template = "segments/_rows.html" if request.htmx else "segments/index.html"
    return render(request, template, context)


def _lines(request: WorkspaceRequest, rows: list[Segment], words: Vocabulary) -> list[Line]:
    workspace = request.access.workspace
    today = moment_of(workspace, clock.now()).today
    ids = [row.pk for row in rows]
    grown = queries.growth_of(workspace.pk, ids, until=today, days=SPARK_DAYS)
    uses = uses_of(workspace, rows)
    return [
        Line(
            row, sentence := queries.sentence_of(row, words),
            [day.count for day in grown[row.pk]], uses[row.pk], is_broken=not sentence,
        )
        for row in rows
    ]  # fmt: skip


def _count_new(workspace: Workspace, rows: list[Segment], words: Vocabulary) -> None:
    """A few that nobody has counted yet, when it is quick; the night counts the rest."""
    for row in [row for row in rows if row.counted_at is None][:MOST_COUNTED]:
        counting.count_segment(workspace, row, clock.now(), vocabulary=words, milliseconds=100)


def _searched(line: Line) -> str:
    return f"{line.segment.name} {line.segment.description} {line.sentence}".casefold()


@workspace_view()
def segment(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = request.access.get(Segment, pk)
    workspace, now = request.access.workspace, clock.now()
    words = vocabulary_of(workspace)
    context = {
        "nav": "segments",
        "segment": found,
        "sentence": queries.sentence_of(found, words),
        "faults": [problem.words for problem in queries.problems_of(found, words)],
        "uses": uses_of(workspace, [found])[found.pk],
        "deeds": deeds_of(found),
        "chart": _chart(found, now),
        **_count(found, now),
        **_people(request, found, now),
    }
    return render(request, "segments/segment.html", context)


@workspace_view()
def count(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The live count, asked again by the page while it is only about."""
    found = request.access.get(Segment, pk)
    context = {"segment": found, **_count(found, clock.now(), milliseconds=8_000)}
    return render(request, "segments/_count.html", context)


def _count(
    segment: Segment, now: datetime, *, milliseconds: int = counting.SCREEN_MILLISECONDS
) -> dict[str, Any]:
    found = counting.count_segment(segment.workspace, segment, now, milliseconds=milliseconds)
    return {"count": found, "is_patient": milliseconds > counting.SCREEN_MILLISECONDS}


def _people(request: WorkspaceRequest, segment: Segment, now: datetime) -> dict[str, Any]:
    """The first of its people, with all that the contacts table offers."""
    workspace = request.access.workspace
    fields = fields_of(workspace)
    given = QueryDict(f"segment={segment.pk}")
    query, _narrowing = narrowed(workspace, given, read_query(given, fields), now)
    page = search_page(workspace.pk, filters=query.filters, limit=ROWS)
    columns = table.chosen_columns(request, fields)
    return {
        **table.tools(request, query, fields),
        "query": replace(query, text=""), "page": page, "columns": columns,
        "lines": table.lines(request, page.rows, columns, fields),
    }  # fmt: skip


def _chart(segment: Segment, now: datetime) -> dict[str, Any]:
    """The days as frontend/src/charts/lines.ts draws them; nothing before the second day."""
    today = moment_of(segment.workspace, now).today
    days = queries.growth_of(segment.workspace_id, [segment.pk], until=today, days=CHART_DAYS)
    found = days[segment.pk]
    if len(found) < 2:
        return {}
    values = [day.count for day in found]
    return {
        "labels": [formats.short_day(day.day) for day in found],
        "series": [{"name": _("People"), "tone": "brand", "filled": True, "values": values}],
    }
