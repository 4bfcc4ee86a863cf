"""What recipes draw with: nodes, messages and rules in the workspace's language, with the keys things have there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kesher.lib.slugs import make_key

Json = dict[str, Any]
HOUR = "10:00"
WORKDAYS = ["sun", "mon", "tue", "wed", "thu"]
END: Json = {"kind": "exit"}


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    he: str
    en: str

    def in_language(self, language: str) -> str:
        return self.he if language == "he" else self.en


@dataclass(frozen=True)
class Drawn:
    """A journey ready to be made. `starts` says in words what starts it; by `key` its recipe knows it ever after."""

    key: str
    name: str
    starts: str
    graph: Json


@dataclass(frozen=True)
class Only:
    """A paragraph for those of whom the rule is true."""

    rule: Json
    words: Words


@dataclass(frozen=True)
class Button:
    words: Words
    url: str
    smart: Json


Part = Words | Only | Button
GREETING = Words("שלום [[first_name|לכם]],", "Hello [[first_name|there]],")


@dataclass(frozen=True)
class Kit:
    """`fields`, `lists`: keys by the recipe's own names; `choices` by "field.choice". `keeps_hours`: the workspace has
    sending windows, so that advertising waits for its hours by itself."""

    language: str
    fields: Mapping[str, str]
    choices: Mapping[str, str]
    lists: Mapping[str, str]
    keeps_hours: bool = False

    def say(self, words: Words) -> str:
        return words.in_language(self.language)

    def journey(
        self, name: Words, starts: Words, nodes: Mapping[str, Json], *triggers: Json, **rest: Any
    ) -> Drawn:
        """The first node is the start."""
        graph = {
            "format": 1,
            "name": self.say(name),
            "triggers": list(triggers),
            "start": next(iter(nodes)),
            "nodes": {**nodes, "end": END},
            **rest,
        }
        return Drawn(make_key(name.en), self.say(name), self.say(starts), graph)

    # Rules.

    def choice(self, field: str, choice: str) -> Json:
        return {"field": self.fields[field], "op": "is", "value": self.choices[f"{field}.{choice}"]}

    def became(self, field: str, choice: str) -> Json:
        """Of the event that starts it: the field is now this."""
        return {**self.choice(field, choice), "field": f"event.after.{self.fields[field]}"}

    def number(self, field: str, op: str, value: int | list[int]) -> Json:
        return {"field": self.fields[field], "op": op, "value": value}

    def is_set(self, field: str) -> Json:
        return {"field": self.fields[field], "op": "is_set"}

    def in_list(self, name: str) -> Json:
        return {"list": self.lists[name]}

    # Triggers.

    def joined(self, name: str) -> Json:
        return {"kind": "list.joined", "list": self.lists[name]}

    def changed(self, field: str, rule: Json) -> Json:
        return {"kind": "contact.updated", "changed": [self.fields[field]], "rule": rule}

    def answered(self, *fields: str) -> Json:
        """One submission, however many of the fields it fills, also with the answers of last time."""
        keys = [self.fields[field] for field in fields]
        return {"kind": "contact.updated", "changed": keys, "even_if_unchanged": True}

    # Messages.

    def tag(self, field: str, fallback: Words, format: str = "") -> Words:
        """A field's value within words, written in one of the formats of merge tags."""
        key = f"{self.fields[field]}:{format}" if format else self.fields[field]
        return Words(f"[[{key}|{fallback.he}]]", f"[[{key}|{fallback.en}]]")

    def mail(self, subject: Words, *parts: Part, next: str = "end", **rest: Any) -> Json:
        blocks = [self._text(GREETING), *(self._block(part) for part in parts), {"kind": "footer"}]
        return {
            "kind": "send_email",
            "subject": self.say(subject),
            "document": self._document(blocks),
            "message_class": "service",
            "next": next,
            **rest,
        }

    def sms(self, name: Words, *parts: Words | Only, next: str = "end", **rest: Any) -> Json:
        return {
            "kind": "send_sms",
            "name": self.say(name),
            "document": self._document([self._line(part) for part in parts]),
            "message_class": "service",
            "next": next,
            **rest,
        }

    def _document(self, blocks: list[Json]) -> Json:
        direction = "rtl" if self.language == "he" else "ltr"
        numbered = [{"id": f"b{number}", **block} for number, block in enumerate(blocks, 1)]
        return {
            "format": 1,
            "language": self.language,
            "direction": direction,
            "blocks": numbered,
        }

    def _block(self, part: Part) -> Json:
        match part:
            case Button(words, url, smart):
                acts = {"smart": smart} if smart else {}
                return {"kind": "button", "text": self.say(words), "url": url, **acts}
            case Only(rule, words):
                return {**self._text(words), "show_if": rule}
            case Words():
                return self._text(part)

    def _line(self, part: Words | Only) -> Json:
        if isinstance(part, Only):
            return {**self._line(part.words), "show_if": part.rule}
        return {"kind": "sms_text", "text": self.say(part)}

    def _text(self, words: Words) -> Json:
        return {"kind": "text", "html": f"<p>{self.say(words)}</p>"}

    # Steps.

    def step(self, kind: str, name: Words, *, next: str = "end", **rest: Any) -> Json:
        return {"kind": kind, "name": self.say(name), "next": next, **rest}

    def ask(self, name: Words, rule: Json, *, yes: str, no: str) -> Json:
        return {"kind": "condition", "name": self.say(name), "rule": rule, "yes": yes, "no": no}

    def wait(self, name: Words, length: str, *, next: str, **rest: Any) -> Json:
        return self.step("wait", name, next=next, **{"for": length}, **rest)

    def until(self, name: Words, rule: Json, *, timeout: str, yes: str, timed_out: str) -> Json:
        return {
            "kind": "wait_until",
            "name": self.say(name),
            "rule": rule,
            "timeout": timeout,
            "yes": yes,
            "timed_out": timed_out,
        }

    def split(self, name: Words, *ways: tuple[Words, Json, str], otherwise: str = "end") -> Json:
        """Ways: words, rule, where to."""
        branches = [{"label": self.say(words), "rule": rule, "to": to} for words, rule, to in ways]
        return {
            "kind": "split",
            "name": self.say(name),
            "branches": branches,
            "otherwise": otherwise,
        }

    def by_value(
        self, name: Words, field: str, *ways: tuple[Words, Sequence[Any], str], otherwise: str
    ) -> Json:
        """Ways: words, the values, where to; a choice goes by the recipe's own name for it."""
        known = [
            (words, [self.choices.get(f"{field}.{value}", value) for value in values], to)
            for words, values, to in ways
        ]
        branches = [
            {"label": self.say(words), "values": values, "to": to} for words, values, to in known
        ]
        return self._by(name, field, branches, otherwise)

    def by_band(
        self, name: Words, field: str, *ways: tuple[Words, Sequence[int], str], otherwise: str
    ) -> Json:
        """Ways: words, the lowest and the highest number, where to."""
        branches = [
            {"label": self.say(words), "between": list(ends), "to": to} for words, ends, to in ways
        ]
        return self._by(name, field, branches, otherwise)

    def _by(self, name: Words, field: str, branches: list[Json], otherwise: str) -> Json:
        return {
            "kind": "split",
            "name": self.say(name),
            "field": self.fields[field],
            "branches": branches,
            "otherwise": otherwise,
        }

    def change(self, name: Words, *changes: Json, next: str = "end") -> Json:
        """Changes name fields as the recipe does."""
        own = [{**change, "field": self.fields[change["field"]]} for change in changes]
        return self.step("update_contact", name, next=next, changes=own)

    def join(self, name: Words, to: str, *, next: str = "end") -> Json:
        return self.step("add_to_lists", name, next=next, add_to_lists=[self.lists[to]])

    def leave(self, name: Words, of: str, *, next: str = "end") -> Json:
        return self.step("remove_from_lists", name, next=next, remove_from_lists=[self.lists[of]])
