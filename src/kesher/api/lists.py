"""Lists and their members, and the fields of contacts."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, MAX_ID, ApiRequest, Strict
from kesher.contacts import lists
from kesher.contacts.custom_fields import create_field as make_field
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.models import ContactList
from kesher.contacts.vocabulary import FieldInfo, fields_of, info_of
from kesher.lib import clock

router = Router(tags=["lists"])


def lists_by_key(access: Access, keys: list[str]) -> list[ContactList]:
    """The lists in use with these keys. Raises Problem naming those that are not there."""
    found = list(
        ContactList.objects.filter(
            workspace=access.workspace, key__in=keys, archived_at=None
        ).order_by("pk")
    )
    if unknown := sorted(set(keys) - {row.key for row in found}):
        errors = [
            {"path": "lists", "message": f"There is no list with the key {key!r}."}
            for key in unknown
        ]
        raise Problem(422, "unknown-list", "A list is not there; see GET /lists.", errors=errors)
    return found


class FieldOut(Strict):
    key: str
    label: str
    type: str
    is_default: bool
    options: dict[str, Any]


@router.get("/fields", response={200: list[FieldOut], **ERRORS}, auth=KeyAuth("contacts:read"))
def fields(request: ApiRequest) -> list[dict[str, Any]]:
    """Every field of a contact: default ones first."""
    return [_field(info) for info in fields_of(request.auth.workspace)]


def _field(info: FieldInfo) -> dict[str, Any]:
    return {
        "key": info.key,
        "label": str(info.label),
        "type": info.type,
        "is_default": info.column is not None,
        "options": dict(info.options),
    }


class FieldIn(Strict):
    label: str = Described(min_length=1, max_length=120)
    type: str = Described(description="text, number, date, choice, …")
    options: dict[str, Any] = {}


@router.post("/fields", response={201: FieldOut, **ERRORS}, auth=KeyAuth("contacts:write"))
def create_field(request: ApiRequest, body: FieldIn) -> Status[dict[str, Any]]:
    """A custom field; its key is made from the label and never changes."""
    if body.type not in FIELD_TYPES:
        known = ", ".join(member.key for member in FIELD_TYPES)
        raise Problem(422, "unknown-type", f"There is no field type {body.type!r}; known: {known}.")
    row = make_field(request.auth, label=body.label, type=body.type, options=body.options)
    return Status(201, _field(info_of(row)))


class ListOut(Strict):
    id: int
    key: str
    name: str
    description: str
    is_all: bool
    is_public: bool
    contacts: int


class ListIn(Strict):
    name: str = Described(min_length=1, max_length=120)
    description: str = Described(default="", max_length=300)
    is_public: bool = False


class MembersIn(Strict):
    contacts: list[int] = Described(min_length=1, max_length=1000, description="contact ids")


class MembersChangedOut(Strict):
    changed: int = Described(description="how many were not so before")


def _list(access: Access, row: ContactList, people: int | None = None) -> dict[str, Any]:
    number = lists.counts(access.workspace.pk, [row])[row.pk] if people is None else people
    return {
        "id": row.pk,
        "key": row.key,
        "name": row.name,
        "description": row.description,
        "is_all": row.is_all,
        "is_public": row.is_public,
        "contacts": number,
    }


@router.get("/lists", response={200: list[ListOut], **ERRORS}, auth=KeyAuth("lists:read"))
def all_lists(request: ApiRequest) -> list[dict[str, Any]]:
    rows = lists.live_lists(request.auth.workspace)
    numbers = lists.counts(request.auth.workspace.pk, rows)
    return [_list(request.auth, row, numbers[row.pk]) for row in rows]


@router.post("/lists", response={201: ListOut, **ERRORS}, auth=KeyAuth("lists:write"))
def create_list(request: ApiRequest, body: ListIn) -> Status[dict[str, Any]]:
    row = lists.create_list(
        request.auth, name=body.name, description=body.description, is_public=body.is_public
    )
    return Status(201, _list(request.auth, row))


@router.post(
    "/lists/{list_id}/members",
    response={200: MembersChangedOut, **ERRORS},
    auth=KeyAuth("lists:write"),
)
def join(request: ApiRequest, list_id: int, body: MembersIn) -> dict[str, int]:
    """Put contacts into a list. Ids of no contact are passed over."""
    row = request.auth.get(ContactList, list_id, archived_at=None)
    ids = [number for number in body.contacts if 0 < number <= MAX_ID]
    changed = lists.join_list(
        request.auth.workspace.pk, list_id=row.pk, contact_ids=ids, now=clock.now(), source="api"
    )
    return {"changed": changed}


@router.delete(
    "/lists/{list_id}/members/{contact_id}",
    response={200: MembersChangedOut, **ERRORS},
    auth=KeyAuth("lists:write"),
)
def leave(request: ApiRequest, list_id: int, contact_id: int) -> dict[str, int]:
    """Take a contact out of a list. Its consent stays as it is."""
    row = request.auth.get(ContactList, list_id, archived_at=None)
    changed = lists.leave_list(
        request.auth.workspace.pk,
        list_id=row.pk,
        contact_ids=[contact_id] if 0 < contact_id <= MAX_ID else [],
        now=clock.now(),
        source="api",
    )
    return {"changed": changed}
