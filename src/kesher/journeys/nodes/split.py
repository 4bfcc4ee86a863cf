"""Many ways: the first branch whose rule, values or band fits; the rest by "otherwise"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.journeys.asking import first_true, rules_ahead
from kesher.journeys.kinds import NODES, Cohort, Go, Node, Outcome, Port
from kesher.journeys.problems import WARNING, Problem, of_rule
from kesher.journeys.settings import Setting, World
from kesher.lib.bidi import isolated
from kesher.rules.checks import check_bands
from kesher.rules.parse import parse, problems_of
from kesher.rules.problems import Problem as RuleProblem
from kesher.rules.vocabulary import Vocabulary

_PLACE = re.compile(r"branches\[(\d+)\]$")
MOST_BRANCHES = 50
OTHERWISE = "otherwise"
_BRANCH = ("label", "rule", "values", "between", "to")


def branches_of(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = given.get("branches")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def rule_of(given: Mapping[str, Any], branch: Mapping[str, Any]) -> Any:
    """A branch's rule; values and bands are short for rules over the node's field."""
    if "rule" in branch:
        return branch["rule"]
    if "between" in branch:
        return _band(given.get("field"), branch["between"])
    values = branch.get("values")
    return (
        {"any": [_equal(given, value) for value in values if value is not None]} if values else None
    )


def _band(field: Any, ends: Any) -> dict[str, Any]:
    """Both ends are in; None is an open end."""
    if isinstance(ends, list) and len(ends) == 2 and ends != [None, None]:
        low, high = ends
        if low is None:
            return {"field": field, "op": "lte", "value": high}
        if high is None:
            return {"field": field, "op": "gte", "value": low}
    return {"field": field, "op": "between", "value": ends}


def _equal(given: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {"field": given.get("field"), "op": "equals", "value": value}


class Split:
    key = "split"
    label = _("Split by value")
    help = _("A way for each value, band of numbers or rule; the rest go “otherwise”")
    icon = "arrows-split"
    tone = "amber"
    group = "condition"
    waits = False
    by_sitting = True
    settings = (
        Setting("field", _("Field"), "field", help=_("for branches by values or bands")),
        Setting(
            "branches",
            _("Branches"),
            "branches",
            required=True,
            help=_("each with “to”, and “values”, “between” or “rule”; “label” is its name"),
        ),
    )

    def ports(self, given: Mapping[str, Any]) -> Sequence[Port]:
        ways = [
            Port(str(number + 1), f"branches[{number}].to", branch.get("to"))
            for number, branch in enumerate(branches_of(given))
        ]
        return [*ways, Port(OTHERWISE, OTHERWISE, given.get(OTHERWISE))]

    def known_keys(self) -> Iterable[str]:
        return ("field", "branches", OTHERWISE)

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        branches = node.given.get("branches")
        if not isinstance(branches, list) or not 1 <= len(branches) <= MOST_BRANCHES:
            text = _("a list of 1 to %(most)s branches is expected here")
            return [Problem("wrong_value", f"{path}.branches", text, {"most": MOST_BRANCHES})]
        found: list[Problem] = []
        rules = []
        for number, branch in enumerate(branches):
            place = f"{path}.branches[{number}]"
            if not isinstance(branch, Mapping):
                text = _('a branch is an object, like {"between": [50, 60], "to": …}')
                found.append(Problem("not_an_object", place, text))
                continue
            found.extend(
                Problem("unknown_key", f"{place}.{key}", _("“%(key)s” has no meaning here"), {"key": key})
                for key in branch
                if key not in _BRANCH
            )  # fmt: skip
            rule = typed(rule_of(node.given, branch), world)
            where = next(
                (f"{place}.{key}" for key in ("rule", "values", "between") if key in branch), place
            )
            wrong = problems_of(rule, world.vocabulary, path=where)
            found.extend(of_rule(wrong))
            if not wrong:
                rules.append((place, parse(rule, world.vocabulary)))
        if not found and all("rule" not in branch for branch in branches):
            bands = check_bands(rules, world.vocabulary)
            overlaps = [
                one
                for one in bands
                if node.ports.get(OTHERWISE) is None or not one.code.startswith("uncovered")
            ]
            found.extend(of_rule([_with_names(one, branches) for one in overlaps], WARNING))
        return found

    def asks(self, node: Node, vocabulary: Vocabulary) -> Sequence[Any]:
        world = World(vocabulary)
        return [typed(rule_of(node.given, branch), world) for branch in branches_of(node.given)]

    def run(self, cohort: Cohort) -> Sequence[Outcome]:
        rules = self.asks(cohort.node, cohort.sitting.vocabulary)
        chosen = first_true(
            cohort.sitting, cohort.version, rules, cohort.walkers, ahead=rules_ahead(cohort)
        )
        return [OTHER if place is None else Go(str(place + 1)) for place in chosen]


OTHER = Go(OTHERWISE)


def _with_names(problem: RuleProblem, branches: Sequence[Any]) -> RuleProblem:
    """The ways by their names, as people know them, in place of where they stand in the graph."""
    if "paths" not in problem.data:
        return problem
    names = []
    for path in problem.data["paths"]:
        found = _PLACE.search(path)
        number = int(found[1]) if found else 0
        label = str(branches[number].get("label") or "")
        named = gettext("“%(name)s”") % {"name": isolated(label)}
        names.append(named if label else gettext("way %(number)s") % {"number": number + 1})
    return replace(problem, data={**problem.data, "places": ", ".join(names)})


def typed(rule: Any, world: World) -> Any:
    """A comparison with a value in the words of the field's type: a choice "is", a text "equals"."""
    if not isinstance(rule, Mapping):
        return rule
    if "any" in rule and isinstance(rule["any"], list):
        return {"any": [typed(part, world) for part in rule["any"]]}
    if rule.get("op") in ("equals", "is"):
        found = world.vocabulary.field(rule.get("field") or "")
        if found is not None and found.type in _OPERATORS:
            op = _OPERATORS[found.type]
            value = [rule["value"]] if op == "any_of" else rule["value"]
            return {**rule, "op": op, "value": value}
    return rule


_OPERATORS = {"choice": "is", "yes_no": "is", "choices": "any_of", "date": "on", "date_time": "on"}
NODES.register(Split())
