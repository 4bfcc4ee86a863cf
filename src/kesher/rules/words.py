"""A rule as a sentence of the active language, as natural as it can be and never ambiguous.

A negated comparison says that a missing value passes: people read "not more than 4" as "knows, and it is 4".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kesher.rules.durations import last_words, read_duration
from kesher.rules.operators import operator_of
from kesher.rules.operators.days import read_day, read_instant
from kesher.rules.operators.operands import show_day
from kesher.rules.parse import event_field
from kesher.rules.tree import (
    PREVIOUS,
    AllOf,
    AnyOf,
    ConsentLeaf,
    DidLeaf,
    FieldLeaf,
    IdentifiedLeaf,
    ListLeaf,
    Not,
    Period,
    Rule,
    SegmentLeaf,
    Times,
)
from kesher.rules.vocabulary import Field, Kind, Vocabulary


def in_words(rule: Rule, vocabulary: Vocabulary) -> str:
    """The rule as a sentence without its full stop."""
    return _Speaker(vocabulary).say(rule, top=True)


class _Speaker:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def say(self, rule: Rule, *, top: bool = False) -> str:
        match rule:
            case AllOf(parts):
                return self._all(map(self.say, parts), top=top)
            case AnyOf(parts):
                return self._any(map(self.say, parts), top=top)
            case Not(part):
                return self._negated(part, top=top)
            case FieldLeaf(key):
                return self._compared(rule, self.vocabulary.field(key), negated=False)
            case ListLeaf():
                return self._list(rule, negated=False)
            case SegmentLeaf() | ConsentLeaf() | IdentifiedLeaf() | DidLeaf():
                return self._plain(rule)

    def _all(self, parts: Iterable[str], *, top: bool = False) -> str:
        pair = pgettext("conditions", "%(first)s and %(last)s")
        return self._joined(list(parts), pair, top) or _("always")

    def _any(self, parts: Iterable[str], *, top: bool = False) -> str:
        pair = pgettext("conditions", "%(first)s or %(last)s")
        return self._joined(list(parts), pair, top) or _("never")

    def _joined(self, said: Sequence[str], pair: str, top: bool) -> str:
        if not said:
            return ""
        joined = said[0]
        for one in said[1:]:
            joined = pair % {"first": joined, "last": one}
        return joined if top or len(said) == 1 else _("(%(group)s)") % {"group": joined}

    def _negated(self, rule: Rule, *, top: bool = False) -> str:
        match rule:
            case Not(part):
                return self.say(part, top=top)
            case AnyOf(parts):  # none of them is: each is not
                return self._all(map(self._negated, parts), top=top)
            case AllOf(parts) if len(parts) < 2:
                return self._any(map(self._negated, parts), top=top)
            case FieldLeaf(key, op):
                said = self._compared(rule, self.vocabulary.field(key), negated=True)
                return (
                    said
                    if op == "is_set"
                    else _("%(sentence)s (or not known)") % {"sentence": said}
                )
            case ListLeaf():
                return self._list(rule, negated=True)
            case SegmentLeaf(key):
                return _("is not in the segment “%(name)s”") % {"name": self._segment(key)}
            case ConsentLeaf(key):
                return _("has not agreed to receive %(channel)s") % {"channel": self._channel(key)}
            case IdentifiedLeaf(known):
                return self._plain(IdentifiedLeaf(not known))
            case DidLeaf(times=times) if times == Times() or times.at_most == 0:
                return self._did(rule, negated=True)
            case _:
                return _("it is not true that %(group)s") % {"group": self.say(rule)}

    def _plain(self, leaf: SegmentLeaf | ConsentLeaf | IdentifiedLeaf | DidLeaf) -> str:
        match leaf:
            case SegmentLeaf(key):
                return _("is in the segment “%(name)s”") % {"name": self._segment(key)}
            case ConsentLeaf(key):
                return _("has agreed to receive %(channel)s") % {"channel": self._channel(key)}
            case IdentifiedLeaf(known):
                return (
                    _("the visitor is identified") if known else _("the visitor is not identified")
                )
            case DidLeaf():
                return self._did(leaf, negated=False)

    def _compared(self, leaf: FieldLeaf, found: Field | None, *, negated: bool) -> str:
        operator = operator_of(found.type, leaf.op) if found else None
        if found is None or operator is None:
            return _("%(field)s (no longer there)") % {"field": leaf.field}
        sentence = operator.negation if negated else operator.sentence
        value = operator.operand.show(leaf.value, found)
        return str(sentence) % {"field": found.label, "value": value}

    def _segment(self, key: str) -> str:
        found = self.vocabulary.segment(key)
        return str(found.name) if found else key

    def _channel(self, key: str) -> str:
        found = self.vocabulary.channel(key)
        return str(found.label) if found else key

    def _list(self, leaf: ListLeaf, *, negated: bool) -> str:
        found = self.vocabulary.list(leaf.list)
        name = {"name": found.name if found else leaf.list}
        if not leaf.joined:
            said = _("is not in the list “%(name)s”") if negated else _("is in the list “%(name)s”")
            return said % name
        did_not = _("did not join the list “%(name)s” %(period)s")
        said = did_not if negated else _("joined the list “%(name)s” %(period)s")
        return said % {**name, "period": self._period(leaf.joined)}

    def _period(self, period: Period) -> str:
        if duration := read_duration(period.within):
            return last_words(duration)
        ends = {"since": self._instant(period.since), "until": self._instant(period.until)}
        if period.since and period.until:
            return _("from %(since)s to %(until)s") % ends
        return _("since %(since)s") % ends if period.since else _("until %(until)s") % ends

    def _instant(self, text: str | None) -> str:
        if day := read_day(text):
            return show_day(day)
        instant = read_instant(text)
        return f"{show_day(instant.date())} {instant:%H:%M %Z}" if instant else ""

    def _did(self, leaf: DidLeaf, *, negated: bool) -> str:
        kind = self.vocabulary.kind(leaf.kind)
        is_never = leaf.times.at_most == 0
        did_not = negated is not is_never
        parts = [self._deed(leaf, kind, did_not=did_not)]
        if leaf.times != Times() and not is_never:
            parts.append(times_words(leaf.times))
        if leaf.period:
            parts.append(self._period(leaf.period))
        if leaf.where and kind is not None:
            parts.append(_("(where %(tests)s)") % {"tests": self._where(leaf, kind)})
        if leaf.by == "any":
            parts.append(_("(by a person or a machine)"))
        return " ".join(parts)

    def _where(self, leaf: DidLeaf, kind: Kind) -> str:
        return self._all(
            (
                self._compared(part, event_field(kind, part.field, part.value), negated=False)
                for part in leaf.where
            ),
            top=True,
        )

    def _deed(self, leaf: DidLeaf, kind: Kind | None, *, did_not: bool) -> str:
        """ "opened a message", as the kind says it, else by its label."""
        if kind is not None and kind.did is not None:
            return str(kind.did[did_not]) % self._message(leaf.message)
        said = _("did not do “%(event)s”") if did_not else _("did “%(event)s”")
        deed = said % {"event": kind.label if kind else leaf.kind}
        if leaf.message is None:
            return deed
        return _("%(deed)s (of %(which)s)") % {"deed": deed, **self._message(leaf.message)}

    def _message(self, key: str | None) -> dict[str, str]:
        """The message as what was done to and as anything else: Hebrew marks the first."""
        if key is None:
            done_to = pgettext("opened …", "a message")
            return {"message": done_to, "which": pgettext("a link in …", "a message")}
        if key == PREVIOUS:
            done_to = pgettext("opened …", "the previous message of the journey")
            which = pgettext("a link in …", "the previous message of the journey")
            return {"message": done_to, "which": which}
        found = self.vocabulary.message(key)
        name = {"name": found.name if found else key}
        done_to = pgettext("opened …", "the message “%(name)s”") % name
        return {
            "message": done_to,
            "which": pgettext("a link in …", "the message “%(name)s”") % name,
        }


def times_words(times: Times) -> str:
    """ "at least 3 times" in the active language."""
    least, most = times.at_least, times.at_most
    if most is None:
        return ngettext("at least once", "at least %(count)s times", least) % {"count": least}
    if least == most:
        return ngettext("exactly once", "exactly %(count)s times", most) % {"count": most}
    if least == 0:
        return ngettext("at most once", "at most %(count)s times", most) % {"count": most}
    return _("between %(least)s and %(most)s times") % {"least": least, "most": most}
