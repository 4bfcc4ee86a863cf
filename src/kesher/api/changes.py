"""Changes of contacts' fields: of one, of many, and what can be changed how."""

from __future__ import annotations

from typing import Any

from ninja import Router
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.contacts.changes import (
    apply_changes,
    changes_in_words,
    changes_schema,
    known_of,
    read_changes,
)
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import clock, sql
from kesher.rules.parse import parse
from kesher.rules.sql import ids_where

router = Router(tags=["contacts"])
MOST_IDS = 100_000


class ChangesIn(Strict):
    """Whom: `contacts` by id, or all who pass `rule`; one of the two."""

    changes: list[Any] = Described(
        description="in their order, as GET /contacts/changes/schema describes them",
        examples=[[{"field": "visits", "do": "add", "value": 1}]],
    )
    contacts: list[int] | None = Described(default=None, max_length=MOST_IDS)
    rule: dict[str, Any] | None = Described(
        default=None, description="as GET /rules/schema describes it"
    )


class FieldsChangedOut(Strict):
    sentence: str
    asked: int = Described(description="contacts who were meant")
    changed: int = Described(description="contacts who differ now; the others were so already")


@router.get(
    "/contacts/changes/schema",
    response={200: dict[str, Any], **ERRORS},
    auth=KeyAuth("contacts:read"),
)
def schema(request: ApiRequest) -> dict[str, Any]:
    """JSON Schema of a list of changes in this workspace: each field with what can be done to it."""
    return changes_schema(known_of(request.auth.workspace))


@router.post(
    "/contacts/changes", response={200: FieldsChangedOut, **ERRORS}, auth=KeyAuth("contacts:write")
)
def change_many(request: ApiRequest, body: ChangesIn) -> dict[str, Any]:
    """Make the same changes on many contacts, each in one step: two +1 at once are both counted."""
    access, now = request.auth, clock.now()
    changes = read_changes(access.workspace, body.changes)
    ids = _asked(access, body)
    changed = apply_changes(
        access.workspace.pk, contact_ids=ids, changes=changes, now=now, source="api"
    )
    sentence = changes_in_words(changes)
    access.audit("contact.changed", None, sentence[:200], count=len(changed))
    return {"sentence": sentence, "asked": len(ids), "changed": len(changed)}


def _asked(access: Access, body: ChangesIn) -> list[int]:
    if (body.contacts is None) == (body.rule is None):
        raise Problem(422, "invalid", "Give either contacts or a rule.")
    if body.contacts is not None:
        return body.contacts
    vocabulary = vocabulary_of(access.workspace)
    rule = parse(body.rule, vocabulary, path="rule")
    moment = moment_of(access.workspace, clock.now())
    found = ids_where(rule, vocabulary, moment, workspace_id=access.workspace.pk)
    return [row[0] for row in sql.rows(found.text, found.parameters)]
