"""The words of the product: extract them, list what lacks a Hebrew translation, compile.

    python tools/messages.py update [FOLDER…]   put new source strings into the .po (or he.json) of the folders
    python tools/messages.py check [FOLDER…]    fail on missing, fuzzy, stale or broken translations
    python tools/messages.py compile            write the .mo files that Django reads

FOLDER is an area (src/kesher/contacts, src/kesher/web/contacts) or a folder of the front end that has a
he.json; without one, everything. A string belongs to the area that its file lies in. The folders of web/
that are Python packages are areas of their own; the shell (src/kesher/web) has what lies beside them.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "src"))

from babel.messages.catalog import Catalog, Message  # noqa: E402
from babel.messages.extract import DEFAULT_KEYWORDS, extract  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402

from kesher.project.catalogues import compile_stale  # noqa: E402

PACKAGE = CHECKOUT / "src" / "kesher"
FRONTEND = CHECKOUT / "frontend" / "src"
PO = Path("locale/he/LC_MESSAGES/django.po")
NOT_SOURCES = {"tests", "migrations", "locale", "node_modules", "static", "__pycache__"}
NOT_AREAS = {"templatetags", "templates", "management", "tests"}
# One, two, other: today's CLDR. (Django's own catalogue still has a fourth form for tens; it keeps them apart.)
PLURAL = "nplurals=3; plural=(n == 1 && n % 1 == 0) ? 0 : (n == 2 && n % 1 == 0) ? 1: 2;"
HEADER = f"""msgid ""
msgstr ""
"Language: he\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURAL}\\n"

"""
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(
    rf"\b(gettext|ngettext|pgettext|npgettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})|%[sd]")
_LITERAL = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`)"""
ISLAND_PLURAL = re.compile(rf"(?<![\w.$])plural\([^'\"`]*?,\s*{_LITERAL},\s*{_LITERAL}")
ISLAND_CALL = re.compile(r"""(?<![\w.$])t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`)""")


@dataclass(frozen=True)
class Phrase:
    """A source string: its context (or None), the string, and its plural (or "")."""

    context: str | None
    singular: str
    plural: str = ""


@dataclass
class Area:
    """A folder with a catalogue, and the phrases found in its files."""

    folder: Path
    phrases: dict[Phrase, list[str]] = field(default_factory=dict)

    @property
    def po(self) -> Path:
        return self.folder / PO

    def add(self, phrase: Phrase, place: str) -> None:
        for known in list(self.phrases):
            if (known.context, known.singular) == (phrase.context, phrase.singular):
                places = self.phrases.pop(known)
                better = known if known.plural else phrase
                self.phrases[better] = sorted({*places, place})
                return
        self.phrases[phrase] = [place]


def area_of(file: Path) -> Path:
    parts = file.relative_to(PACKAGE).parts
    if parts[0] == "web" and len(parts) > 2 and parts[1] not in NOT_AREAS:
        inner = PACKAGE / "web" / parts[1]
        if (inner / "__init__.py").exists():
            return inner
    return PACKAGE / parts[0] if len(parts) > 1 else PACKAGE


def sources() -> Iterator[Path]:
    for root, folders, names in os.walk(PACKAGE):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        in_template = "templates" in Path(root).parts
        for name in sorted(names):
            if name.endswith(".py") or (in_template and name.endswith((".html", ".txt", ".svg"))):
                yield Path(root) / name


def phrases_of_python(text: bytes) -> Iterator[Phrase]:
    for _line, found, _comments, context in extract("python", BytesIO(text), keywords=KEYWORDS):
        singular, plural = found[:2] if isinstance(found, tuple) else (found, "")
        if singular:
            yield Phrase(context, singular, plural or "")


def phrases_of_template(text: str, name: str) -> Iterator[Phrase]:
    from django.utils.translation.template import templatize

    for call, literals in TEMPLATE_CALL.findall(templatize(text, origin=name)):
        words = [ast.literal_eval(literal) for literal in re.findall(LITERAL, literals, re.DOTALL)]
        context = words.pop(0) if call.startswith(("pg", "npg")) else None
        if words and words[0]:
            yield Phrase(context, words[0], words[1] if call.startswith("n") else "")


def collect_areas() -> dict[Path, Area]:
    areas: dict[Path, Area] = {}
    for file in sources():
        place = file.relative_to(CHECKOUT).as_posix()
        content = file.read_bytes()
        found: Iterable[Phrase]
        if file.suffix == ".py":
            found = phrases_of_python(content)
        else:
            found = phrases_of_template(content.decode(), place)
        folder = area_of(file)
        for phrase in found:
            areas.setdefault(folder, Area(folder)).add(phrase, place)
    for po in PACKAGE.glob(f"**/{PO}"):
        folder = po.parents[3]
        areas.setdefault(folder, Area(folder))
    return areas


def read_catalogue(area: Area) -> Catalog:
    if not area.po.exists():
        return Catalog(locale="he", fuzzy=False)
    with area.po.open("rb") as source:
        return read_po(source, locale="he")


def phrase_of(message: Message) -> Phrase:
    if isinstance(message.id, (tuple, list)):
        return Phrase(message.context, message.id[0], message.id[1])
    return Phrase(message.context, str(message.id))


def strings_of(message: Message) -> list[str]:
    found = message.string
    return list(found) if isinstance(found, (tuple, list)) else [found or ""]


def update_area(area: Area) -> None:
    """Write the area's catalogue: what is in the sources, with the translations that it had."""
    old = {phrase_of(m): m for m in read_catalogue(area) if m.id}
    fresh = Catalog(locale="he", fuzzy=False)
    fresh._num_plurals, fresh._plural_expr = 3, PLURAL.split("plural=")[1].rstrip(";")
    missing = 0
    for phrase, places in sorted(
        area.phrases.items(), key=lambda item: (item[1][0], item[0].singular, item[0].context or "")
    ):
        known = old.get(phrase)
        strings = strings_of(known) if known is not None else []
        missing += not strings or not all(strings)
        identifier = (phrase.singular, phrase.plural) if phrase.plural else phrase.singular
        value = [*strings, "", "", ""][:3] if phrase.plural else (strings or [""])[0]
        fresh.add(
            identifier,
            tuple(value) if phrase.plural else value,
            locations=[(place, None) for place in places],  # type: ignore[list-item]
            flags={"fuzzy"} if known is not None and known.fuzzy else (),
            user_comments=known.user_comments if known is not None else (),
            context=phrase.context,
        )
    area.po.parent.mkdir(parents=True, exist_ok=True)
    out = BytesIO()
    write_po(out, fresh, omit_header=True, include_lineno=False, width=110)
    area.po.write_bytes(HEADER.encode() + out.getvalue().strip() + b"\n")
    name = area.po.relative_to(CHECKOUT)
    print(f"{name}: {len(area.phrases)} strings, {missing} without a translation")


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def wrong_placeholders(phrase: Phrase, strings: list[str]) -> bool:
    """Singular and dual may leave a number out ("איש קשר אחד"); nothing may name what is not given."""
    given = placeholders(phrase.singular) | placeholders(phrase.plural)
    if any(placeholders(text) - given for text in strings):
        return True
    return placeholders(strings[-1]) != (placeholders(phrase.plural or phrase.singular))


def check_area(area: Area) -> Iterator[str]:
    name = area.po.relative_to(CHECKOUT)
    catalogue = read_catalogue(area)
    known = {phrase_of(m): m for m in catalogue if m.id}
    for phrase, places in area.phrases.items():
        message = known.get(phrase)
        where = f"{name}: {phrase.singular!r} ({places[0]})"
        if message is None:
            yield f"{where} is not in the catalogue"
        elif not all(strings_of(message)) or (phrase.plural and len(strings_of(message)) != 3):
            yield f"{where} has no translation"
        elif message.fuzzy:
            yield f"{where} is fuzzy"
        elif wrong_placeholders(phrase, strings_of(message)):
            yield f"{where} has other placeholders in its translation"
    for phrase in known.keys() - area.phrases.keys():
        yield f"{name}: {phrase.singular!r} is stale: no source has it"


def check_agreement(areas: Iterable[Area]) -> Iterator[str]:
    """Django merges all catalogues into one, so a string has one translation in the whole product."""
    seen: dict[tuple[str | None, str], tuple[list[str], Path]] = {}
    for area in areas:
        for message in read_catalogue(area):
            if not message.id or not all(strings_of(message)):
                continue
            phrase = phrase_of(message)
            key = (phrase.context, phrase.singular + "\0" * bool(phrase.plural))
            first, where = seen.setdefault(key, (strings_of(message), area.po))
            if first != strings_of(message):
                yield (
                    f"{area.po.relative_to(CHECKOUT)}: {phrase.singular!r} is {strings_of(message)[0]!r}, but "
                    f"{first[0]!r} in {where.relative_to(CHECKOUT)}; agree, or give one a context (pgettext)"
                )


# The islands of the front end: dictionaries {"English {name}": "עברית {name}"} beside the sources.


@dataclass
class Dictionary:
    path: Path
    calls: dict[str, str] = field(default_factory=dict)

    def words(self) -> dict[str, str]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}


def island_strings(text: str) -> Iterator[str]:
    plurals = [literal for pair in ISLAND_PLURAL.findall(text) for literal in pair]
    for literal in [*ISLAND_CALL.findall(text), *plurals]:
        if literal[0] == "`":
            yield literal[1:-1]
        else:
            yield ast.literal_eval(literal)


def collect_dictionaries() -> tuple[list[Dictionary], list[str]]:
    """The dictionaries with the t('…') calls that they must know, and complaints about calls that none covers."""
    found = {path.parent: Dictionary(path) for path in sorted(FRONTEND.glob("**/he.json"))}
    problems = []
    for file in sorted(FRONTEND.glob("**/*.*")):
        if file.suffix not in {".ts", ".tsx", ".js", ".svelte", ".vue"} or ".test." in file.name:
            continue
        if "node_modules" in file.parts or file.name == "i18n.ts":
            continue
        place = file.relative_to(CHECKOUT).as_posix()
        covering = [found[folder] for folder in file.parents if folder in found]
        for phrase in island_strings(file.read_text()):
            owner = next((d for d in covering if phrase in d.words()), None)
            if owner is None and not covering:
                problems.append(f"{place}: t({phrase!r}) has no he.json in its folder or above")
            else:
                (owner or covering[0]).calls[phrase] = place
    return list(found.values()), problems


def check_dictionary(dictionary: Dictionary) -> Iterator[str]:
    name = dictionary.path.relative_to(CHECKOUT)
    words = dictionary.words()
    for phrase, place in dictionary.calls.items():
        if not words.get(phrase):
            yield f"{name}: {phrase!r} ({place}) has no translation"
        elif placeholders(phrase) != placeholders(words[phrase]):
            yield f"{name}: {phrase!r} has other placeholders in its translation"
    for phrase in words.keys() - dictionary.calls.keys():
        yield f"{name}: {phrase!r} is stale: no source has it"


def update_dictionary(dictionary: Dictionary) -> None:
    words = dictionary.words()
    fresh = {phrase: words.get(phrase, "") for phrase in sorted(dictionary.calls)}
    dictionary.path.write_text(json.dumps(fresh, ensure_ascii=False, indent=2) + "\n")
    missing = sum(not text for text in fresh.values())
    print(
        f"{dictionary.path.relative_to(CHECKOUT)}: {len(fresh)} strings, {missing} without a translation"
    )


def chosen(folder: Path, wanted: list[Path]) -> bool:
    return not wanted or any(folder == one or one in folder.parents for one in wanted)


def update(wanted: list[Path]) -> int:
    for area in collect_areas().values():
        exact = not wanted or area.folder in wanted
        if exact and (area.phrases or area.po.exists()):
            update_area(area)
    dictionaries, problems = collect_dictionaries()
    for dictionary in dictionaries:
        if chosen(dictionary.path.parent, wanted):
            update_dictionary(dictionary)
    compile_stale(PACKAGE)
    print(*problems, sep="\n", end="\n" if problems else "")
    return 0


def check(wanted: list[Path]) -> int:
    areas = list(collect_areas().values())
    problems: list[str] = []
    for area in areas:
        if chosen(area.folder, wanted):
            problems += check_area(area)
    dictionaries, uncovered = collect_dictionaries()
    for dictionary in dictionaries:
        if chosen(dictionary.path.parent, wanted):
            problems += check_dictionary(dictionary)
    if not wanted:
        problems += [*check_agreement(areas), *uncovered]
    print(*problems, sep="\n", end="\n" if problems else "")
    print(
        f"messages: {len(problems)} problems"
        if problems
        else "messages: every string is translated"
    )
    return 1 if problems else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update", *folders]:
            return update([Path(folder).resolve() for folder in folders])
        case ["check", *folders]:
            return check([Path(folder).resolve() for folder in folders])
        case ["compile"]:
            print(f"messages: {compile_stale(PACKAGE)} catalogues compiled")
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
