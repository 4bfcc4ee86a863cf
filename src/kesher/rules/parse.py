"""Reading a rule from JSON. Everything that is wrong is said at once, each with its place and a suggestion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules import tree
from kesher.rules.durations import read_duration
from kesher.rules.operators import operator_of, operators_of
from kesher.rules.operators.days import read_day, read_instant
from kesher.rules.problems import BadRule, Problem, closest
from kesher.rules.vocabulary import Field, Kind, Vocabulary

MOST_LEVELS, MOST_LEAVES, MOST_TIMES = 12, 300, 10_000
_FORMS = ("all", "any", "not", "field", "list", "segment", "consent", "identified", "did")
_KEYS = {
    "field": ("field", "op", "value"),
    "list": ("list", "joined"),
    "did": ("did", "where", "times", "within", "since", "until", "by"),
}
_PERIOD = ("within", "since", "until")
_HUMAN_OR_ANY = ("human", "any")
# The operator a bare value stands for, by the type's own family.
_BARE = {"choice": "is", "choices": "any_of", "yes_no": "is", "date": "on", "date_time": "on"}
_NOTHING = tree.AllOf(())


def parse(
    json: Any, vocabulary: Vocabulary, *, path: str = "", owner: str | None = None
) -> tree.Rule:
    """The rule. Raises BadRule. `path` is where it lies in a larger document; `owner` the segment it defines."""
    reader = _Reader(vocabulary, owner)
    rule = reader.rule(json, path, 1)
    if reader.problems:
        raise BadRule(reader.problems)
    return rule


def problems_of(
    json: Any, vocabulary: Vocabulary, *, path: str = "", owner: str | None = None
) -> tuple[Problem, ...]:
    """What `parse` would refuse; empty when it would not."""
    reader = _Reader(vocabulary, owner)
    reader.rule(json, path, 1)
    return tuple(reader.problems)


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value


@dataclass
class _Reader:
    vocabulary: Vocabulary
    owner: str | None
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def say(
        self, code: str, path: str, text: Any, *, suggestion: str | None = None, **data: Any
    ) -> None:
        self.problems.append(Problem(code, path, text, data, suggestion))

    def rule(self, json: Any, path: str, level: int) -> tree.Rule:
        if not isinstance(json, Mapping):
            self.say("not_an_object", path, _('a rule is an object, like {"field": …}'))
            return _NOTHING
        if level > MOST_LEVELS:
            self.say("too_deep", path, _("more than %(most)s levels of groups"), most=MOST_LEVELS)
            return _NOTHING
        form = next((key for key in _FORMS if key in json), None)
        if form is None:
            self._unknown_form(json, path)
            return _NOTHING
        self._refuse_unknown(json, _KEYS.get(form, (form,)), path)
        if form in ("all", "any"):
            return self._group(form, json[form], _under(path, form), level)
        if form == "not":
            return tree.Not(self.rule(json["not"], _under(path, "not"), level + 1))
        return self._leaf(form, json, path)

    def _unknown_form(self, json: Mapping[Any, Any], path: str) -> None:
        for key in json:
            self.say(
                "unknown_key", _under(path, str(key)), _("“%(key)s” is not a kind of condition"),
                key=str(key), suggestion=closest(key, ((form, ()) for form in _FORMS)),
            )  # fmt: skip
        if not json:
            self.say("empty", path, _('an empty object is no rule: write {"all": []} for always'))

    def _refuse_unknown(self, json: Mapping[Any, Any], known: tuple[str, ...], path: str) -> None:
        for key in json:
            if key not in known:
                self.say(
                    "unknown_key", _under(path, str(key)), _("“%(key)s” has no meaning here"),
                    key=str(key), suggestion=closest(key, ((one, ()) for one in known)),
                )  # fmt: skip

    def _group(self, form: str, parts: Any, path: str, level: int) -> tree.Rule:
        if not isinstance(parts, list | tuple):
            self.say("not_a_list", path, _("a list of rules is expected here"))
            return _NOTHING
        read = []
        for number, part in enumerate(parts):
            if self.count > MOST_LEAVES:
                return _NOTHING
            read.append(self.rule(part, f"{path}[{number}]", level + 1))
        return tree.AllOf(tuple(read)) if form == "all" else tree.AnyOf(tuple(read))

    def _leaf(self, form: str, json: Mapping[str, Any], path: str) -> tree.Rule:
        self.count += 1
        if self.count == MOST_LEAVES + 1:
            self.say("too_many", path, _("more than %(most)s conditions"), most=MOST_LEAVES)
        if form == "field":
            return self._field(json, path)
        if form == "did":
            return self._did(json, path)
        if form == "identified":
            if not isinstance(json[form], bool):
                self.say("wrong_value", _under(path, form), _("true or false is expected here"))
            return tree.IdentifiedLeaf(bool(json[form]))
        if form == "list":
            return self._list(json, path)
        return self._named(form, json[form], _under(path, form))

    # Leaves that name one thing.

    def _named(self, form: str, key: Any, path: str) -> tree.Rule:
        if form == "consent":
            channels = self.vocabulary.channels
            if not isinstance(key, str) or self.vocabulary.channel(key) is None:
                known = ((one.key, (str(one.label),)) for one in channels)
                self._unknown(
                    "unknown_channel", path, _("there is no channel “%(key)s”"), key, known
                )
            return tree.ConsentLeaf(str(key))
        if not isinstance(key, str) or self.vocabulary.segment(key) is None:
            known = ((one.key, (str(one.name),)) for one in self.vocabulary.segments)
            self._unknown("unknown_segment", path, _("there is no segment “%(key)s”"), key, known)
        elif circle := _circle(key, self.vocabulary, self.owner):
            self.say(
                "circle", path, _("the segment leads back to itself: %(way)s"),
                way=" → ".join(circle),
            )  # fmt: skip
        return tree.SegmentLeaf(str(key))

    def _unknown(self, code: str, path: str, text: Any, key: Any, known: Any) -> None:
        shown = key if isinstance(key, str | int) else "…"
        self.say(code, path, text, key=shown, suggestion=closest(key, known))

    def _list(self, json: Mapping[str, Any], path: str) -> tree.Rule:
        key, place = json["list"], _under(path, "list")
        is_key = isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool))
        found = self.vocabulary.list(key) if is_key else None
        if found is None:
            known = ((one.key, (str(one.name),)) for one in self.vocabulary.lists)
            self._unknown("unknown_list", place, _("there is no list “%(key)s”"), key, known)
        joined, place = json.get("joined"), _under(path, "joined")
        if joined is None:
            return tree.ListLeaf(key if is_key else "")
        if not isinstance(joined, Mapping) or not joined:
            self.say("wrong_value", place, _("within, since or until is expected here"))
            return tree.ListLeaf(key if is_key else "")
        if found and found.is_all:
            self.say(
                "no_joining", place,
                _("nobody joins the list of everybody: ask when the contact was added"),
            )  # fmt: skip
        self._refuse_unknown(joined, _PERIOD, place)
        return tree.ListLeaf(key if is_key else "", self._period(joined, place))

    # Fields.

    def _field(self, json: Mapping[str, Any], path: str) -> tree.FieldLeaf:
        key = json["field"]
        found = self.vocabulary.field(key) if isinstance(key, str) else None
        if found is None:
            known = ((one.key, (str(one.label), *one.names)) for one in self.vocabulary.fields)
            place = _under(path, "field")
            self._unknown("unknown_field", place, _("there is no field “%(key)s”"), key, known)
        return self._comparison(found, str(key), json, path)

    def _comparison(
        self, found: Field | None, key: str, json: Mapping[str, Any], path: str
    ) -> tree.FieldLeaf:
        op, value = json.get("op"), _frozen(json.get("value"))
        if op is None:
            self.say("no_operator", _under(path, "op"), _("the operator is missing"))
        elif found is not None:
            self._check_operator(found, op, value, path)
        return tree.FieldLeaf(key, str(op), value)

    def _check_operator(self, found: Field, op: Any, value: Any, path: str) -> None:
        operator = operator_of(found.type, op) if isinstance(op, str) else None
        if operator is None:
            known = ((one.name, (str(one.label),)) for one in operators_of(found.type))
            self.say(
                "unknown_operator", _under(path, "op"),
                _("“%(op)s” is not an operator of %(type)s"),
                op=str(op), type=found.type, suggestion=closest(op, known),
            )  # fmt: skip
        elif bad := operator.operand.check(value, found):
            code = "wrong_value" if value is not None else "no_value"
            self.say(code, _under(path, "value"), "%(problem)s", problem=bad)

    # What somebody did.

    def _did(self, json: Mapping[str, Any], path: str) -> tree.DidLeaf:
        key = json["did"]
        kind = self.vocabulary.kind(key) if isinstance(key, str) else None
        if kind is None:
            known = ((one.key, (str(one.label),)) for one in self.vocabulary.kinds)
            place = _under(path, "did")
            self._unknown("unknown_event", place, _("there is no event “%(key)s”"), key, known)
        by = json.get("by", "human")
        if by not in _HUMAN_OR_ANY:
            self.say("wrong_value", _under(path, "by"), _("human or any is expected here"))
        where, message = self._where(json.get("where", {}), kind, _under(path, "where"))
        return tree.DidLeaf(
            str(key),
            where,
            self._times(json.get("times"), _under(path, "times")),
            self._period(json, path),
            str(by),
            message,
        )

    def _where(
        self, where: Any, kind: Kind | None, path: str
    ) -> tuple[tuple[tree.FieldLeaf, ...], str | None]:
        if not isinstance(where, Mapping):
            self.say("not_an_object", path, _("an object of the event's entries is expected here"))
            return (), None
        message, read = None, []
        for key, entry in where.items():
            place = _under(path, str(key))
            self.count += 1
            if key == "message":
                message = self._message(entry, place)
            elif kind is not None:
                read.append(self._entry(kind, str(key), entry, place))
        return tuple(read), message

    def _message(self, key: Any, path: str) -> str | None:
        if key == tree.PREVIOUS:
            return tree.PREVIOUS
        if not isinstance(key, str) or self.vocabulary.message(key) is None:
            known = [
                (tree.PREVIOUS, ()),
                *((m.key, (str(m.name),)) for m in self.vocabulary.messages),
            ]
            self._unknown("unknown_message", path, _("there is no message “%(key)s”"), key, known)
        return str(key)

    def _entry(self, kind: Kind, key: str, entry: Any, path: str) -> tree.FieldLeaf:
        spelled = entry if isinstance(entry, Mapping) else None
        found = event_field(kind, key, spelled.get("value") if spelled else entry)
        if found is None:
            known = ((one.key, (str(one.label),)) for one in kind.data)
            text = _("this event has no entry “%(key)s”")
            self._unknown("unknown_entry", path, text, key, known)
            return tree.FieldLeaf(key, "is_set")
        if spelled is None:
            spelled = {"op": _BARE.get(found.type, "equals"), "value": entry}
            if found.type == "choices" and isinstance(entry, str):
                spelled["value"] = [entry]
        else:
            self._refuse_unknown(spelled, ("op", "value"), path)
        return self._comparison(found, key, spelled, path)

    def _times(self, times: Any, path: str) -> tree.Times:
        if times is None:
            return tree.Times()
        if not isinstance(times, Mapping) or not times:
            self.say("wrong_value", path, _("at_least, at_most or exactly is expected here"))
            return tree.Times()
        self._refuse_unknown(times, ("at_least", "at_most", "exactly"), path)
        for key, count in times.items():
            if (
                not isinstance(count, int)
                or isinstance(count, bool)
                or not 0 <= count <= MOST_TIMES
            ):
                self.say(
                    "wrong_value", _under(path, str(key)),
                    _("a whole number from 0 to %(most)s is expected here"), most=MOST_TIMES,
                )  # fmt: skip
                return tree.Times()
        return self._read_times(times, path)

    def _read_times(self, times: Mapping[str, int], path: str) -> tree.Times:
        if "exactly" in times:
            if len(times) > 1:
                self.say("wrong_value", path, _("exactly stands alone"))
            return tree.Times(times["exactly"], times["exactly"])
        least, most = times.get("at_least", 0), times.get("at_most")
        if most is None and least == 0:
            self.say("wrong_value", path, _("at least 0 times is always true"))
        elif most is not None and least > most:
            self.say("wrong_value", path, _("at_least is above at_most: nothing lies between them"))
        return tree.Times(least, most)

    def _period(self, json: Mapping[str, Any], path: str) -> tree.Period:
        given = {key: json[key] for key in _PERIOD if json.get(key) is not None}
        if "within" in given and len(given) > 1:
            self.say(
                "wrong_value", _under(path, "within"), _("within and since exclude each other")
            )
        for key, value in given.items():
            if key == "within" and read_duration(value) is None:
                text = _("a duration is expected here, like P30D or PT2H")
                self.say("wrong_value", _under(path, key), text)
            elif key != "within" and not (read_day(value) or read_instant(value)):
                text = _("a day or an instant is expected here, like 2027-03-26")
                self.say("wrong_value", _under(path, key), text)
        return tree.Period(**{key: str(value) for key, value in given.items()})


def event_field(kind: Kind, key: str, value: Any) -> Field | None:
    """The entry of an event's data; of an open kind one that nobody declared has the type of its operand."""
    found = kind.field(key)
    if found is not None or not kind.is_open:
        return found
    sample = value[0] if isinstance(value, list | tuple) and value else value
    if isinstance(sample, bool):
        return Field(key, key, "yes_no")
    return Field(key, key, "number" if isinstance(sample, int | float) else "text")


def segments_in(json: Any) -> Iterator[str]:
    """The keys of the segments that a rule's JSON names, valid or not."""
    if isinstance(json, Mapping):
        if isinstance(json.get("segment"), str):
            yield json["segment"]
        for form in ("all", "any", "not"):
            yield from segments_in(json.get(form))
    elif isinstance(json, list | tuple):
        for part in json:
            yield from segments_in(part)


def _circle(key: str, vocabulary: Vocabulary, owner: str | None) -> tuple[str, ...]:
    """The way from a segment back to itself or to the owner of the rule; empty when there is none."""
    seen: set[str] = set()
    ways: list[tuple[str, ...]] = [(key,) if owner is None else (owner, key)]
    while ways:
        way = ways.pop()
        if way[-1] in way[:-1]:
            return way
        if way[-1] in seen:
            continue
        found = vocabulary.segment(way[-1])
        ways.extend((*way, inner) for inner in segments_in(found.rule if found else None))
        seen.add(way[-1])
    return ()
