"""Lists: making and naming them, joining and leaving in sets. The counter `list.<id>` counts the living members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.accounts.undo import offer_undo
from kesher.contacts.errors import Refused
from kesher.contacts.models import ContactList
from kesher.events import counters, log
from kesher.lib import sql
from kesher.lib.slugs import make_key


def counter_name(list_id: int) -> str:
    return f"list.{list_id}"


def all_contacts_list(workspace: Workspace) -> ContactList:
    """The built-in list in which everybody is; made when it is missing."""
    return ContactList.objects.get_or_create(
        workspace=workspace,
        is_all=True,
        defaults={
            "key": "all",
            "name": "כל אנשי הקשר" if workspace.language == "he" else "All contacts",
        },
    )[0]


def live_lists(workspace: Workspace) -> list[ContactList]:
    """The lists in use, "all contacts" first, then by name."""
    rows = ContactList.objects.filter(workspace=workspace, archived_at=None)
    return list(rows.order_by("-is_all", "name", "id"))


def counts(workspace_id: int, lists: Sequence[ContactList]) -> dict[int, int]:
    """Living members by list id; of "all contacts" everybody."""
    names = {row.pk: "contacts" if row.is_all else counter_name(row.pk) for row in lists}
    values = counters.read(workspace_id, names.values())
    return {pk: values[name] for pk, name in names.items()}


def create_list(
    access: Access, *, name: str, description: str = "", is_public: bool = False
) -> ContactList:
    """Raises Refused when the name is empty or taken by another list in use."""
    with transaction.atomic():
        tidy = _free_name(access.workspace, name)
        taken = set(
            ContactList.objects.filter(workspace=access.workspace).values_list("key", flat=True)
        )
        made = ContactList.objects.create(
            workspace=access.workspace,
            key=make_key(tidy, taken),
            name=tidy,
            description=description.strip()[:300],
            is_public=is_public,
        )
        access.audit("list.created", made, made.name)
    return made


def rename_list(
    access: Access,
    row: ContactList,
    *,
    name: str,
    description: str | None = None,
    is_public: bool | None = None,
) -> ContactList:
    """Change what people read of a list; its key stays. Raises Refused."""
    with transaction.atomic():
        row.name = _free_name(access.workspace, name, but=row.pk)
        row.description = row.description if description is None else description.strip()[:300]
        row.is_public = row.is_public if is_public is None else is_public
        row.save(update_fields=["name", "description", "is_public"])
        access.audit("list.changed", row, row.name)
    return row


def archive_list(access: Access, row: ContactList, *, now: datetime) -> int:
    """Take a list out of use; its members stay in it. Answers the id of the undo offered."""
    if row.is_all:
        raise Refused("", _("The list of all contacts cannot be archived."))
    with transaction.atomic():
        ContactList.objects.filter(pk=row.pk).update(archived_at=now)
        access.audit("list.archived", row, row.name)
        return offer_undo(access, kind="list.archived", data={"list_id": row.pk}).pk


def unarchive_list(access: Access, row: ContactList) -> None:
    """Into use again; under a name with a number when the name was taken meanwhile."""
    with transaction.atomic():
        row.name = _unlike_others(access.workspace, row)
        row.archived_at = None
        row.save(update_fields=["name", "archived_at"])
        access.audit("list.restored", row, row.name)


def _unlike_others(workspace: Workspace, row: ContactList) -> str:
    others = ContactList.objects.filter(workspace=workspace, archived_at=None).exclude(pk=row.pk)
    taken = {name.casefold() for name in others.values_list("name", flat=True)}
    name, number = row.name, 2
    while name.casefold() in taken:
        name, number = f"{row.name[:110]} ({number})", number + 1
    return name


def _free_name(workspace: Workspace, name: str, but: int | None = None) -> str:
    """The name without odd spaces; the lock keeps two people from making the same list at once."""
    tidy = " ".join(name.split())[:120]
    if not tidy:
        raise Refused("name", _("Give the list a name."), code="required")
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    same = ContactList.objects.filter(workspace=workspace, archived_at=None, name__iexact=tidy)
    if any(number != but for number in same.values_list("pk", flat=True)):
        raise Refused("name", _("There is already a list of this name."), code="duplicate")
    return tidy


# The share lock on the contact makes joining and deleting take turns, so that the counter stays true.
_JOIN = """
WITH living AS (
    SELECT id FROM contact WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s)
        AND deleted_at IS NULL ORDER BY id FOR SHARE
)
INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
SELECT %(workspace)s, %(list)s, id, %(now)s, %(source)s FROM living
ON CONFLICT DO NOTHING RETURNING contact_id
"""
_LEAVE = """
WITH people AS (
    SELECT id, deleted_at IS NULL AS is_living FROM contact
    WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s) ORDER BY id FOR SHARE
)
DELETE FROM list_membership m USING people
WHERE m.workspace_id = %(workspace)s AND m.list_id = %(list)s AND m.contact_id = people.id
RETURNING m.contact_id, people.is_living
"""


def join_list(
    workspace_id: int,
    *,
    list_id: int,
    contact_ids: Sequence[int],
    now: datetime,
    source: str = "staff",
) -> int:
    """Put contacts into a list; answers how many were not in it before."""
    return len(join(workspace_id, list_id=list_id, contact_ids=contact_ids, now=now, source=source))


def join(
    workspace_id: int,
    *,
    list_id: int,
    contact_ids: Sequence[int],
    now: datetime,
    source: str,
    depth: int = 0,
    about: Mapping[str, Any] | None = None,
) -> list[int]:
    """Like `join_list`; answers the ids of those who were not in it before. `about` goes into the events' data."""
    row = ContactList.objects.get(pk=list_id, workspace_id=workspace_id)
    if row.is_all or not contact_ids:
        return []
    with transaction.atomic():
        parameters = _parameters(workspace_id, list_id, contact_ids) | {
            "now": now,
            "source": source,
        }
        new = [found[0] for found in sql.rows(_JOIN, parameters)]
        counters.add(workspace_id, {counter_name(list_id): len(new)})
        log.record_for(
            workspace_id, kind="list.joined", contact_ids=new, at=now, source=source,
            data={"list_id": list_id, "list": row.name, **(about or {})}, depth=depth,
        )  # fmt: skip
    return new


def leave_list(
    workspace_id: int,
    *,
    list_id: int,
    contact_ids: Sequence[int],
    now: datetime,
    source: str = "staff",
) -> int:
    """Take contacts out of a list; answers how many were in it."""
    return len(
        leave(workspace_id, list_id=list_id, contact_ids=contact_ids, now=now, source=source)
    )


def leave(
    workspace_id: int,
    *,
    list_id: int,
    contact_ids: Sequence[int],
    now: datetime,
    source: str,
    depth: int = 0,
    about: Mapping[str, Any] | None = None,
) -> list[int]:
    """Like `leave_list`; answers the ids of those who were in it."""
    row = ContactList.objects.get(pk=list_id, workspace_id=workspace_id)
    if row.is_all or not contact_ids:
        return []
    with transaction.atomic():
        found = sql.rows(_LEAVE, _parameters(workspace_id, list_id, contact_ids))
        gone = [contact_id for contact_id, is_living in found if is_living]
        counters.add(workspace_id, {counter_name(list_id): -len(gone)})
        log.record_for(
            workspace_id, kind="list.left", contact_ids=gone, at=now, source=source,
            data={"list_id": list_id, "list": row.name, **(about or {})}, depth=depth,
        )  # fmt: skip
    return gone


def _parameters(workspace_id: int, list_id: int, contact_ids: Sequence[int]) -> dict[str, object]:
    return {"workspace": workspace_id, "list": list_id, "contacts": list(contact_ids)}
