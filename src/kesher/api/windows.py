"""Sending windows: at which hours of the week advertising may leave, and whether Shabbat and holidays are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field as Described

from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Instant, Strict
from kesher.lib import clock
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.deciding import CHANNELS, next_open
from kesher.messages.windows.queries import waiting, windows_of
from kesher.messages.windows.settings import BadWindows, json_of_windows
from kesher.messages.windows.words import holds_words

router = Router(tags=["settings"])

Day = Literal["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
Channel = Literal["email", "sms", "whatsapp"]
Hour = Annotated[str, Described(description="HH:MM; 24:00 is the end of the day", max_length=5)]


class Rest(Strict):
    """Closed from candle lighting until nightfall, on Shabbat and on holidays as they are kept in Israel."""

    city: str = Described(
        description="whose sun it goes by: jerusalem, tel_aviv, haifa, …", max_length=40
    )
    candles: int | None = Described(
        default=None, description="minutes before sunset; none: as is the custom of the city"
    )
    after: int = Described(default=0, description="minutes after nightfall")


class WindowsIn(Strict):
    """A channel that `hours` does not name is open at every hour; a day that a channel does not name is closed.

    An end that is not later than the beginning is of the next day. Empty hours and no rest: messages leave at any hour.
    """

    hours: dict[Channel, dict[Day, list[Hour]]] = {}
    classes: list[Literal["advertising", "service"]] = Described(
        default=["advertising"], description="what they hold for; advertising always", max_length=2
    )
    rest: Rest | None = None


class WindowsOut(WindowsIn):
    """`next_open`: by channel, the first minute from `at` on at which advertising may leave."""

    time_zone: str
    at: datetime
    next_open: dict[str, datetime]
    waiting: int = Described(description="messages that wait for their hours now")
    words: list[str] = Described(
        description="what holds, in sentences in the language of the workspace"
    )


@router.get(
    "/settings/windows", response={200: WindowsOut, **ERRORS}, auth=KeyAuth("campaigns:read")
)
def windows(request: ApiRequest, at: Annotated[Instant | None, Query()] = None) -> dict[str, Any]:
    """The sending windows; `at`: when would advertising of that moment leave?"""
    return _shape(request, at)


@router.put(
    "/settings/windows", response={200: WindowsOut, **ERRORS}, auth=KeyAuth("campaigns:write")
)
def replace(request: ApiRequest, body: WindowsIn) -> dict[str, Any]:
    """Replace them all. What waits is asked about anew, so that opened hours move messages up."""
    try:
        set_windows(request.auth, settings=body.model_dump(), now=clock.now())
    except BadWindows as error:
        errors = [{"path": one.path, "message": str(one.text)} for one in error.problems]
        raise Problem(422, "invalid", errors[0]["message"], errors=errors) from error
    return _shape(request)


def _shape(request: ApiRequest, at: datetime | None = None) -> dict[str, Any]:
    workspace, now = request.auth.workspace, clock.now()
    asked = at or now
    found = windows_of(workspace)
    return {
        **json_of_windows(found),
        "time_zone": found.zone,
        "at": asked,
        "next_open": {
            channel: next_open(found, channel, "advertising", asked) for channel in CHANNELS
        },
        "waiting": waiting(workspace.pk, now)[0],
        "words": holds_words(found),
    }
