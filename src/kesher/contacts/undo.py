"""How acts on contacts are taken back: each kind restores exactly the rows that the act changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.contacts import bulk, lists
from kesher.contacts.mass.deeds import change_back
from kesher.contacts.models import Contact, ContactList, Field, Note
from kesher.lib import clock

Data = dict[str, Any]


def _restore(access: Access, data: Data) -> str:
    back = bulk.restore_contacts(access, ids=data["ids"], now=clock.now())
    lost = len(data["ids"]) - len(back)
    done = ngettext("%(n)s contact is back.", "%(n)s contacts are back.", len(back)) % {
        "n": len(back)
    }
    if not lost:
        return done
    return f"{done} " + ngettext(
        "%(n)s stays deleted: somebody else has the address now.",
        "%(n)s stay deleted: somebody else has the addresses now.",
        lost,
    ) % {"n": lost}


def _leave_again(access: Access, data: Data) -> str:
    count = lists.leave_list(
        access.workspace.pk,
        list_id=data["list_id"],
        contact_ids=data["ids"],
        now=clock.now(),
        source="undo",
    )
    return ngettext(
        "%(n)s contact is out of the list again.",
        "%(n)s contacts are out of the list again.",
        count,
    ) % {"n": count}


def _join_again(access: Access, data: Data) -> str:
    count = lists.join_list(
        access.workspace.pk,
        list_id=data["list_id"],
        contact_ids=data["ids"],
        now=clock.now(),
        source="undo",
    )
    return ngettext(
        "%(n)s contact is in the list again.", "%(n)s contacts are in the list again.", count
    ) % {"n": count}


def _old_values(access: Access, data: Data) -> str:
    """Those whose value was changed once more since then keep the newer one."""
    with transaction.atomic():
        count = change_back(access.workspace, made=data["made"], now=clock.now())
    return ngettext(
        "%(n)s contact has its earlier value again.",
        "%(n)s contacts have their earlier values again.",
        count,
    ) % {"n": count}


def _note(access: Access, data: Data) -> str:
    contact = access.get(Contact, data["contact_id"])
    note = Note.objects.create(
        workspace=access.workspace, contact=contact, user_id=data["user_id"], text=data["text"]
    )
    Note.objects.filter(pk=note.pk).update(created_at=datetime.fromisoformat(data["created_at"]))
    return _("The note is back.")


def _list(access: Access, data: Data) -> str:
    lists.unarchive_list(access, access.get(ContactList, data["list_id"]))
    return _("The list is back.")


def _field(access: Access, data: Data) -> str:
    Field.objects.filter(workspace=access.workspace, pk=data["field_id"]).update(archived_at=None)
    return _("The field is back.")


UNDO.register(UndoKind("contacts.deleted", _restore))
UNDO.register(UndoKind("contacts.joined", _leave_again))
UNDO.register(UndoKind("contacts.left", _join_again))
UNDO.register(UndoKind("contacts.changed", _old_values))
UNDO.register(UndoKind("note.deleted", _note))
UNDO.register(UndoKind("list.archived", _list))
UNDO.register(UndoKind("field.archived", _field))
