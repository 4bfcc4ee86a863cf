"""What the builder asks while somebody makes a rule. Nothing here is stored."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.models import Contact
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import clock, sql
from kesher.rules.checks import check
from kesher.rules.moment import Moment
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule, Problem
from kesher.rules.sql import truths
from kesher.rules.tree import AllOf, AnyOf, Not, Rule
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words
from kesher.web.rules import counting
from kesher.web.rules.picking import pickable

MOST_BYTES = 200_000


@require_GET
@workspace_view("viewer")
def vocabulary(request: WorkspaceRequest) -> JsonResponse:
    """All that a rule may say here, in the words of the interface, and which day it is."""
    workspace = request.access.workspace
    today = moment_of(workspace, clock.now()).today
    told = {**pickable(vocabulary_of(workspace)), "today": today.isoformat()}
    return JsonResponse(told | {"people": reverse("contacts_index", args=[workspace.key])})


@require_POST
@workspace_view("viewer")
def look(request: WorkspaceRequest) -> JsonResponse:
    """The rule in words, how many match and a few of them. {"rule", "exact": true to wait for the exact number}.

    A rule that cannot be read is no error of the request: 200 with its problems, for it is being written.
    """
    asked = _asked(request)
    if asked is None:
        return _not_understood()
    workspace = request.access.workspace
    words, moment = vocabulary_of(workspace), moment_of(workspace, clock.now())
    try:
        rule = parse(asked["rule"], words)
    except BadRule as error:
        return JsonResponse(_unread(error.problems))
    limit = counting.PATIENT if asked.get("exact") is True else counting.QUICK
    found = counting.count(rule, words, moment, workspace, limit=limit)
    people = counting.examples(rule, words, moment, workspace)
    return JsonResponse(
        {
            "sentence": in_words(rule, words),
            "problems": [_problem(one, severity="warning") for one in check(rule, words)],
            "count": found.number,
            "about": found.about,
            "examples": [_person(workspace.key, one) for one in people],
        }
    )


@require_POST
@workspace_view("viewer")
def ask(request: WorkspaceRequest) -> JsonResponse:
    """Whether one contact matches and which parts hold. {"rule", "contact_id", "identified"}."""
    asked = _asked(request)
    if asked is None or not isinstance(asked.get("contact_id"), int):
        return _not_understood()
    workspace = request.access.workspace
    contact = request.access.get(Contact, asked["contact_id"], deleted_at=None)
    words = vocabulary_of(workspace)
    moment = moment_of(workspace, clock.now(), identified=asked.get("identified") is True)
    try:
        rule = parse(asked["rule"], words)
    except BadRule as error:
        return JsonResponse(_unread(error.problems), status=422)
    return JsonResponse(_why(rule, words, moment, contact))


def _asked(request: HttpRequest) -> dict[str, Any] | None:
    if len(request.body) > MOST_BYTES:
        return None
    try:
        data = json.loads(request.body)
    except ValueError:
        return None
    return data if isinstance(data, dict) and "rule" in data else None


def _not_understood() -> JsonResponse:
    message = _("The request was not understood; load the page again")
    return JsonResponse({"message": message}, status=400)


def _unread(problems: tuple[Problem, ...]) -> dict[str, Any]:
    told = [_problem(one, severity="error") for one in problems]
    return {"sentence": "", "problems": told, "count": None, "about": False, "examples": []}


def _problem(problem: Problem, *, severity: str) -> dict[str, Any]:
    return {
        "code": problem.code,
        "path": problem.path,
        "message": problem.words,
        "suggestion": problem.suggestion,
        "severity": severity,
    }


def _person(workspace: str, one: counting.Example) -> dict[str, Any]:
    return {**asdict(one), "url": reverse("contact_card", args=[workspace, one.id])}


def _why(rule: Rule, words: Vocabulary, moment: Moment, contact: Contact) -> dict[str, Any]:
    """The truth of the whole and of each of its outermost parts, in one statement."""
    parts = _parts(rule)
    asked = truths(
        [rule, *parts], words, moment, workspace_id=contact.workspace_id, contact_ids=[contact.pk]
    )
    _id, holds, *each = sql.rows(asked.text, asked.parameters)[0]
    why = [
        {"sentence": in_words(part, words), "holds": true}
        for part, true in zip(parts, each, strict=True)
    ]
    return {"holds": holds, "why": why}


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case AllOf(parts) | AnyOf(parts) if parts:
            return parts
        case Not(AnyOf(parts)):
            return tuple(Not(part) for part in parts)
        case _:
            return (rule,)
