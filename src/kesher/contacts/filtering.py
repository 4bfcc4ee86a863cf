"""What the contacts table is narrowed to, a search and filters, as a condition of SQL over `contact c`."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesher.contacts.channels import CHANNELS
from kesher.contacts.vocabulary import DEFAULT_KEYS

_IGNORED = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7׳״'\"`\u200e\u200f\u2066-\u2069]")
_PHONE_LIKE = re.compile(r"[\d\s+().\-־–]+$")
MOST_WORDS = 6


@dataclass(frozen=True)
class FieldFilter:
    """`op` is is, contains, set or unset. Values compare as text, but `typed`, a custom field's own, as JSON."""

    key: str
    op: str
    value: str = ""
    typed: str | int | float | list[str] | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Where:
    """A condition over `contact c` made by a domain above, as a segment's; named apart from the others' parameters."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Filters:
    """What the table is narrowed to; each left at its default narrows nothing."""

    list_id: int | None = None
    consent: Mapping[str, str] = field(default_factory=dict)  # channel: granted, withdrawn, unknown
    created_from: datetime | None = None
    created_until: datetime | None = None
    has: tuple[str, ...] = ()  # email, mobile, phone
    lacks: tuple[str, ...] = ()
    problem: str = ""  # bounced, suppressed
    source: str = ""
    fields: tuple[FieldFilter, ...] = ()
    where: Where | None = None

    def __bool__(self) -> bool:
        return self != Filters()


def words_of(text: str) -> list[str]:
    """The patterns that a search means, each to be found: "050-123" is one phone, "נועה כה" two words."""
    tidy = _IGNORED.sub("", unicodedata.normalize("NFC", text)).replace("\x00", "").lower().strip()
    if _PHONE_LIKE.match(tidy) and (digits := re.sub(r"\D", "", tidy)):
        return [digits.removeprefix("00")]
    return tidy.split()[:MOST_WORDS]


def _like(word: str) -> str:
    """Anywhere in the text; of one or two letters only where a word begins, which the index can find."""
    plain = re.sub(r"([%_\\])", r"\\\1", word)
    return f"%{plain}%" if len(word) > 2 else f"% {plain}%"


def conditions(text: str, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The search and the filters as ` AND …` over `contact c`, and their parameters."""
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    for number, word in enumerate(words_of(text)):
        parts.append(f"c.search LIKE %(w{number})s")
        parameters[f"w{number}"] = _like(word)
    for part, named in _filter_parts(filters):
        parts.append(part)
        parameters |= named
    return "".join(f" AND {part}" for part in parts), parameters


IN_LIST = """c.id IN (
    SELECT m.contact_id FROM list_membership m WHERE m.workspace_id = %(workspace)s AND m.list_id = %(list)s)"""
_SUPPRESSED = """c.id IN (
    SELECT sc.id FROM suppression s JOIN contact sc ON sc.workspace_id = s.workspace_id
        AND sc.email = s.address AND sc.email <> '' AND sc.deleted_at IS NULL
    WHERE s.workspace_id = %(workspace)s AND s.channel = 'email' AND s.address <> ''
    UNION ALL
    SELECT sc.id FROM suppression s JOIN contact sc ON sc.workspace_id = s.workspace_id
        AND sc.mobile = s.address AND sc.mobile <> '' AND sc.deleted_at IS NULL
    WHERE s.workspace_id = %(workspace)s AND s.channel IN ('sms', 'whatsapp') AND s.address <> '')"""
_ADDRESSES = ("email", "mobile", "phone")


def _filter_parts(filters: Filters) -> list[tuple[str, dict[str, Any]]]:
    parts: list[tuple[str, dict[str, Any]]] = []
    if filters.where is not None:
        parts.append((f"({filters.where.text})", dict(filters.where.parameters)))
    if filters.list_id is not None:
        parts.append((IN_LIST, {"list": filters.list_id}))
    for channel, state in filters.consent.items():
        value = "" if state == "unknown" else state
        parts.append((f"c.{CHANNELS[channel].consent} = '{_state(value)}'", {}))
    if filters.created_from:
        parts.append(("c.created_at >= %(created_from)s", {"created_from": filters.created_from}))
    if filters.created_until:
        parts.append(("c.created_at < %(created_until)s", {"created_until": filters.created_until}))
    parts += [(f"c.{key} <> ''", {}) for key in filters.has if key in _ADDRESSES]
    parts += [(f"c.{key} = ''", {}) for key in filters.lacks if key in _ADDRESSES]
    if filters.problem == "bounced":
        parts.append(("c.email_bounced_at IS NOT NULL", {}))
    elif filters.problem == "suppressed":
        parts.append((_SUPPRESSED, {}))
    if filters.source:
        parts.append(("c.source = %(source)s", {"source": filters.source}))
    parts += [_field_part(number, part) for number, part in enumerate(filters.fields)]
    return parts


def _state(value: str) -> str:
    """One of the three, as a constant in the text, so that the partial indexes are used."""
    return value if value in ("", "granted", "withdrawn") else ""


def _field_part(number: int, part: FieldFilter) -> tuple[str, dict[str, Any]]:
    key, given = f"k{number}", f"v{number}"
    column = f"c.{part.key}::text" if part.key in DEFAULT_KEYS else f"(c.fields ->> %({key})s)"
    parameters = {key: part.key, given: part.value.strip().lower()}
    has_it = f"coalesce({column}, '') <> ''"
    match part.op:
        case "set":
            return has_it, parameters
        case "unset":
            return f"coalesce({column}, '') = ''", parameters
        case "contains":
            return f"position(%({given})s IN lower(coalesce({column}, ''))) > 0", parameters
        case "is" if _has_index(part):
            return (
                f"c.fields @> %({given})s::jsonb AND c.fields <> '{{}}'",
                {given: json.dumps({part.key: part.typed})},
            )
        case _:
            return f"lower(coalesce({column}, '')) = %({given})s", parameters


def _has_index(part: FieldFilter) -> bool:
    """Whether the index of custom values finds it: it knows only the very value, so not text that has two cases."""
    if part.typed is None or part.key in DEFAULT_KEYS:
        return False
    return not isinstance(part.typed, str) or part.typed.lower() == part.typed.upper()
