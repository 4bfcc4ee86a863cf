"""The words by which rules speak of an event: `event.total`, and of a changed contact `event.before.city`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from kesher.rules.memory import entry_of
from kesher.rules.parse import event_field
from kesher.rules.tree import FieldLeaf
from kesher.rules.vocabulary import Field, Kind, Message, Vocabulary

EVENT = "event."
BEFORE, AFTER = "before.", "after."
UPDATED = "contact.updated"


def with_event(
    vocabulary: Vocabulary, json: Any, kind: str = "", messages: Iterable[Message] = ()
) -> Vocabulary:
    """The vocabulary and those entries of events that the rule asks for. Without a kind: of any kind."""
    wanted = dict(_event_fields(json))
    fields = [
        found for key, value in wanted.items() if (found := _field(vocabulary, kind, key, value))
    ]
    own = tuple(messages)
    if not fields and not own:
        return vocabulary
    return replace(
        vocabulary,
        fields=(*vocabulary.fields, *fields),
        messages=(*own, *vocabulary.messages),
    )


def all_event_fields(vocabulary: Vocabulary, kind: str) -> Vocabulary:
    """The vocabulary with every entry of this kind: what the builder shows for a trigger."""
    known = vocabulary.kind(kind)
    entries = [_named(entry) for entry in known.data] if known else []
    if kind == UPDATED:
        entries += [
            found
            for one in vocabulary.fields
            for when in (AFTER, BEFORE)  # what it became is asked about most
            if (found := _changed_field(vocabulary, when + one.key))
        ]
    return replace(vocabulary, fields=(*entries, *vocabulary.fields))


def _event_fields(json: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(json, Mapping):
        key = json.get("field")
        if isinstance(key, str) and key.startswith(EVENT):
            yield key.removeprefix(EVENT), json.get("value")
        for form in ("all", "any", "not"):
            yield from _event_fields(json.get(form))
    elif isinstance(json, list | tuple):
        for part in json:
            yield from _event_fields(part)


def _field(vocabulary: Vocabulary, kind: str, key: str, value: Any) -> Field | None:
    if (changed := _changed_field(vocabulary, key)) and kind in ("", UPDATED):
        return changed
    known = [vocabulary.kind(kind)] if kind else list(vocabulary.kinds)
    for one in known:
        if one is not None and (found := one.field(key)):
            return _named(found)
    is_open = any(one is not None and one.is_open for one in known)
    found = event_field(Kind(kind, kind, is_open=True), key, value) if is_open else None
    return _named(found) if found else None


def _named(entry: Field) -> Field:
    label = _("the event's %(entry)s") % {"entry": str(entry.label)}
    return replace(entry, key=EVENT + entry.key, label=label, column=None)


def _changed_field(vocabulary: Vocabulary, key: str) -> Field | None:
    """ "before.city": the contact's field, as it was when the event happened."""
    when = next((one for one in (BEFORE, AFTER) if key.startswith(one)), None)
    known = vocabulary.field(key.removeprefix(when)) if when else None
    if known is None or when is None:
        return None
    words = _("%(field)s, before") if when == BEFORE else _("%(field)s, after")
    label = words % {"field": str(known.label)}
    return replace(known, key=EVENT + key, label=label, column=None, names=())


def event_values(data: Mapping[str, Any], about: Iterable[FieldLeaf]) -> dict[str, Any]:
    """What the event's data has for each of these leaves."""
    return {leaf.field: _value(data, leaf.field.removeprefix(EVENT)) for leaf in about}


def _value(data: Mapping[str, Any], key: str) -> Any:
    for place, when in enumerate((BEFORE, AFTER)):
        pair = data.get("changed", {}).get(key.removeprefix(when)) if key.startswith(when) else None
        if isinstance(pair, list) and len(pair) == 2:
            return pair[place]
    return entry_of(data, key)
