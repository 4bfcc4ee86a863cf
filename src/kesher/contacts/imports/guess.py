"""What a column probably is: by its head, else by what its values look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kesher.contacts.fields.date import read_date
from kesher.contacts.fields.number import read_number
from kesher.contacts.fields.yes_no import NO, YES
from kesher.contacts.imports.headers import target_of
from kesher.contacts.imports.mapping import CUSTOM, EXTERNAL_ID, FULL_NAME, NEW, SKIP, Entry
from kesher.contacts.imports.presets import preset_for
from kesher.contacts.vocabulary import FieldInfo, folded, resolve
from kesher.lib.addresses import normalise_email, normalise_phone

MOST = 0.7  # of the filled cells must agree before a column is taken for something
FEW_CHOICES = 12
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T]\d{1,2}:\d\d.*)?$")
_LISTS = re.compile(r"[,;|]")


@dataclass
class Look:
    """One column of the sample: its head, its filled cells, and how many look like what."""

    header: str
    filled: list[str] = field(default_factory=list)
    emails: int = 0
    mobiles: int = 0
    phones: int = 0
    repaired: int = 0
    dates: int = 0

    def share(self, count: int) -> float:
        return count / len(self.filled) if self.filled else 0.0


def look_at(header: Sequence[str], rows: Sequence[Sequence[str]], country: str) -> list[Look]:
    """Each column over the sample rows."""
    looks = [Look(name) for name in header]
    for row in rows:
        for look, cell in zip(looks, row, strict=False):
            if value := cell.strip():
                _count(look, value, country)
    return looks


def _count(look: Look, value: str, country: str) -> None:
    look.filled.append(value)
    if "@" in value:
        look.emails += normalise_email(value) is not None
    elif len(value) <= 24 and sum(map(str.isdigit, value)) >= 7:
        if _DATE.match(value):
            look.dates += 1
        elif phone := normalise_phone(value, country):
            look.phones += 1
            look.mobiles += phone.is_mobile
            look.repaired += phone.repaired
    elif _DATE.match(value) and read_date(value.split(" ")[0].split("T")[0], day_first=True):
        look.dates += 1


def is_header(row: Sequence[str], later: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names columns: known words in it, or no value in it where later rows have values."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or any(_is_value(cell) for cell in filled):
        return False
    if any(target_of(cell) for cell in filled):
        return True
    return any(_is_value(cell.strip()) for other in later for cell in other)


def _is_value(cell: str) -> bool:
    if "@" in cell:
        return normalise_email(cell) is not None
    return bool(_DATE.match(cell)) or (
        sum(map(str.isdigit, cell)) >= 7 and normalise_phone(cell) is not None
    )


def guess(looks: Sequence[Look], fields: Sequence[FieldInfo]) -> list[Entry]:
    """An entry for each column; no field is given to two columns."""
    preset = preset_for([look.header for look in looks])
    entries: list[Entry | None] = [None] * len(looks)
    taken: set[str] = set()
    by_head = [_by_head(look, fields, dict(preset.columns) if preset else {}) for look in looks]
    for number, to in enumerate(by_head):
        if to and to not in taken:
            entries[number] = Entry(to, looks[number].header)
            taken.add(to)
            taken.discard(SKIP)
    for number, look in enumerate(looks):
        if entries[number] is None:
            entries[number] = _by_content(look, taken, number)
    _call_phones_mobile(entries, looks, taken)
    return [entry or Entry(SKIP) for entry in entries]


def _by_head(look: Look, fields: Sequence[FieldInfo], preset: dict[str, str]) -> str | None:
    if (known := preset.get(folded(look.header))) is not None:
        return known
    own = resolve(look.header, [info for info in fields if info.column is None])
    if own is not None:
        return CUSTOM + own.key
    to = target_of(look.header)
    if to == "email" and look.filled and look.share(look.emails) < 0.3:
        return None  # "mail" over what are no addresses
    if to == EXTERNAL_ID and len(set(look.filled)) < MOST * len(look.filled):
        return None  # a code that several people share is no one's number
    if to is None and (info := resolve(look.header, [f for f in fields if f.column])):
        return info.key
    return to


def _by_content(look: Look, taken: set[str], number: int) -> Entry:
    for to, count in (("email", look.emails), ("mobile", look.mobiles), ("phone", look.phones)):
        if to not in taken and look.share(count) >= MOST:
            taken.add(to)
            return Entry(to, look.header)
    if not look.filled:
        return Entry(SKIP, look.header)
    label = look.header.strip() or f"#{number + 1}"
    return Entry(NEW, look.header, label[:120], guess_type(look))


def _call_phones_mobile(
    entries: list[Entry | None], looks: Sequence[Look], taken: set[str]
) -> None:
    """A column headed "phone" that holds mobiles is the mobile, when no other column is."""
    if "mobile" in taken:
        return
    for number, entry in enumerate(entries):
        if entry and entry.to == "phone" and looks[number].share(looks[number].mobiles) >= 0.5:
            entries[number] = Entry("mobile", entry.header)
            return


def guess_type(look: Look) -> str:
    """The type of a new field for these values."""
    values = look.filled
    words = {value.casefold() for value in values}
    if look.share(look.dates) >= 0.9:
        return "date"
    if words <= (YES | NO) and len(words) <= 4 and not words <= {"x", "v"}:
        return "yes_no"
    if all(value.startswith(("http://", "https://")) for value in values):
        return "url"
    if all(_is_number(value) for value in values):
        return "number"
    if any(len(value) > 200 or "\n" in value for value in values):
        return "long_text"
    return _choice_type(values)


def _is_number(value: str) -> bool:
    kept = not (value.startswith("0") and len(value) > 1 and value[1].isdigit())
    return kept and len(value) <= 15 and read_number(value) is not None


def _choice_type(values: Sequence[str]) -> str:
    if len(values) < 20 or any(len(value) > 60 for value in values):
        return "text"
    if len(set(values)) <= min(FEW_CHOICES, len(values) // 4):
        return "choice"
    parts = {part.strip() for value in values for part in _LISTS.split(value)}
    many = sum(bool(_LISTS.search(value)) for value in values)
    return "choices" if many >= len(values) / 5 and len(parts) <= FEW_CHOICES else "text"


__all__ = ["FULL_NAME", "Look", "guess", "guess_type", "is_header", "look_at"]
