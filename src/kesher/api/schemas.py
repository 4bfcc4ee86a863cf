"""Shapes that several resources share: pages, problems, the request with its access."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest
from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from kesher.accounts.access import Access
from kesher.api.problems import Problem


def _instant_text(value: Any) -> Any:
    """Only text is an instant here: a bare number would be read as seconds since 1970."""
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("write an instant as in 2027-03-26T09:00:00+03:00")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant_text)]
Item = TypeVar("Item")


class ApiRequest(HttpRequest):
    """The request of an operation: `auth` is who asks."""

    auth: Access


class Strict(Schema):
    """A body in which unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class PageOf(Schema, Generic[Item]):
    """`next` is the cursor of the next page, null on the last."""

    items: list[Item]
    next: str | None = None


class FieldError(Schema):
    path: str
    message: str


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    contact_id: int | None = None


ERRORS: dict[int, Any] = {
    400: ProblemOut,
    401: ProblemOut,
    403: ProblemOut,
    404: ProblemOut,
    409: ProblemOut,
    422: ProblemOut,
}
Limit = Field(default=50, ge=1, le=200, description="items a page")
MAX_ID = 2**63 - 1


def read_cursor(cursor: str | None) -> int:
    """The id after which a page begins; 0 at the start. Raises Problem for a cursor that is not ours."""
    if not cursor:
        return 0
    try:
        number = int(base64.urlsafe_b64decode(cursor.encode("ascii", "strict") + b"=="))
    except (ValueError, binascii.Error, UnicodeEncodeError):
        number = -1
    if not 0 <= number <= MAX_ID:
        raise Problem(
            422, "bad-cursor", "Use the cursor that the page before gave as `next`, or none."
        )
    return number


def write_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).rstrip(b"=").decode()


def page_of(rows: list[Any], limit: int, shape: Any) -> dict[str, Any]:
    """A page from one row more than asked for; `rows` have `pk` and grow in it."""
    more = len(rows) > limit
    return {
        "items": [shape(row) for row in rows[:limit]],
        "next": write_cursor(rows[limit - 1].pk) if more else None,
    }
