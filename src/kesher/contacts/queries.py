"""All that reads people, but for the table's search (`search`): audiences, the card, samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.lists import all_contacts_list
from kesher.contacts.models import Contact, ContactList
from kesher.contacts.search import Filters, Page, Row, matching_ids, search_page
from kesher.contacts.suppression import address_hash_sql
from kesher.lib import sql

__all__ = [
    "Filters",
    "Page",
    "Row",
    "all_contacts_list",
    "audience_where",
    "count_audience",
    "lists_of",
    "matching_ids",
    "sample",
    "search_page",
]

_EVERYBODY = "SELECT id FROM contact_list WHERE is_all AND id = ANY(%s)"
_IN_LISTS = (
    "EXISTS (SELECT 1 FROM list_membership am WHERE am.workspace_id = c.workspace_id"
    " AND am.contact_id = c.id AND am.list_id = ANY(%({name})s))"
)


def audience_where(include: Sequence[int], exclude: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """An SQL condition over `contact c`, and its parameters: in any included list and in no excluded one, alive.

    The list of all contacts means everybody. Without an included list it is nobody. The caller adds
    `c.workspace_id = …`.
    """
    given = [*include, *exclude]
    everybody = {row[0] for row in sql.rows(_EVERYBODY, (given,))} if given else set()
    if not include or everybody.intersection(exclude):
        return "FALSE", {}
    conditions, parameters = ["c.deleted_at IS NULL"], dict[str, Any]()
    if not everybody.intersection(include):
        conditions.append(_IN_LISTS.format(name="audience_include"))
        parameters["audience_include"] = list(include)
    if exclude:
        conditions.append("NOT " + _IN_LISTS.format(name="audience_exclude"))
        parameters["audience_exclude"] = list(exclude)
    return " AND ".join(conditions), parameters


def count_audience(workspace_id: int, include: Sequence[int], exclude: Sequence[int]) -> int:
    """How many people are in an audience of lists."""
    where, parameters = audience_where(include, exclude)
    statement = f"SELECT count(*) FROM contact c WHERE c.workspace_id = %(workspace)s AND {where}"
    return int(sql.value(statement, parameters | {"workspace": workspace_id}))


def sample(workspace: Workspace, limit: int = 5) -> list[Contact]:
    """A few contacts for "view as": the newest who have a name and an e-mail, then any."""
    living = Contact.objects.filter(workspace=workspace, deleted_at=None)
    good = list(living.exclude(first_name="").exclude(email="").order_by("-id")[:limit])
    if len(good) < limit:
        known = [contact.pk for contact in good]
        good += living.exclude(pk__in=known).order_by("-id")[: limit - len(good)]
    return good


@dataclass(frozen=True)
class ListOfContact:
    id: int
    name: str
    joined_at: Any


def lists_of(contact: Contact) -> list[ListOfContact]:
    """The lists in use that a contact is in, by name; not "all contacts"."""
    found = sql.rows(
        "SELECT l.id, l.name, m.joined_at FROM list_membership m JOIN contact_list l ON l.id = m.list_id"
        " WHERE m.workspace_id = %s AND m.contact_id = %s AND l.archived_at IS NULL ORDER BY l.name",
        (contact.workspace_id, contact.pk),
    )
    return [ListOfContact(*row) for row in found]


def lists_to_join(contact: Contact) -> list[ContactList]:
    """The lists in use that a contact is not in."""
    taken = [row.id for row in lists_of(contact)]
    rows = ContactList.objects.filter(
        workspace_id=contact.workspace_id, archived_at=None, is_all=False
    )
    return list(rows.exclude(pk__in=taken).order_by("name"))


def list_names_of(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the lists in use that each of a page's contacts is in."""
    found = sql.rows(
        "SELECT m.contact_id, l.name FROM list_membership m JOIN contact_list l ON l.id = m.list_id"
        " WHERE m.workspace_id = %s AND m.contact_id = ANY(%s) AND l.archived_at IS NULL"
        " ORDER BY m.joined_at DESC, l.name",
        (workspace_id, list(contact_ids)),
    )
    names: dict[int, list[str]] = {}
    for contact_id, name in found:
        names.setdefault(contact_id, []).append(name)
    return names


_SUPPRESSED_AMONG = f"""
SELECT a.id, a.channel, s.reason FROM (
    SELECT id, 'email' AS channel, email AS address FROM contact
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s) AND email <> ''
    UNION ALL
    SELECT id, channel, mobile FROM contact CROSS JOIN (VALUES ('sms'), ('whatsapp')) AS v(channel)
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s) AND mobile <> ''
) a JOIN suppression s ON s.workspace_id = %(workspace)s AND s.channel = a.channel
    AND s.address_hash = {address_hash_sql("a.address")}
"""


def suppressed_among(workspace: Workspace, contact_ids: Sequence[int]) -> dict[int, str]:
    """Which of a page's contacts are blocked on some channel, and why."""
    return {row[0]: row[2] for row in _suppressions(workspace, contact_ids)}


def suppressions_of(workspace: Workspace, contact: Contact) -> dict[str, str]:
    """The channels on which a contact's addresses are blocked, and why."""
    return {row[1]: row[2] for row in _suppressions(workspace, [contact.pk])}


def _suppressions(workspace: Workspace, contact_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    parameters = {
        "workspace": workspace.pk,
        "salt": workspace.address_salt,
        "ids": list(contact_ids),
    }
    return [(row[0], row[1], row[2]) for row in sql.rows(_SUPPRESSED_AMONG, parameters)]
