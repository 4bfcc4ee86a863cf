"""The sun over Israel's towns: when it sets, and when it is night. Pure.

Sunset is the geometric one at sea level; night is the sun 8.5° below the horizon, three small stars, by which
calendars in Israel end Shabbat. Candles are lit so many minutes before sunset as is each town's custom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from astral import Observer

NIGHT_DEPRESSION = 8.5


@dataclass(frozen=True, slots=True)
class City:
    key: str
    name: str | Promise
    latitude: float
    longitude: float
    candles_minutes: int = 20


CITIES: dict[str, City] = {
    city.key: city
    for city in (
        City("jerusalem", _("Jerusalem"), 31.778, 35.235, 40),
        City("tel_aviv", _("Tel Aviv"), 32.075, 34.776),
        City("haifa", _("Haifa"), 32.794, 34.990, 30),
        City("beer_sheva", _("Beersheba"), 31.252, 34.791),
        City("petah_tikva", _("Petah Tikva"), 32.089, 34.886, 40),
        City("rishon", _("Rishon LeZion"), 31.973, 34.793),
        City("ashdod", _("Ashdod"), 31.804, 34.655),
        City("netanya", _("Netanya"), 32.321, 34.853),
        City("bnei_brak", _("Bnei Brak"), 32.084, 34.834),
        City("ashkelon", _("Ashkelon"), 31.669, 34.572),
        City("modiin", _("Modi’in"), 31.899, 35.010),
        City("beit_shemesh", _("Beit Shemesh"), 31.747, 34.988, 40),
        City("nazareth", _("Nazareth"), 32.702, 35.297),
        City("tiberias", _("Tiberias"), 32.794, 35.531),
        City("safed", _("Safed"), 32.966, 35.496, 30),
        City("kiryat_shmona", _("Kiryat Shmona"), 33.207, 35.570),
        City("eilat", _("Eilat"), 29.557, 34.952),
    )
}


@lru_cache(maxsize=4_000)
def sunset(city: str, day: date) -> datetime:
    from astral import Observer  # loaded by the first who asks
    from astral.sun import sunset as sets

    return sets(_observer(Observer, city), date=day, tzinfo=UTC)


@lru_cache(maxsize=4_000)
def nightfall(city: str, day: date) -> datetime:
    from astral import Observer
    from astral.sun import dusk

    return dusk(_observer(Observer, city), date=day, depression=NIGHT_DEPRESSION, tzinfo=UTC)


def _observer(kind: type[Observer], city: str) -> Observer:
    where = CITIES[city]
    return kind(latitude=where.latitude, longitude=where.longitude)
