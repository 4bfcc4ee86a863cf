"""Rules: their schema and words, what is wrong with one, whether it holds for a contact and why."""

from __future__ import annotations

import json
from typing import Any

from ninja import Router
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.contacts.models import Contact
from kesher.contacts.rules import vocabulary_of
from kesher.lib import clock
from kesher.rules.checks import check
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.problems import Problem as RuleProblem
from kesher.rules.schema import rule_schema, vocabulary_json
from kesher.rules.tree import Rule
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words
from kesher.segments.explaining import Answer, explain

router = Router(tags=["rules"])
RuleJson = dict[str, Any]


class RuleIn(Strict):
    rule: RuleJson = Described(
        description="as GET /rules/schema describes it",
        examples=[{"field": "city", "op": "equals", "value": "חיפה"}],
    )


class AskedOf(RuleIn):
    contact_id: int


class RuleProblemOut(Strict):
    code: str
    path: str = Described(description="the place, as all[2].op; empty for the whole")
    message: str
    suggestion: str | None = None


class RuleCheckOut(Strict):
    sentence: str = Described(description="the rule in words; empty when it cannot be read")
    is_valid: bool
    problems: list[RuleProblemOut] = Described(
        description="of a valid rule: what is probably not meant, such as a condition nobody can match"
    )


class ReasonOut(Strict):
    path: str
    sentence: str
    holds: bool


class EvaluationOut(Strict):
    holds: bool
    reasons: list[ReasonOut] = Described(description="each condition with its own truth")


@router.get("/rules/schema", response={200: RuleJson, **ERRORS}, auth=KeyAuth("segments:read"))
def schema(request: ApiRequest) -> dict[str, Any]:
    """JSON Schema (2020-12) of a rule in this workspace."""
    return rule_schema(vocabulary_of(request.auth.workspace))


@router.get("/rules/vocabulary", response={200: RuleJson, **ERRORS}, auth=KeyAuth("segments:read"))
def vocabulary(request: ApiRequest) -> dict[str, Any]:
    """What a rule may speak of: fields with their operators, lists, segments, events, messages."""
    return vocabulary_json(vocabulary_of(request.auth.workspace))


@router.post("/rules/check", response={200: RuleCheckOut, **ERRORS}, auth=KeyAuth("segments:read"))
def check_rule(request: ApiRequest, body: RuleIn) -> dict[str, Any]:
    """The rule in words and what is wrong with it. A rule that cannot be read is no error here."""
    words = vocabulary_of(request.auth.workspace)
    try:
        rule = parse(storable(body.rule), words)
    except BadRule as bad:
        return {"sentence": "", "is_valid": False, "problems": _problems(bad.problems)}
    problems = _problems(check(rule, words))
    return {"sentence": in_words(rule, words), "is_valid": True, "problems": problems}


@router.post(
    "/rules/evaluate", response={200: EvaluationOut, **ERRORS}, auth=KeyAuth("segments:read")
)
def evaluate(request: ApiRequest, body: AskedOf) -> dict[str, Any]:
    """Whether a rule holds for one contact now, and which of its conditions do."""
    contact = contact_of(request.auth, body.contact_id)
    words = vocabulary_of(request.auth.workspace)
    return evaluation(request.auth.workspace, read(body.rule, words), words, contact)


# What segments and contacts use too.


def contact_of(access: Access, contact_id: int) -> Contact:
    return access.get(Contact, contact_id, deleted_at=None)


def storable(rule: Any) -> Any:
    """The rule as it is. Raises Problem for text that no database keeps: NUL, halves of surrogate pairs."""
    try:
        text = json.dumps(rule, ensure_ascii=False)
        text.encode()
    except (UnicodeEncodeError, RecursionError):
        text = "\x00"
    if "\x00" in text or "\\u0000" in text:
        raise Problem(422, "invalid-rule", "The rule holds characters that are no text.")
    return rule


def read(rule: Any, words: Vocabulary) -> Rule:
    """Raises BadRule, which answers 422 with every problem and its place."""
    return parse(storable(rule), words, path="rule")


def evaluation(
    workspace: Workspace, rule: Rule, words: Vocabulary, contact: Contact
) -> dict[str, Any]:
    answer: Answer = explain(workspace, rule, contact.pk, clock.now(), vocabulary=words)
    reasons = [
        {"path": one.path, "sentence": one.sentence, "holds": one.holds} for one in answer.reasons
    ]
    return {"holds": answer.holds, "reasons": reasons}


def _problems(problems: list[RuleProblem] | tuple[RuleProblem, ...]) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "path": one.path, "message": one.words, "suggestion": one.suggestion}
        for one in problems
    ]
