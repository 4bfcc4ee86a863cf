"""All that changes one contact: create, update, upsert, notes. What is done to many at once is in `bulk`.

Lists, consent and suppression have modules of their own. Counters (`contacts`, `list.<id>`) move in the
transaction that makes them true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import offer_undo
from kesher.contacts.bulk import delete_contacts, restore_contacts
from kesher.contacts.changes.base import Change
from kesher.contacts.changes.writing import change_in_silence
from kesher.contacts.errors import Refused
from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact, ContactList, Note
from kesher.contacts.values import COLUMNS, Values, check_values, current_value
from kesher.events import counters
from kesher.events.log import NewEvent, record

__all__ = [
    "add_note",
    "create_contact",
    "delete_contacts",
    "restore_contacts",
    "update_contact",
    "upsert_contact",
]

IDENTIFIERS = ("external_id", "email", "mobile")
_ATTEMPTS = 3


def create_contact(
    access: Access,
    *,
    values: Mapping[str, Any],
    now: datetime,
    source: str = "staff",
    lists: Iterable[ContactList | int] = (),
) -> Contact:
    """A new contact from values by field key. Raises Refused: a bad value, nothing given, an address taken."""
    checked = check_values(access.workspace, values)
    if not any(checked.columns.values()) and not any(
        v is not None for v in checked.custom.values()
    ):
        raise Refused("", _("Give at least a name, an e-mail or a mobile number."), code="empty")
    with transaction.atomic():
        contact = _insert(access, checked, now, source)
        for row in lists:
            number = row.pk if isinstance(row, ContactList) else row
            join_list(
                access.workspace.pk,
                list_id=number,
                contact_ids=[contact.pk],
                now=now,
                source=source,
            )
    return contact


def _insert(access: Access, checked: Values, now: datetime, source: str) -> Contact:
    contact = Contact(
        workspace=access.workspace,
        fields={key: value for key, value in checked.custom.items() if value is not None},
        source=source,
        created_at=now,
        updated_at=now,
        **checked.columns,
    )
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError as error:
        raise _duplicate(access, checked) or error from error
    counters.add(access.workspace.pk, {"contacts": 1})
    record(
        access.workspace.pk,
        NewEvent("contact.created", contact.pk, now, {"source": source}, source=source),
    )
    return contact


def _duplicate(access: Access, checked: Values, but: int | None = None) -> Refused | None:
    """The refusal that names the card which has one of these addresses already."""
    words = {
        "email": _("Another contact has this e-mail address."),
        "mobile": _("Another contact has this mobile number."),
        "external_id": _("Another contact has this outside id."),
    }
    for key in ("email", "mobile", "external_id"):
        if (
            found := _living(access)
            .filter(**{key: checked.columns.get(key) or None})
            .exclude(pk=but)
        ):
            return Refused(key, words[key], code="duplicate", contact_id=found[0].pk)
    return None


def _living(access: Access) -> Any:
    return Contact.objects.filter(workspace=access.workspace, deleted_at=None)


def update_contact(
    access: Access,
    contact: Contact,
    *,
    values: Mapping[str, Any],
    now: datetime,
    source: str = "staff",
    is_submission: bool = False,
    changes: Sequence[Change] = (),
) -> Contact:
    """Write some fields; what is not named stays, None or "" clears. Never touches consent. Raises Refused.

    `changes` are made after the values, in their order. Only what really changes is written, and makes one event that
    carries all of it. `is_submission`: somebody gave these values, so that the event names them ("submitted") and is
    recorded even when they are what they were.
    """
    checked = check_values(access.workspace, values)
    return _update(access, contact.pk, checked, now, source, is_submission, changes)


def _update(
    access: Access,
    contact_id: int,
    checked: Values,
    now: datetime,
    source: str,
    is_submission: bool = False,
    changes: Sequence[Change] = (),
) -> Contact:
    with transaction.atomic():
        contact: Contact | None = _living(access).select_for_update().filter(pk=contact_id).first()
        if contact is None:
            raise Refused("", _("This contact has been deleted."), code="deleted")
        changed = _apply(contact, checked)
        submitted = _submitted(checked, changes) if is_submission else []
        if changed or submitted:
            _save(access, contact, checked, changed, now)
        if changes:
            further = change_in_silence(
                access.workspace.pk, contact_id=contact_id, changes=changes, now=now
            )
            changed = _both(changed, further)
            contact.refresh_from_db()
        if changed or submitted:
            data = {"changed": changed, **({"submitted": submitted} if submitted else {})}
            event = NewEvent("contact.updated", contact.pk, now, data, source=source)
            record(access.workspace.pk, event)
    return contact


def _save(
    access: Access, contact: Contact, checked: Values, changed: Mapping[str, Any], now: datetime
) -> None:
    contact.updated_at = now
    try:
        with transaction.atomic():
            contact.save(update_fields=[*_touched(changed), "updated_at"])
    except IntegrityError as error:
        raise _duplicate(access, checked, but=contact.pk) or error from error


def _submitted(checked: Values, changes: Sequence[Change]) -> list[str]:
    keys = (*checked.columns, *checked.custom, *(change.key for change in changes))
    return list(dict.fromkeys(keys))


def _both(first: Mapping[str, list[Any]], then: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What one change and another after it come to; what is again as it was is no change."""
    found = dict(first)
    for key, (before, after) in then.items():
        found[key] = [found[key][0] if key in found else before, after]
    return {key: pair for key, pair in found.items() if pair[0] != pair[1]}


def _apply(contact: Contact, checked: Values) -> dict[str, list[Any]]:
    """Put the values on the object; answers {key: [before, after]} of those that differ."""
    before = {key: current_value(contact, key) for key in (*checked.columns, *checked.custom)}
    for key, value in checked.columns.items():
        setattr(contact, key, value)
    for key, value in checked.custom.items():
        contact.fields.pop(key, None)
        if value is not None:
            contact.fields[key] = value
    after = {key: current_value(contact, key) for key in before}
    changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if "email" in changed:  # the bounce was the other address's
        contact.email_bounced_at = None
    return changed


def _touched(changed: Mapping[str, Any]) -> set[str]:
    touched = {key if key in COLUMNS else "fields" for key in changed}
    return touched | {"email_bounced_at"} if "email" in changed else touched


def upsert_contact(
    access: Access,
    *,
    values: Mapping[str, Any],
    now: datetime,
    source: str,
    is_submission: bool = False,
) -> tuple[Contact, bool]:
    """Create or update by external id, e-mail or mobile, in this order; answers the contact and whether it is new.

    `is_submission` as for `update_contact`. Never touches consent. Raises Refused, also when the identifiers belong to two different contacts.
    """
    checked = check_values(access.workspace, values)
    if not any(checked.columns.get(key) for key in IDENTIFIERS):
        raise Refused(
            "", _("An e-mail, a mobile number or an outside id is needed."), code="no_identifier"
        )
    for attempt in range(_ATTEMPTS):
        found = find_contact(access, checked.columns)
        try:
            if found is not None:
                return _update(access, found.pk, checked, now, source, is_submission), False
            with transaction.atomic():
                return _insert(access, checked, now, source), True
        except Refused as refused:
            # Between looking and writing, another made or deleted it: look again.
            raced = refused.code == "deleted" or (refused.code == "duplicate" and found is None)
            if not raced or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("the loop above returns or raises")


def find_contact(access: Access, columns: Mapping[str, Any]) -> Contact | None:
    """The living contact with the first of these identifiers that anybody has, or None."""
    for key in IDENTIFIERS:
        if value := columns.get(key):
            found: Contact | None = _living(access).filter(**{key: value}).first()
            if found:
                return found
    return None


def add_note(access: Access, contact: Contact, *, text: str, now: datetime) -> Note:
    """Raises Refused when nothing is written."""
    with transaction.atomic():
        note = Note.objects.create(
            workspace=access.workspace, contact=contact, user=access.user, text=_note_text(text)
        )
        author = access.user.name or access.user.email if access.user else ""
        data = {"note_id": note.pk, "by": author}
        record(access.workspace.pk, NewEvent("note.added", contact.pk, now, data, source="staff"))
    return note


def edit_note(access: Access, note: Note, *, text: str) -> Note:
    note.text = _note_text(text)
    note.save(update_fields=["text"])
    access.audit("note.changed", note)
    return note


def delete_note(access: Access, note: Note) -> int:
    """Answers the id of the undo offered."""
    with transaction.atomic():
        data = {
            "contact_id": note.contact_id,
            "user_id": note.user_id,
            "text": note.text,
            "created_at": note.created_at.isoformat(),
        }
        access.audit("note.deleted", note)
        note.delete()
        return offer_undo(access, kind="note.deleted", data=data).pk


def _note_text(text: str) -> str:
    tidy = text.strip()
    if not tidy:
        raise Refused("text", _("Write something first."), code="required")
    if len(tidy) > 20_000 or "\x00" in tidy:
        raise Refused("text", _("This note is too long."), code="too_long")
    return tidy
