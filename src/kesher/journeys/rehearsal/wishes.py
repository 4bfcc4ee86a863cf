"""What a rehearsal is asked: whom, for how long, and what is assumed of people. JSON from outside, read and bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kesher.events.kinds import EVENT_KINDS
from kesher.rules.durations import read_duration

MOST_PEOPLE = 10_000
MOST_SHOWN = 100


def _duration(text: str) -> str:
    found = read_duration(text)
    if found is None:
        raise ValueError("a duration is expected here, like P25D or PT2H")
    if found.months * 31 + found.days > 731:
        raise ValueError("two years at most")
    return text


def _kind(text: str) -> str:
    if text not in EVENT_KINDS:
        raise ValueError("there is no kind of event of this name")
    return text


def _moment(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2100:
        raise ValueError("a moment of this century is expected here")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Duration = Annotated[str, AfterValidator(_duration)]
Percent = Annotated[float, Field(ge=0, le=100)]
Number = Annotated[int, Field(ge=1, lt=2**63)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class People(Part):
    """Exactly one of these; all of them, or by `sample` so many of them, drawn evenly."""

    list: str | int | None = None
    segment: str | None = None
    rule: dict[str, Any] | None = None
    contacts: tuple[Number, ...] = Field(default=(), max_length=MOST_PEOPLE)

    @model_validator(mode="after")
    def _one(self) -> People:
        given = (self.list, self.segment, self.rule, self.contacts or None)
        if sum(one is not None for one in given) != 1:
            raise ValueError("name one of list, segment, rule and contacts")
        return self


class Rates(Part):
    """Of a hundred who get a message, how many open it and how many click in it. None: as above it."""

    open: Percent | None = None
    click: Percent | None = None


class Assumed(Rates):
    """`history`: as the workspace's messages did so far. `nodes`: of single steps. Nothing at all: nobody does anything."""

    history: bool = False
    nodes: dict[str, Rates] = Field(default_factory=dict, max_length=500)


class EventOf(Part):
    kind: Annotated[str, AfterValidator(_kind)]
    data: dict[str, Any] = {}


class Happening(Part):
    """So long after the beginning, this happens to a share of the people: an event, or acts on lists and fields."""

    after: Duration = "P1D"
    share: Percent = 100
    event: EventOf | None = None
    acts: dict[str, Any] | None = Field(
        default=None, description="add_to_lists, remove_from_lists, changes"
    )

    @model_validator(mode="after")
    def _one(self) -> Happening:
        if (self.event is None) == (self.acts is None):
            raise ValueError("either event or acts")
        return self


class Wishes(Part):
    """A rehearsal as it is asked for."""

    people: People
    sample: int = Field(
        default=MOST_PEOPLE, ge=1, le=MOST_PEOPLE, description="at most so many of them"
    )
    version: int | None = Field(default=None, ge=1, lt=2**31, description="none: the draft")
    compare_with: int | None = Field(
        default=None, ge=1, lt=2**31, description="the number of a version to compare it with"
    )
    start: Moment | None = Field(default=None, description="none: now")
    period: Duration = "P90D"
    begin: Literal["all", "triggers"] = Field(
        default="all", description="all begin at once, or each as the journey's triggers say"
    )
    event: dict[str, Any] = Field(default={}, description="data of the event that lets them begin")
    rates: Assumed = Assumed()
    happenings: tuple[Happening, ...] = Field(default=(), max_length=50)
    daily: int = Field(
        default=2, ge=1, le=100, description="more messages a day to one person are told"
    )
    show: tuple[Number, ...] = Field(
        default=(), max_length=MOST_SHOWN, description="contacts whose way is told in any case"
    )
