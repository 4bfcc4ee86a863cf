"""Segments: saved rules, how many are in one, who, and why."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Annotated, Any

from django.db.models.expressions import RawSQL
from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.rules import EvaluationOut, RuleJson, contact_of, evaluation, read, storable
from kesher.api.schemas import ERRORS, ApiRequest, PageOf, Strict, page_of, read_cursor
from kesher.contacts.models import Contact
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import clock
from kesher.rules.sql import Statement, ids_where
from kesher.rules.tree import AllOf, Rule, SegmentLeaf
from kesher.segments import actions, counting, queries
from kesher.segments.models import Segment

router = Router(tags=["segments"])


class SegmentOut(Strict):
    id: int
    key: str
    name: str
    description: str
    rule: RuleJson
    sentence: str = Described(
        description="the rule in words; empty when it cannot be read any more"
    )
    count: int | None = Described(description="as of counted_at; null: not counted yet")
    counted_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime


class SegmentIn(Strict):
    name: str = Described(min_length=1, max_length=120)
    description: str = Described(default="", max_length=300)
    rule: RuleJson


class SegmentChange(Strict):
    """What is left out stays. `revision`: the one that was read; 409 when somebody changed it since."""

    name: str | None = Described(default=None, min_length=1, max_length=120)
    description: str | None = Described(default=None, max_length=300)
    rule: RuleJson | None = None
    revision: int | None = None


class SegmentCountOut(Strict):
    count: int
    is_about: bool = Described(description="true: an estimate, because counting took too long")


def _shape(access: Access) -> Any:
    words = vocabulary_of(access.workspace)

    def shape(row: Segment) -> dict[str, Any]:
        own = {
            key: getattr(row, key)
            for key in (
                "key", "name", "description", "rule", "count", "counted_at", "revision",
                "created_at", "updated_at",
            )
        }  # fmt: skip
        return {"id": row.pk, **own, "sentence": queries.sentence_of(row, words)}

    return shape


def _segment(access: Access, segment_id: int) -> Segment:
    return access.get(Segment, segment_id, archived_at=None)


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


@router.get(
    "/segments", response={200: PageOf[SegmentOut], **ERRORS}, auth=KeyAuth("segments:read")
)
def segments(
    request: ApiRequest, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """The segments in use, by id."""
    rows = Segment.objects.filter(
        workspace=request.auth.workspace, archived_at=None, pk__gt=read_cursor(cursor)
    ).order_by("pk")
    return page_of(list(rows[: limit + 1]), limit, _shape(request.auth))


@router.post("/segments", response={201: SegmentOut, **ERRORS}, auth=KeyAuth("segments:write"))
def create_segment(request: ApiRequest, body: SegmentIn) -> Status[dict[str, Any]]:
    """Save a rule under a name. Its key is made from the name and never changes."""
    made = actions.create_segment(
        request.auth, name=_clean(body.name), description=_clean(body.description),
        rule=storable(body.rule), now=clock.now(),
    )  # fmt: skip
    return Status(201, _shape(request.auth)(made))


@router.get(
    "/segments/{segment_id}", response={200: SegmentOut, **ERRORS}, auth=KeyAuth("segments:read")
)
def segment(request: ApiRequest, segment_id: int) -> dict[str, Any]:
    """One segment."""
    found: dict[str, Any] = _shape(request.auth)(_segment(request.auth, segment_id))
    return found


@router.patch(
    "/segments/{segment_id}", response={200: SegmentOut, **ERRORS}, auth=KeyAuth("segments:write")
)
def change_segment(request: ApiRequest, segment_id: int, body: SegmentChange) -> dict[str, Any]:
    """Change what is given. Whoever is in it by the new rule has not "entered" it: nothing starts for them."""
    row = _segment(request.auth, segment_id)
    if body.revision is not None and body.revision != row.revision:
        raise Problem(409, "changed", "Somebody changed this segment meanwhile; read it again.")
    made = actions.update_segment(
        request.auth, row,
        name=None if body.name is None else _clean(body.name),
        description=None if body.description is None else _clean(body.description),
        rule=None if body.rule is None else storable(body.rule), now=clock.now(),
    )  # fmt: skip
    found: dict[str, Any] = _shape(request.auth)(made)
    return found


@router.delete(
    "/segments/{segment_id}", response={204: None, **ERRORS}, auth=KeyAuth("segments:write")
)
def archive_segment(request: ApiRequest, segment_id: int) -> Status[None]:
    """Out of use; what names it goes on working."""
    row = _segment(request.auth, segment_id)
    actions.archive_segment(request.auth, row, now=clock.now())
    return Status(204, None)


@router.get(
    "/segments/{segment_id}/count",
    response={200: SegmentCountOut, **ERRORS},
    auth=KeyAuth("segments:read"),
)
def count(request: ApiRequest, segment_id: int) -> dict[str, Any]:
    """How many are in it now."""
    row = _segment(request.auth, segment_id)
    found = counting.count_segment(request.auth.workspace, row, clock.now(), milliseconds=8_000)
    if found is None:
        raise Problem(409, "unreadable", "Its rule speaks of something that is no longer there.")
    return {"count": found.number, "is_about": found.is_about}


@router.get(
    "/segments/{segment_id}/explain",
    response={200: EvaluationOut, **ERRORS},
    auth=KeyAuth("segments:read"),
)
def explain(request: ApiRequest, segment_id: int, contact_id: int) -> dict[str, Any]:
    """Whether a contact is in it now, and which of its conditions hold."""
    row = _segment(request.auth, segment_id)
    contact, words = contact_of(request.auth, contact_id), vocabulary_of(request.auth.workspace)
    rule = queries.read_segment(row, words)
    return evaluation(request.auth.workspace, rule, words, contact)


@router.get(
    "/segments/{segment_id}/contacts",
    response={200: PageOf[int], **ERRORS},
    auth=KeyAuth("segments:read"),
)
def members(
    request: ApiRequest,
    segment_id: int,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The ids of the contacts in it now, by id; GET /contacts?segment= gives their cards."""
    row = _segment(request.auth, segment_id)
    rule = queries.read_segment(row, vocabulary_of(request.auth.workspace))
    found = Contact.objects.filter(
        workspace=request.auth.workspace,
        pk__gt=read_cursor(cursor),
        pk__in=ids_of(request.auth, rule),
    ).order_by("pk")
    return page_of(list(found.only("pk")[: limit + 1]), limit, lambda contact: contact.pk)


# What contacts narrow by.


def passing(access: Access, *, segment: str | None, rule: str | None) -> RawSQL:
    """The ids of the contacts in a segment (by key) that pass a rule (JSON). Raises Problem and BadRule."""
    words, parts = vocabulary_of(access.workspace), list[Rule]()
    if segment is not None:
        if words.segment(segment) is None:
            raise Problem(422, "unknown-segment", "There is no such segment; see GET /segments.")
        parts.append(SegmentLeaf(segment))
    if rule is not None:
        try:
            parts.append(read(json.loads(rule), words))
        except (ValueError, RecursionError) as error:
            if not isinstance(error, json.JSONDecodeError | RecursionError):
                raise
            raise Problem(422, "invalid-rule", "`rule` is to be JSON.") from error
    return ids_of(access, AllOf(tuple(parts)))


def ids_of(access: Access, rule: Rule) -> RawSQL:
    """The ids of the living contacts who pass, as a subquery."""
    words, moment = vocabulary_of(access.workspace), moment_of(access.workspace, clock.now())
    return _positional(ids_where(rule, words, moment, workspace_id=access.workspace.pk))


_NAMED = re.compile(r"%\((\w+)\)s")


def _positional(statement: Statement) -> RawSQL:
    """Django's own expressions take parameters by place."""
    names = _NAMED.findall(statement.text)
    values = [statement.parameters[name] for name in names]
    return RawSQL(_NAMED.sub("%s", statement.text), values)  # noqa: S611  (its values travel apart)
