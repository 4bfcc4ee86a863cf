"""What a smart link does, and a journey may do, to a contact: join lists, leave lists, change fields.

    {"add_to_lists": ["vip"], "remove_from_lists": [12], "changes": [{"field": "clicks", "do": "add", "value": 1}]}

Lists are named by key or id. Leaving a list never changes consent, and nothing here can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.contacts.changes import (
    BadChanges,
    Change,
    Known,
    apply_changes,
    changes_in_words,
    known_of,
    sift_changes,
)
from kesher.contacts.lists import join, leave
from kesher.contacts.models import ContactList, Field
from kesher.contacts.wordbook import kept
from kesher.rules.problems import Problem, closest

KEYS = ("add_to_lists", "remove_from_lists", "changes")
MOST_LISTS = 20


@dataclass(frozen=True)
class ListRef:
    id: int
    key: str
    name: str


@dataclass(frozen=True)
class Acts:
    """In this order: lists joined, lists left, fields changed."""

    add_to_lists: tuple[ListRef, ...] = ()
    remove_from_lists: tuple[ListRef, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add_to_lists or self.remove_from_lists or self.changes)

    def stored(self) -> dict[str, Any]:
        """The acts as JSON, lists by key; what is empty is left out."""
        found = {
            "add_to_lists": [one.key for one in self.add_to_lists],
            "remove_from_lists": [one.key for one in self.remove_from_lists],
            "changes": [change.stored() for change in self.changes],
        }
        return {key: value for key, value in found.items() if value}


@dataclass(frozen=True)
class ActWords:
    """What acts may name in a workspace; read once for any number of them."""

    known: Known
    lists: tuple[ListRef, ...]


@dataclass
class Done:
    """What acts came to: who joined and left which list, by its id, and whose fields differ now."""

    joined: dict[int, list[int]] = field(default_factory=dict)
    left: dict[int, list[int]] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    @property
    def contacts(self) -> set[int]:
        """Everybody to whom something happened."""
        moved = (ids for group in (self.joined, self.left) for ids in group.values())
        return self.changed.union(*moved)


def act_words(workspace: Workspace) -> ActWords:
    """The fields and lists in use. "All contacts" is none that can be joined or left."""
    tables = (Field._meta.db_table, ContactList._meta.db_table)
    return kept(workspace, "acts", tables, lambda: _act_words(workspace))


def _act_words(workspace: Workspace) -> ActWords:
    rows = ContactList.objects.filter(workspace=workspace, archived_at=None, is_all=False)
    lists = (ListRef(row.pk, row.key, row.name) for row in rows.order_by("name", "id"))
    return ActWords(known_of(workspace), tuple(lists))


def read_acts(workspace: Workspace, json: Any, *, path: str = "") -> Acts:
    """Stored or sent acts. Raises BadChanges with everything that is wrong."""
    acts, problems = sift_acts(act_words(workspace), json, path=path)
    if problems:
        raise BadChanges(problems)
    return acts


def sift_acts(words: ActWords, json: Any, *, path: str = "") -> tuple[Acts, tuple[Problem, ...]]:
    """The acts that can be done, and what is wrong with the others. Never raises."""
    if not isinstance(json, Mapping):
        text = _("an object with add_to_lists, remove_from_lists or changes is expected here")
        return Acts(), (Problem("not_an_object", path, text),)
    problems = [_unknown_key(str(key), path) for key in json if key not in KEYS]
    joined = _lists(words, json.get("add_to_lists", ()), _under(path, "add_to_lists"), problems)
    place = _under(path, "remove_from_lists")
    left = _lists(words, json.get("remove_from_lists", ()), place, problems)
    for one in joined:
        if one in left:
            text = _("“%(list)s” is both joined and left")
            problems.append(Problem("both_ways", place, text, {"list": one.name}))
    place = _under(path, "changes")
    changes, wrong = sift_changes(words.known, json.get("changes", ()), path=place)
    acts = Acts(joined, tuple(one for one in left if one not in joined), changes)
    return acts, (*problems, *wrong)


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _unknown_key(key: str, path: str) -> Problem:
    meant = closest(key, ((one, ()) for one in KEYS))
    text = _("“%(key)s” has no meaning here")
    return Problem("unknown_key", _under(path, key), text, {"key": key}, meant)


def _lists(words: ActWords, json: Any, path: str, problems: list[Problem]) -> tuple[ListRef, ...]:
    if not isinstance(json, list | tuple):
        problems.append(Problem("not_a_list", path, _("a list of list keys is expected here")))
        return ()
    if len(json) > MOST_LISTS:
        text = _("more than %(most)s lists")
        problems.append(Problem("too_many", path, text, {"most": MOST_LISTS}))
        return ()
    by_name = {name: one for one in words.lists for name in (one.key, one.id)}
    found: list[ListRef] = []
    for number, name in enumerate(json):
        known = by_name.get(name) if type(name) in (str, int) else None
        if known is None:
            problems.append(_unknown_list(name, words, f"{path}[{number}]"))
        elif known not in found:
            found.append(known)
    return tuple(found)


def _unknown_list(name: Any, words: ActWords, path: str) -> Problem:
    meant = closest(name, ((one.key, (one.name,)) for one in words.lists))
    text = _("there is no list “%(list)s”")
    return Problem("unknown_list", path, text, {"list": str(name)}, meant)


def apply_acts(
    workspace_id: int,
    *,
    contact_ids: Iterable[int],
    acts: Acts,
    now: datetime,
    source: str,
    depth: int = 0,
    about: Mapping[str, Any] | None = None,
) -> Done:
    """Do the acts to each of the living contacts, in one transaction; a constant number of statements.

    `about` goes into the data of every event that comes of it.
    """
    people = sorted(set(contact_ids))
    done = Done()
    with transaction.atomic():
        for one in acts.add_to_lists:
            done.joined[one.id] = join(
                workspace_id, list_id=one.id, contact_ids=people, now=now, source=source,
                depth=depth, about=about,
            )  # fmt: skip
        for one in acts.remove_from_lists:
            done.left[one.id] = leave(
                workspace_id, list_id=one.id, contact_ids=people, now=now, source=source,
                depth=depth, about=about,
            )  # fmt: skip
        done.changed = apply_changes(
            workspace_id, contact_ids=people, changes=acts.changes, now=now, source=source,
            depth=depth, about=about,
        )  # fmt: skip
    return done


def acts_in_words(acts: Acts) -> str:
    """The acts as one sentence without a full stop; "" when there are none."""
    joined = [
        gettext("Add to the list “%(list)s”") % {"list": one.name} for one in acts.add_to_lists
    ]
    left = [
        gettext("Take out of the list “%(list)s”") % {"list": one.name}
        for one in acts.remove_from_lists
    ]
    changed = [changes_in_words(acts.changes)] if acts.changes else []
    return gettext("; ").join([*joined, *left, *changed])
