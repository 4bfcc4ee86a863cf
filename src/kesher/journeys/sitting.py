"""One sitting of the engine with one workspace: its words, its moment, and rules asked for many runs at once.

A rule may speak of the contact and of the event that started the run (`event.total`). The parts about the event are
answered in memory, the rest by SQL: runs whose events answer alike are asked together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.acts import Acts, ActWords, act_words, sift_acts
from kesher.contacts.changes import Change
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.journeys.deferring import Deferred
from kesher.journeys.eventwords import EVENT, event_values, with_event
from kesher.journeys.graph import Graph
from kesher.journeys.kinds import Walker
from kesher.journeys.knowing import Asked, Known, is_lasting
from kesher.journeys.listening import kinds_that_change
from kesher.journeys.models import Journey
from kesher.journeys.ownmessages import own_messages
from kesher.lib import sql
from kesher.rules.memory import Facts, holds
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import truths
from kesher.rules.tree import AllOf, AnyOf, FieldLeaf, Not, Rule, SegmentLeaf, leaves
from kesher.rules.vocabulary import Message, Vocabulary

ALWAYS: Rule = AllOf(())
NEVER: Rule = AnyOf(())


@dataclass
class Words:
    """What a workspace's rules and changes may name, read once for sittings that follow each other at once."""

    workspace: Workspace
    names: dict[int, dict[str, Any]] = field(default_factory=dict)  # of journeys, by id
    acts: dict[str, Acts] = field(default_factory=dict)
    ahead: dict[tuple[int, str], Sequence[Rule]] = field(
        default_factory=dict
    )  # by version and node
    sound: set[str] = field(default_factory=set)  # keys of segments whose rule can be read

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return vocabulary_of(self.workspace)

    @cached_property
    def act_words(self) -> ActWords:
        return act_words(self.workspace)


@dataclass
class Sitting:
    workspace: Workspace
    now: datetime
    started: int = 0  # runs begun in this sitting: the worker looks again at once
    skips_sends: bool = False  # what would be sent now is too old: they go on without it
    stopped: set[int] = field(
        default_factory=set
    )  # runs that another run of this sitting has ended
    # Runs that are moved in memory: their rows still tell where they were. Why those of them end that another ends.
    in_hand: set[int] = field(default_factory=set)
    stops: dict[int, str] = field(default_factory=dict)
    shared: Words | None = None
    _ending: dict[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def words(self) -> Words:
        return self.shared or Words(self.workspace)

    @cached_property
    def deferred(self) -> Deferred:
        return Deferred(self.workspace.pk, self.now)

    @cached_property
    def known(self) -> Known:
        return Known()

    @property
    def vocabulary(self) -> Vocabulary:
        return self.words.vocabulary

    @property
    def act_words(self) -> ActWords:
        return self.words.act_words

    @cached_property
    def event_mark(self) -> int:
        """Every event so far has a lower id than any that follows."""
        return int(sql.value("SELECT last_value FROM event_id_seq") or 0)

    def named(self, journey_id: int) -> dict[str, Any]:
        """The data by which events tell of a journey."""
        if journey_id not in self.words.names:
            row = Journey.objects.filter(pk=journey_id).values_list("key", "name").first()
            self.name(journey_id, *(row or ("", "")))
        return self.words.names[journey_id]

    def name(self, journey_id: int, key: str, name: str) -> None:
        self.words.names[journey_id] = {"journey_id": journey_id, "journey": key, "name": name}

    @property
    def zone(self) -> str:
        return self.workspace.time_zone

    def words_for(self, json: Any, kind: str = "", messages: Iterable[Message] = ()) -> Vocabulary:
        """The vocabulary with the entries of the event that this rule asks for, and a journey's own messages."""
        return with_event(self.vocabulary, json, kind, messages)

    def holds_for(
        self, rule: Rule, asked: Sequence[Asked], vocabulary: Vocabulary | None = None
    ) -> list[bool]:
        """Whether the rule is true of each."""
        return [one[0] for one in self.hold_for([rule], asked, vocabulary)]

    def hold_for(
        self,
        rules: Sequence[Rule],
        asked: Sequence[Asked],
        vocabulary: Vocabulary | None = None,
        *,
        ahead: Sequence[Rule] = (),
    ) -> list[list[bool]]:
        """The truth of each rule for each. One statement for each way in which events differ to the rules.

        `ahead`: what will be asked of them next, in the same vocabulary; it is asked along and remembered.
        """
        words = vocabulary or self.vocabulary
        about = _about_events(rules)
        moment = moment_of(self.workspace, self.now)
        groups: dict[tuple[bool, ...], list[int]] = {}
        for place, one in enumerate(asked):
            facts = Facts(values=event_values(one.data, about)) if about else Facts()
            key = tuple(holds(leaf, facts, words, moment) for leaf in about)
            groups.setdefault(key, []).append(place)
        found: list[list[bool]] = [[]] * len(asked)
        for key, places in groups.items():
            known = dict(zip(about, key, strict=True))
            rest = [fold(rule, known) for rule in rules]
            answers = self._by_sql(rest, [asked[place] for place in places], words, ahead)
            for place, answer in zip(places, answers, strict=True):
                found[place] = answer
        return found

    def _by_sql(
        self,
        rules: Sequence[Rule],
        asked: Sequence[Asked],
        words: Vocabulary,
        ahead: Sequence[Rule],
    ) -> list[list[bool]]:
        """What is known without asking is not asked."""
        open_rules = [rule for rule in rules if rule not in (ALWAYS, NEVER)]
        if open_rules and self.deferred.concerns(open_rules):
            self.settle()
        ids = sorted({one.contact_id for one in asked})
        if any(not self.known.knows(rule, ids) for rule in open_rules):
            previous = tuple(one.previous for one in asked if one.previous is not None)
            moment = moment_of(self.workspace, self.now, previous=previous)
            further = [one for one in ahead if is_lasting(one) and one not in open_rules]
            all_rules = list(dict.fromkeys((*open_rules, *further)))
            made = truths(all_rules, words, moment, workspace_id=self.workspace.pk, contact_ids=ids)
            self.known.take(all_rules, ids, sql.rows(made.text, made.parameters))
        answers = [
            [True] * len(asked)
            if rule == ALWAYS
            else [False] * len(asked)
            if rule == NEVER
            else self.known.of(rule, asked)
            for rule in rules
        ]
        if self.deferred.is_on:
            self.known.forget_fleeting()
        else:
            self.known.forget_all()
        return [list(row) for row in zip(*answers, strict=True)] if rules else [[] for _ in asked]

    def put_off(self, walkers: Sequence[Walker], changes: Sequence[Change]) -> None:
        """Change fields for these runs, together with what they change further on."""
        self.known.forget_fields(self.deferred.put_off(walkers, changes))

    def settle(self) -> None:
        """Write the changes that were put off; what is known of the fields they touch is known no longer."""
        self.known.forget_fields(self.deferred.write())
        self.__dict__.pop("event_mark", None)

    def rule(self, json: Any, *, kind: str = "", path: str = "") -> Rule:
        """Raises BadRule for one whose words are gone, also of a segment that it names."""
        return self._sound(parse(json, self.words_for(json, kind), path=path))

    def own_words(self, graph: Graph, journey_id: int, json: Any) -> Vocabulary:
        """The words of a rule inside a journey: the event's, and its own messages by the keys of their nodes."""
        return with_event(self.vocabulary, json, "", own_messages(graph, journey_id))

    def read(self, graph: Graph, journey_id: int, json: Any) -> Rule:
        """Raises BadRule, as `rule`."""
        return self._sound(parse(json, self.own_words(graph, journey_id, json)))

    def _sound(self, rule: Rule) -> Rule:
        for leaf in leaves(rule):
            if isinstance(leaf, SegmentLeaf) and leaf.segment not in self.words.sound:
                found = self.vocabulary.segment(leaf.segment)
                if found is not None:
                    self._sound(parse(found.rule, self.vocabulary, owner=leaf.segment))
                self.words.sound.add(leaf.segment)
        return rule

    def kinds_for(self, graph: Graph, journey_id: int, json: Any) -> frozenset[str]:
        """The kinds of events that can change the truth of a rule of this journey."""
        with contextlib.suppress(BadRule):  # its words are gone: nothing can make it true
            words = self.own_words(graph, journey_id, json)
            return kinds_that_change(parse(json, words), words)
        return frozenset()

    def ending_kinds(self, graph: Graph) -> frozenset[str]:
        """What every run of this graph listens to, wherever it rests: its exit rule and its goal."""
        key = id(graph)
        if key not in self._ending:
            rules = (graph.exit_if, graph.goal.rule if graph.goal else None)
            kinds = (self.kinds_for(graph, 0, rule) for rule in rules if rule is not None)
            self._ending[key] = frozenset().union(*kinds)
        return self._ending[key]

    def acts(self, given: Mapping[str, Any], key: str) -> Acts:
        """What of the acts can be done; a list or field that is gone is passed over."""
        if key not in self.words.acts:
            wanted = {
                k: given[k]
                for k in ("add_to_lists", "remove_from_lists", "changes")
                if given.get(k)
            }
            self.words.acts[key] = sift_acts(self.act_words, wanted)[0]
        return self.words.acts[key]


def _about_events(rules: Sequence[Rule]) -> tuple[FieldLeaf, ...]:
    found = (leaf for rule in rules for leaf in leaves(rule))
    return tuple(
        dict.fromkeys(
            leaf for leaf in found if isinstance(leaf, FieldLeaf) and leaf.field.startswith(EVENT)
        )
    )


def fold(rule: Rule, known: Mapping[FieldLeaf, bool]) -> Rule:
    """The rule with what is known put in and worked out as far as that goes."""
    match rule:
        case AllOf(parts):
            rest = [part for part in _folded(parts, known) if part != ALWAYS]
            return NEVER if NEVER in rest else rest[0] if len(rest) == 1 else AllOf(tuple(rest))
        case AnyOf(parts):
            rest = [part for part in _folded(parts, known) if part != NEVER]
            return ALWAYS if ALWAYS in rest else rest[0] if len(rest) == 1 else AnyOf(tuple(rest))
        case Not(part):
            inner = fold(part, known)
            return NEVER if inner == ALWAYS else ALWAYS if inner == NEVER else Not(inner)
        case FieldLeaf() if rule in known:
            return ALWAYS if known[rule] else NEVER
        case _:
            return rule


def _folded(parts: Iterable[Rule], known: Mapping[FieldLeaf, bool]) -> Iterator[Rule]:
    return (fold(part, known) for part in parts)
