from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesher.messages.windows.deciding import (
    CHANNELS,
    LONGEST_CLOSED,
    WEEKDAYS,
    Windows,
    closed_for,
    next_open,
    openings,
)
from kesher.messages.windows.rests import RestSettings, kept_on, rests
from kesher.messages.windows.settings import (
    OFF,
    BadWindows,
    checked,
    recommended,
    windows_of_json,
)

ZONE = "Asia/Jerusalem"
JERUSALEM = RestSettings("jerusalem", 40)


def at(text: str) -> datetime:
    """A moment on the clock of Jerusalem."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def on(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(ZONE)).strftime("%a %Y-%m-%d %H:%M")


def windows(week: dict[str, list[str]] | None = None, rest: RestSettings | None = None) -> Windows:
    kept = {"hours": {} if week is None else {"email": week}, "classes": ["advertising"]}
    made = windows_of_json(kept, ZONE)
    return Windows(made.zone, made.hours, made.classes, rest)


WORKDAYS = {day: ["08:00", "20:00"] for day in ("sun", "mon", "tue", "wed", "thu")}
ISRAEL = windows_of_json(recommended(), ZONE)


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-20T21:00", "Sun 2026-11-22 08:00"),  # Friday night
        ("2026-11-20T12:59", "Fri 2026-11-20 12:59"),
        ("2026-11-20T13:00", "Sun 2026-11-22 08:00"),
        ("2026-11-22T08:00", "Sun 2026-11-22 08:00"),
        ("2026-11-22T19:59", "Sun 2026-11-22 19:59"),
        ("2026-11-22T20:00", "Mon 2026-11-23 08:00"),
        ("2026-09-11T15:00", "Mon 2026-09-14 08:00"),  # Rosh Hashana on Shabbat and Sunday
        ("2024-10-02T18:00", "Sun 2024-10-06 08:00"),  # two days of it, and Shabbat after them
        ("2026-09-20T19:00", "Tue 2026-09-22 08:00"),  # Yom Kippur
        ("2026-09-27T10:00", "Sun 2026-09-27 10:00"),  # hol hamoed
    ],
)
def test_advertising_leaves_at_the_next_open_minute(asked: str, opens: str) -> None:
    assert on(next_open(ISRAEL, "email", "advertising", at(asked))) == opens


def test_replies_and_transactional_messages_go_at_any_hour() -> None:
    night = at("2026-11-20T21:00")

    for kind in ("reply", "transactional", "service"):
        assert next_open(ISRAEL, "email", kind, night) == night
    strict = windows_of_json(recommended() | {"classes": ["advertising", "service"]}, ZONE)
    assert on(next_open(strict, "email", "service", night)) == "Sun 2026-11-22 08:00"


def test_without_settings_every_hour_is_open() -> None:
    night = at("2026-11-20T21:00")
    assert next_open(windows_of_json(OFF, ZONE), "email", "advertising", night) == night
    assert next_open(Windows(ZONE), "sms", "advertising", night) == night


def test_a_channel_without_hours_rests_on_shabbat_only() -> None:
    only_rest = windows(rest=JERUSALEM)
    friday = at("2026-11-20T03:00")

    assert next_open(only_rest, "sms", "advertising", friday) == friday
    assert on(next_open(only_rest, "sms", "advertising", at("2026-11-20T16:00"))) == (
        "Sat 2026-11-21 17:16"
    )


def test_hours_that_cross_midnight_belong_to_the_day_they_begin() -> None:
    late = windows({"sat": ["20:00", "02:00"], "sun": ["08:00", "20:00"]})

    assert on(next_open(late, "email", "advertising", at("2026-11-22T01:30"))) == (
        "Sun 2026-11-22 01:30"
    )
    assert on(next_open(late, "email", "advertising", at("2026-11-22T02:00"))) == (
        "Sun 2026-11-22 08:00"
    )


def test_midnight_joins_the_days_on_its_sides() -> None:
    whole = windows({"sun": ["00:00", "24:00"], "mon": ["00:00", "10:00"]})

    spans = list(openings(whole, "email", at("2026-11-21T00:00"), at("2026-11-25T00:00")))

    assert [(on(start), on(end)) for start, end in spans] == [
        ("Sun 2026-11-22 00:00", "Mon 2026-11-23 10:00")
    ]


def test_a_spring_night_without_the_hour_opens_an_hour_later_on_the_clock() -> None:
    # Clocks go from 02:00 to 03:00 on Friday 27 March 2026.
    night = windows({"fri": ["02:30", "06:00"]})

    opens = next_open(night, "email", "advertising", at("2026-03-26T12:00"))

    assert on(opens) == "Fri 2026-03-27 03:30"


def test_hours_that_fall_wholly_into_the_missing_hour_are_not_open_that_night() -> None:
    night = windows({"fri": ["02:30", "03:00"]})

    opens = next_open(night, "email", "advertising", at("2026-03-26T12:00"))

    assert on(opens) == "Fri 2026-04-03 02:30"


def test_an_autumn_night_opens_at_the_first_of_its_two_hours_and_ends_an_hour_longer() -> None:
    # Clocks go from 02:00 back to 01:00 on Sunday 25 October 2026.
    night = windows({"sun": ["01:30", "03:00"]})

    start, end = next(openings(night, "email", at("2026-10-24T12:00"), at("2026-10-26T00:00")))

    assert start == datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert end - start == timedelta(hours=2, minutes=30)


@pytest.mark.parametrize(
    ("city", "candles", "day", "begins", "ends"),
    [  # as calendars in Israel print them
        ("jerusalem", 40, "2024-10-02", "17:42", "18:55"),  # until the Shabbat after two days
        ("jerusalem", 40, "2025-03-28", "18:15", "19:34"),
        ("jerusalem", 40, "2026-06-19", "19:06", "20:30"),
        ("tel_aviv", 20, "2025-03-28", "18:36", "19:36"),
        ("haifa", 30, "2025-03-28", "18:27", "19:36"),
        ("tel_aviv", 20, "2026-11-20", "16:18", "17:18"),
    ],
)
def test_shabbat_is_as_calendars_print_it(
    city: str, candles: int, day: str, begins: str, ends: str
) -> None:
    noon = at(f"{day}T12:00")

    rest = next(rests(RestSettings(city, candles), ZONE, noon, noon + timedelta(days=1)))

    near = timedelta(minutes=3)
    assert abs(rest.start - at(f"{day}T{begins}")) <= near
    last = rest.end.astimezone(ZoneInfo(ZONE)).date().isoformat()
    assert abs(rest.end - at(f"{last}T{ends}")) <= near


def test_days_that_touch_are_one_rest() -> None:
    found = list(rests(JERUSALEM, ZONE, at("2024-10-01T00:00"), at("2024-10-08T00:00")))

    assert [(on(r.start)[:14], on(r.end)[:14], r.days) for r in found] == [
        ("Wed 2024-10-02", "Sat 2024-10-05", ("rosh_hashana", "shabbat"))
    ]
    # Asked about its middle the whole of it is told.
    middle = at("2024-10-04T12:00")
    assert list(rests(JERUSALEM, ZONE, middle, middle + timedelta(minutes=1))) == found


def test_one_day_of_a_holiday_is_kept_and_hol_hamoed_is_open() -> None:
    found = list(rests(JERUSALEM, ZONE, at("2027-04-20T00:00"), at("2027-04-30T00:00")))

    assert [r.days for r in found] == [("passover",), ("shabbat",), ("passover_end",)]
    assert {on(r.end)[:14] for r in found} == {
        "Thu 2027-04-22", "Sat 2027-04-24", "Wed 2027-04-28",
    }  # fmt: skip


def test_minutes_after_nightfall_put_the_end_off() -> None:
    noon = at("2026-11-20T12:00")
    later = RestSettings("jerusalem", 40, after=30)

    one = next(rests(JERUSALEM, ZONE, noon, noon + timedelta(days=1)))
    other = next(rests(later, ZONE, noon, noon + timedelta(days=1)))

    assert other.end - one.end == timedelta(minutes=30)


MOMENTS = st.datetimes(
    min_value=at("2024-01-01T00:00").replace(tzinfo=None),
    max_value=at("2035-01-01T00:00").replace(tzinfo=None),
    timezones=st.just(UTC),
)
PAIRS = st.tuples(
    st.integers(min_value=0, max_value=23), st.integers(min_value=0, max_value=23)
).filter(lambda pair: pair[0] != pair[1])
WEEKS = st.dictionaries(st.sampled_from(WEEKDAYS), PAIRS, min_size=1)


@settings(max_examples=60, deadline=None)
@given(
    moment=MOMENTS,
    week=WEEKS,
    keeps=st.booleans(),
    zone=st.sampled_from([ZONE, "America/New_York"]),
)
def test_what_opens_is_open_and_asking_again_moves_nothing(
    moment: datetime, week: dict[str, tuple[int, int]], keeps: bool, zone: str
) -> None:
    hours = {"email": {day: (start * 60, end * 60) for day, (start, end) in week.items()}}
    some = Windows(zone, hours, rest=JERUSALEM if keeps else None)

    opens = next_open(some, "email", "advertising", moment)

    assert moment <= opens <= moment + LONGEST_CLOSED
    if opens < moment + LONGEST_CLOSED:
        assert next_open(some, "email", "advertising", opens) == opens
        assert closed_for(some, "email", opens) is None
        if opens > moment:
            just_before = opens - timedelta(microseconds=1)
            assert next_open(some, "email", "advertising", just_before) == opens


@pytest.mark.parametrize("zone", [ZONE, "Europe/London", "America/New_York"])
def test_what_is_recommended_never_closes_for_long(zone: str) -> None:
    some = windows_of_json(recommended("haifa"), zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for channel in CHANNELS:
        for hours in range(0, 24 * 365, 37):
            asked = moment + timedelta(hours=hours)
            assert next_open(some, channel, "advertising", asked) - asked < timedelta(days=5)


NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"hours": {"email": {}}}, "hours.email"),
        ({"hours": {"email": {"sat": ["09:00", "14:00"]}}}, "hours.email"),  # all of it Shabbat
        ({"hours": {"email": {"sat": ["19:00", "20:00"]}}}, "hours.email"),  # open in winter only
        ({"hours": {"pigeon": WORKDAYS}}, "hours.pigeon"),
        ({"hours": {"email": {"sunday": ["08:00", "20:00"]}}}, "hours.email.sunday"),
        ({"hours": {"email": {"sun": ["8", "20:00"]}}}, "hours.email.sun"),
        ({"hours": {"email": {"sun": ["08:00", "08:00"]}}}, "hours.email.sun"),
        ({"hours": {"email": {"sun": "08:00-20:00"}}}, "hours.email.sun"),
        ({"hours": ["email"]}, "hours"),
        ({"hours": {"email": ["sun"]}}, "hours.email"),
        ({"classes": ["reply"]}, "classes"),
        ({"rest": {"city": "atlantis"}}, "rest.city"),
        ({"rest": {"city": "haifa", "candles": 500}}, "rest.candles"),
        ({"rest": {"city": "haifa", "after": -1}}, "rest.after"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(BadWindows) as refused:
        checked(recommended() | changed, ZONE, NOW)

    assert [one.path for one in refused.value.problems] == [path]


def test_hours_of_one_day_a_week_are_kept_though_holidays_fall_on_it() -> None:
    one_day = {"hours": {"email": {"mon": ["09:00", "12:00"]}}, "rest": {"city": "jerusalem"}}
    for year in range(2026, 2046):
        checked(one_day, ZONE, datetime(year, 1, 1, tzinfo=UTC))


def test_what_is_kept_is_complete() -> None:
    kept = checked({"rest": {"city": "haifa"}}, ZONE, NOW)

    assert kept == {
        "hours": {},
        "classes": ["advertising"],
        "rest": {"city": "haifa", "candles": 30, "after": 0},
    }
    assert checked(recommended(), ZONE, NOW) == recommended()


def test_every_day_of_a_year_is_kept_or_not() -> None:
    """A check against the plain calendar: eight days of holidays, each once, and every Saturday."""
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(365)]
    names = [kept_on(day) for day in days]
    assert sum(name not in ("", "shabbat") for name in names) == 8
    assert all(name for day, name in zip(days, names, strict=True) if day.weekday() == 5)
