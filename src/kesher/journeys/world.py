"""What a journey may speak of in a workspace, read from its tables; and its messages, checked as documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from kesher.accounts.models import Membership, Workspace
from kesher.channels.accounts import has_account
from kesher.contacts.acts import ActWords, act_words, sift_acts
from kesher.contacts.rules import vocabulary_of
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.content import problems as documents
from kesher.content.document import parse as parse_document
from kesher.content.problems import Problems
from kesher.content.workspace import compile_in
from kesher.journeys.models import Journey
from kesher.journeys.problems import ERROR, TIP, WARNING, Problem
from kesher.journeys.settings import World
from kesher.rules.problems import Problem as RuleProblem

_LEVELS = {documents.ERROR: ERROR, documents.WARNING: WARNING, documents.HINT: TIP}


def world_of(workspace: Workspace, known: ActWords | None = None) -> World:
    """`known`: the words of changes, when the caller has read them."""
    words = known or act_words(workspace)
    journeys = Journey.objects.filter(workspace=workspace).exclude(status=Journey.Status.ARCHIVED)
    staff = Membership.objects.filter(workspace=workspace).values_list("user__email", flat=True)

    def acts(given: Any, path: str) -> Iterable[RuleProblem]:
        return sift_acts(words, given, path=path)[1]

    fields = cache(lambda: fields_of(workspace))  # read once, however many messages there are

    def document(given: Mapping[str, Any], channel: str, path: str) -> Iterable[Problem]:
        return _document(workspace, given, channel, path, fields())

    return World(
        vocabulary=vocabulary_of(workspace),
        journeys=tuple(journeys.values_list("key", "name")),
        staff=tuple(staff),
        country=workspace.country,
        has_sms=has_account(workspace, "sms"),
        acts=acts,
        document=document,
    )


def _document(
    workspace: Workspace,
    given: Mapping[str, Any],
    channel: str,
    path: str,
    fields: Sequence[FieldInfo],
) -> Iterable[Problem]:
    """The problems of a message made in place, each under the node's own path."""
    try:
        body = parse_document(given["document"]).to_json()
    except Problems as bad:
        return [_placed(one, path) for one in bad.problems]
    plan = compile_in(
        workspace, body, kind=channel,
        subject=str(given.get("subject") or ""), preheader=str(given.get("preheader") or ""),
        fields=fields,
    )  # fmt: skip
    return [_placed(one, path) for one in plan.problems]


def _placed(one: documents.Problem, path: str) -> Problem:
    inner = one.path if one.path in ("subject", "preheader") else f"document.{one.path}"
    text = one.message.replace("%", "%%")
    return Problem(one.code or "document", f"{path}.{inner}", text, {}, None, _LEVELS[one.severity])
