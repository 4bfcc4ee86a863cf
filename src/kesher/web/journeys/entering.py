"""How many people a trigger is about: the trigger in words, and the number of those who would pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kesher.accounts.access import WorkspaceRequest
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.journeys.graph import Trigger, parse
from kesher.journeys.models import Journey
from kesher.journeys.triggers import DATE, MANUAL
from kesher.lib import clock
from kesher.rules.parse import parse as parse_rule
from kesher.rules.problems import BadRule
from kesher.web.journeys.sentences import Teller
from kesher.web.rules import counting


def who_comes_in(request: WorkspaceRequest, journey: Journey, given: Any) -> dict[str, Any]:
    """{"sentence", "count", "about"}. `count` is None where only the event itself can tell."""
    told: dict[str, Any] = {"sentence": "", "count": None, "about": False}
    if not isinstance(given, Mapping) or not isinstance(given.get("kind"), str):
        return told
    workspace = request.access.workspace
    trigger = Trigger(0, given["kind"], given)
    told["sentence"] = Teller(workspace, parse(journey.draft), journey.pk).trigger(trigger)
    words = vocabulary_of(workspace)
    try:
        rule = parse_rule(_audience(trigger), words)
    except BadRule:
        return told
    if trigger.kind != MANUAL:
        found = counting.count(
            rule, words, moment_of(workspace, clock.now()), workspace, limit=counting.QUICK
        )
        told |= {"count": found.number, "about": found.about}
    return told


def _audience(trigger: Trigger) -> dict[str, Any]:
    """The rule of those whom the trigger could be about. One over the event's own data cannot be read, and so not counted."""
    given = trigger.given
    parts: list[Any] = [given["rule"]] if given.get("rule") else []
    if given.get("list"):
        parts.append({"list": given["list"]})
    if given.get("segment"):
        parts.append({"segment": given["segment"]})
    if trigger.kind == DATE and given.get("field"):
        parts.append({"field": given["field"], "op": "is_set"})
    return {"all": parts}
