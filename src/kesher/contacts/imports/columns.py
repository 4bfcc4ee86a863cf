"""Cells to typed values, one function per column, made once per import. The hot path: of the 22 µs of Python
that a row of twelve columns takes from file to staging, most are spent here (bench/import_.py).

A parsed row is a list in the order of `Parser.columns`, "" for what is not known; custom fields are a dict
at the end. Values that cannot be read are left out and noted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kesher.contacts.fields import FIELD_TYPES, BadValue, ParseContext
from kesher.contacts.imports.mapping import CUSTOM, EXTERNAL_ID, FULL_NAME, NEW, SKIP, Entry
from kesher.contacts.vocabulary import FieldInfo
from kesher.lib.addresses import Phone, normalise_email, normalise_phone

KEYS = (EXTERNAL_ID, "email", "mobile")
TEXTS = ("first_name", "last_name", "phone", "role", "company", "city", "birthday", "notes")
LONGEST = {"notes": 20_000}
LONGEST_TEXT = 500
CACHE_ENTRIES = 40_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_LONG_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]+")
_FLOAT = re.compile(r"(?<=\d)\.0+$")
_SEVERAL = re.compile(r"[/;,|\n]| או | or ")
_NO_VALUE = frozenset(("-", "--", "n/a", "null", "none", "#n/a", "אין"))

Note = tuple[str, str, str]
"""(column's header, reason, the cell)."""


@dataclass(slots=True)
class Parsed:
    """`values` are ready for staging, `fields` the custom ones. Without an address, `refused` is the reason."""

    values: list[str]
    fields: dict[str, Any]
    notes: list[Note]
    refused: str = ""


class Bad:
    """A cell that cannot be read; `reason` is a key of imports.reasons."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


def clean(text: str) -> str:
    """One line of NFC text without control and direction marks."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable() or "\ufeff" in text:
        text = _CONTROLS.sub(" ", text)
    return text.strip()


def clean_long(text: str) -> str:
    """The same for text of several lines."""
    return _LONG_CONTROLS.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def split_name(name: str) -> tuple[str, str]:
    """First and last name of "נועה כהן לוי" or "Cohen, Noa"."""
    if "," in name:
        last, _comma, first = name.partition(",")
        return first.strip(), last.strip()
    first, _space, last = name.partition(" ")
    return first, last.strip()


class Parser:
    """Rows of one import to values. `cell_count` is the widest row taken."""

    def __init__(
        self, entries: Sequence[Entry], fields: Sequence[FieldInfo], context: ParseContext
    ) -> None:
        self.context = context
        self.entries = entries
        custom = {info.key: info for info in fields if info.column is None}
        targets = {entry.to for entry in entries}
        self.columns = [*KEYS, *(key for key in TEXTS if self._fills(key, targets))]
        self._index = {key: number for number, key in enumerate(self.columns)}
        self._email: dict[str, Any] = {}
        self._steps: list[tuple[int, int, Callable[[str], Any]]] = []
        self._custom: list[tuple[int, str, Callable[[str], Any]]] = []
        self._email_cell = self._mobile_cell = self._phone_cell = self._name_cell = None
        for number, entry in enumerate(entries):
            self._add(number, entry, custom)
        self.has_fields = bool(self._custom)

    @staticmethod
    def _fills(key: str, targets: set[str]) -> bool:
        if key == "phone":
            return bool({"phone", "mobile"} & targets)
        return key in targets or (FULL_NAME in targets and key in ("first_name", "last_name"))

    _email_cell: int | None
    _mobile_cell: int | None
    _phone_cell: int | None
    _name_cell: int | None

    def _add(self, number: int, entry: Entry, custom: Mapping[str, FieldInfo]) -> None:
        match entry.to:
            case "email":
                self._email_cell = number
            case "mobile":
                self._mobile_cell = number
            case "phone":
                self._phone_cell = number
            case to if to == FULL_NAME:
                self._name_cell = number
            case to if to in (SKIP, NEW):
                pass
            case to if to.startswith(CUSTOM):
                info = custom[to.removeprefix(CUSTOM)]
                self._custom.append((number, info.key, _typed(info, self.context)))
            case to:
                self._steps.append((number, self._index[to], _column(to, self.context)))

    def parse(self, row: Sequence[str]) -> Parsed:
        """The row's values; cells beyond the header are not looked at."""
        width = len(row)
        values = [""] * len(self.columns)
        notes: list[Note] = []
        fields: dict[str, Any] = {}
        for number, place, read in self._steps:
            if number < width and (cell := row[number]):
                value = read(cell)
                if value.__class__ is Bad:
                    notes.append((self.entries[number].header, value.reason, cell[:200]))
                else:
                    values[place] = value
        for number, key, read in self._custom:
            if number < width and (cell := row[number]):
                value = read(cell)
                if value.__class__ is Bad:
                    notes.append((self.entries[number].header, value.reason, cell[:200]))
                elif value is not None:
                    fields[key] = value
        if self._name_cell is not None and self._name_cell < width:
            self._put_name(values, row[self._name_cell])
        if (cell_number := self._email_cell) is not None and cell_number < width:
            self._put_email(values, row[cell_number], notes, cell_number)
        self._put_phones(values, row, width, notes)
        if values[1] or values[2]:
            return Parsed(values, fields, notes)
        tried = any(reason in ("bad_email", "bad_phone") for _head, reason, _cell in notes)
        return Parsed(values, fields, notes, "bad_address" if tried else "no_address")

    def _put_email(self, values: list[str], cell: str, notes: list[Note], number: int) -> None:
        text = cell if cell.isascii() and cell.isprintable() else clean(cell)
        if text.startswith("mailto:"):
            text = text[7:]
        address = normalise_email(text)
        if address:
            values[1] = address
        elif text.strip() and text.strip().casefold() not in _NO_VALUE:
            notes.append((self.entries[number].header, "bad_email", cell[:200]))

    def _put_phones(
        self, values: list[str], row: Sequence[str], width: int, notes: list[Note]
    ) -> None:
        """A landline in the mobile's column goes to the phone, and a mobile in the phone's to the mobile."""
        for number in (self._mobile_cell, self._phone_cell):
            if number is None or number >= width or not (cell := row[number].strip()):
                continue
            phone = read_phone(cell, self.context.country)
            if phone is None:
                if cell.casefold() not in _NO_VALUE:
                    notes.append((self.entries[number].header, "bad_phone", cell[:200]))
            elif phone.is_mobile and not values[2]:
                values[2] = phone.number
            elif (place := self._index["phone"]) and not values[place]:
                values[place] = phone.number

    def _put_name(self, values: list[str], cell: str) -> None:
        first, last = split_name(clean(cell)[:LONGEST_TEXT])
        for key, value in (("first_name", first), ("last_name", last)):
            place = self._index[key]
            values[place] = values[place] or value


def read_phone(text: str, country: str) -> Phone | None:
    """The first number in a cell, which may hold several ("050-1234567 / 03-1234567") or a float's ".0".

    The usual Israeli mobile is taken without any regular expression.
    """
    digits = text.replace("-", "")
    if country == "IL" and digits.isdigit() and digits.isascii():
        if len(digits) == 10 and digits.startswith("05"):
            return Phone(f"+972{digits[1:]}", is_mobile=True)
        if len(digits) == 9 and digits.startswith("5"):
            return Phone(f"+972{digits}", is_mobile=True, repaired=True)
    bare = _FLOAT.sub("", text)
    whole = normalise_phone(bare, country)
    if whole is not None or not _SEVERAL.search(bare):
        return whole
    found = (normalise_phone(part, country) for part in _SEVERAL.split(bare))
    return next((phone for phone in found if phone is not None), None)


def cached(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Remember answers by text; forgets all when full, which costs less than keeping order."""
    known: dict[str, Any] = {}

    def look(text: str) -> Any:
        try:
            return known[text]
        except KeyError:
            if len(known) >= CACHE_ENTRIES:
                known.clear()
            answer = known[text] = read(text)
            return answer

    return look


def _column(key: str, context: ParseContext) -> Callable[[str], Any]:
    if key == "birthday":
        return cached(lambda text: _date(text, context))
    if key == "notes":
        return lambda text: clean_long(text)[: LONGEST["notes"]]
    if key == EXTERNAL_ID:
        return lambda text: clean(text)[:200]
    return cached(lambda text: clean(text)[:LONGEST_TEXT])


def _date(text: str, context: ParseContext) -> Any:
    value = FIELD_TYPES.get("date").parse(text, {}, context)
    if isinstance(value, BadValue):
        return "" if text.strip().casefold() in _NO_VALUE else Bad("bad_value")
    return value or ""


def _typed(info: FieldInfo, context: ParseContext) -> Callable[[str], Any]:
    kind = FIELD_TYPES.get(info.type)

    def read(text: str) -> Any:
        value = kind.parse(text, info.options, context)
        if isinstance(value, BadValue):
            return None if text.strip().casefold() in _NO_VALUE else Bad("bad_value")
        return value

    return cached(read)
