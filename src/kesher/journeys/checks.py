"""What is wrong with a journey, in words: what stops it, what is likely a slip, and advice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.eventwords import with_event
from kesher.journeys.graph import Graph, Trigger, parse
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.ownmessages import SENDING, own_messages
from kesher.journeys.problems import ERROR, TIP, WARNING, BadJourney, Problem, of_rule
from kesher.journeys.settings import World, check_settings
from kesher.journeys.triggers import BY_ITSELF, DATE, MANUAL, settings_of
from kesher.rules.durations import read_duration
from kesher.rules.parse import problems_of
from kesher.rules.problems import closest

_ORDER = {ERROR: 0, WARNING: 1, TIP: 2}
_OPTIONAL = {"timed_out", "past", "no_date", "failed", "otherwise"}


def check(json: Any, world: World, *, journey_id: int = 0) -> list[Problem]:
    """Everything there is to say about a graph as JSON, the worst first."""
    try:
        graph = parse(json)
    except BadJourney as bad:
        return list(bad.problems)
    return check_graph(graph, world, journey_id=journey_id)


def check_graph(graph: Graph, world: World, *, journey_id: int = 0) -> list[Problem]:
    own = _own_world(graph, world, journey_id)
    found = [
        *_triggers(graph, world),
        *_rules(graph, own),
        *(problem for node in graph.nodes.values() for problem in _node(node, own)),
        *_ways(graph),
        *_loops(graph),
        *_control(graph),
        *_consent(graph),
    ]
    return sorted(found, key=lambda problem: _ORDER[problem.level])


def errors(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == ERROR]


def _own_world(graph: Graph, world: World, journey_id: int) -> World:
    """With the journey's own messages, and the entries of events that its rules ask for."""
    kinds = {trigger.kind for trigger in graph.triggers if trigger.is_event}
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    words = with_event(
        world.vocabulary, _all_rules(graph.json), kind, own_messages(graph, journey_id)
    )
    return replace(world, vocabulary=words)


def _all_rules(json: Any) -> dict[str, Any]:
    """Every rule-like part of the graph, gathered: only the names of fields are read from it."""
    found: list[Any] = []
    ways = [json]
    while ways:
        one = ways.pop()
        if isinstance(one, Mapping):
            if isinstance(one.get("field"), str):
                found.append({"field": one["field"], "value": one.get("value")})
            ways.extend(one.values())
        elif isinstance(one, list | tuple):
            ways.extend(one)
    return {"all": found}


def _triggers(graph: Graph, world: World) -> Iterator[Problem]:
    if not graph.triggers:
        text = _("nothing starts this journey: people come in only by hand or from another journey")
        yield Problem("no_trigger", "triggers", text, {}, None, WARNING)
    for trigger in graph.triggers:
        if trigger.kind == DATE:
            yield from _date_trigger(trigger, world)
        elif trigger.kind != MANUAL:
            yield from _event_trigger(trigger, world)
        if trigger.kind != MANUAL and (rule := trigger.given.get("rule")) is not None:
            kind = "" if trigger.kind == DATE else trigger.kind
            words = with_event(world.vocabulary, rule, kind)
            yield from of_rule(problems_of(rule, words, path=f"{trigger.path}.rule"))


def _event_trigger(trigger: Trigger, world: World) -> Iterator[Problem]:
    vocabulary, path = world.vocabulary, trigger.path
    if vocabulary.kind(trigger.kind) is None:
        known = [(one.key, (str(one.label),)) for one in vocabulary.kinds]
        known += [(DATE, (DATE,)), (MANUAL, (MANUAL,))]
        meant = closest(trigger.kind, known)
        text = _("there is no event “%(key)s”")
        yield Problem("unknown_event", f"{path}.kind", text, {"key": trigger.kind}, meant)
    yield from check_settings(settings_of(trigger.kind), trigger.given, path, world)


def _date_trigger(trigger: Trigger, world: World) -> Iterator[Problem]:
    yield from check_settings(settings_of(DATE), trigger.given, trigger.path, world)
    given = trigger.given
    if sum(bool(given.get(key)) for key in ("field", "on", *BY_ITSELF)) != 1:
        text = _("one of these is expected here: a date field, a day, a holiday, a Hebrew day")
        yield Problem("missing", trigger.path, text)
    if any(given.get(key) for key in BY_ITSELF) and given.get("every") == "month":
        text = _("this comes once a year, so “every month” has no meaning")
        yield Problem("wrong_value", f"{trigger.path}.every", text)
    day = given.get("hebrew_day")
    if given.get("hebrew_month") and not (isinstance(day, int) and 1 <= day <= 30):
        text = _("a day of the month is expected here, 1 to 30")
        yield Problem("wrong_value", f"{trigger.path}.hebrew_day", text)
    offset = read_duration(str(given.get("offset") or "").removeprefix("-"))
    if offset and not offset.is_whole_days:
        text = _("here days are counted; for hours, start on the day and wait until the hour")
        yield Problem("wrong_value", f"{trigger.path}.offset", text)


def _rules(graph: Graph, world: World) -> Iterator[Problem]:
    if graph.exit_if is not None:
        yield from of_rule(problems_of(graph.exit_if, world.vocabulary, path="exit_if"))
    if graph.goal is not None:
        path = "goal.rule" if "rule" in (graph.json.get("goal") or {}) else "goal"
        yield from of_rule(problems_of(graph.goal.rule, world.vocabulary, path=path))


def _node(node: Node, world: World) -> Iterator[Problem]:
    kind, path = NODES.get(node.kind), f"nodes.{node.key}"
    yield from check_settings(kind.settings, node.given, path, world)
    yield from kind.problems(node, path, world)


def _ways(graph: Graph) -> Iterator[Problem]:
    """Dead ends, nodes that nothing leads to."""
    for node in graph.nodes.values():
        paths = {port.key: port.path for port in NODES.get(node.kind).ports(node.given)}
        for port, target in node.ports.items():
            if target is not None or port in ("past", "no_date", "failed"):
                continue
            place = f"nodes.{node.key}.{paths.get(port, port)}"
            if port == "otherwise":
                text = _("those whom no branch fits leave here: draw “otherwise”")
                yield Problem("no_otherwise", place, text, {}, None, WARNING)
            elif port in _OPTIONAL or port != "next":
                text = _("this way leads nowhere: whoever takes it leaves the journey")
                yield Problem("dead_end", place, text, {"port": port}, None, WARNING)
            else:
                text = _("nothing follows: the journey ends here; an exit says so plainly")
                yield Problem("dead_end", place, text, {"port": port}, None, TIP)
    reached = _reached(graph, graph.start)
    for key in graph.nodes:
        if key not in reached:
            text = _("nothing leads to this step")
            yield Problem("unreachable", f"nodes.{key}", text, {}, None, WARNING)


def _reached(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    ways = [start]
    while ways:
        key = ways.pop()
        if key not in seen and key in graph.nodes:
            seen.add(key)
            ways.extend(one for one in graph.nodes[key].ports.values() if one is not None)
    return seen


def _loops(graph: Graph) -> Iterator[Problem]:
    """A circle in which nobody ever waits would go round for ever."""
    instant = {key for key, node in graph.nodes.items() if not _rests(node)}
    for key in sorted(instant):
        seen: set[str] = set()
        ways = [one for one in graph.nodes[key].ports.values() if one in instant]
        while ways:
            step = ways.pop()
            if step is None or step in seen:
                continue
            seen.add(step)
            ways.extend(one for one in graph.nodes[step].ports.values() if one in instant)
        if key in seen:
            text = _("this leads back to itself without a wait, and would go round for ever")
            yield Problem("loop", f"nodes.{key}", text)
            return


def _rests(node: Node) -> bool:
    """Whether each run surely rests here. A condition that may be true already does not hold anybody up."""
    return node.kind == "wait" and bool(node.given.get("for"))


_CONTROL = ("message.opened", "message.clicked")


def _control(graph: Graph) -> Iterator[Problem]:
    """After a mail nothing asks whether it did anything."""
    for node in graph.nodes.values():
        if node.kind != "send_email":
            continue
        after = _reached(graph, node.key) - {node.key}
        if not any(_asks_about_mail(graph.nodes[key].given) for key in after):
            text = _("nothing after this mail asks whether it was opened or clicked")
            yield Problem("no_control", f"nodes.{node.key}", text, {}, None, TIP)


def _asks_about_mail(given: Any) -> bool:
    if isinstance(given, Mapping):
        return given.get("did") in _CONTROL or any(
            _asks_about_mail(one) for key, one in given.items() if key != "document"
        )
    return isinstance(given, list) and any(_asks_about_mail(one) for one in given)


_CHANNEL = {"send_email": "email", "send_sms": "sms", "send_whatsapp": "whatsapp"}


def _consent(graph: Graph) -> Iterator[Problem]:
    """Advertising to people of whose consent nothing in the journey asks: they will simply not get it."""
    asked = set(_consents(graph.json))
    for node in graph.nodes.values():
        advertises = node.given.get("message_class", "advertising") == "advertising"
        if node.kind in SENDING and advertises and _CHANNEL[node.kind] not in asked:
            text = _(
                "who has not agreed to advertising will not get this; a condition on consent can lead them elsewhere"
            )
            yield Problem("no_consent_asked", f"nodes.{node.key}", text, {}, None, TIP)


def _consents(json: Any) -> Iterator[str]:
    if isinstance(json, Mapping):
        if isinstance(json.get("consent"), str):
            yield json["consent"]
        for one in json.values():
            yield from _consents(one)
    elif isinstance(json, list | tuple):
        for one in json:
            yield from _consents(one)
