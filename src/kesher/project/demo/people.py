"""Who the demo's customers are: names, cities, habits, drawn from one seeded generator."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

FIRST_NAMES = [
    "נועה",
    "דן",
    "יעל",
    "אורן",
    "תמר",
    "יואב",
    "שירה",
    "איתי",
    "מיכל",
    "עידו",
    "רוני",
    "גיא",
    "ליאור",
    "עומר",
    "הדס",
    "אייל",
    "מאיה",
    "רן",
    "טל",
    "אסף",
    "דנה",
    "ניר",
    "קרן",
    "שי",
    "ענת",
    "אלון",
    "גלית",
    "עמית",
    "רחל",
    "משה",
    "שרה",
    "דוד",
    "רבקה",
    "יוסף",
    "אסתר",
    "אברהם",
    "חנה",
    "יעקב",
    "מרים",
    "יצחק",
    "אולגה",
    "סרגיי",
    "אחמד",
    "פאטמה",
    "מוחמד",
    "לינא",
]
LAST_NAMES = [
    "כהן",
    "לוי",
    "מזרחי",
    "פרץ",
    "ביטון",
    "דהן",
    "אברהם",
    "פרידמן",
    "מלכה",
    "אזולאי",
    "כץ",
    "יוסף",
    "דוד",
    "עמר",
    "אוחיון",
    "חדד",
    "גבאי",
    "בן־דוד",
    "אדלר",
    "לב",
    "שפירא",
    "הראל",
    "שגב",
    "רוזן",
    "גולדברג",
    "וקנין",
    "אלבז",
    "נחום",
    "סבג",
    "שלום",
    "ברק",
    "חזן",
    "קדוש",
    "חורי",
    "נסאר",
    "איבנוב",
]
CITIES = [
    "חיפה",
    "תל אביב–יפו",
    "ירושלים",
    "ראשון לציון",
    "פתח תקווה",
    "נתניה",
    "באר שבע",
    "רמת גן",
    "רחובות",
    "כפר סבא",
    "הרצליה",
    "חדרה",
    "מודיעין",
    "נצרת",
    "קריית אתא",
    "זכרון יעקב",
]
# example.com and its like are reserved (RFC 2606): a demo can never write to anybody.
DOMAINS = ("gmail.example", "walla.example", "outlook.example", "bezeq.example", "shop.example.com")
GENRES = (
    ("prose", "סיפורת"),
    ("kids", "ילדים ונוער"),
    ("mystery", "מתח"),
    ("history", "היסטוריה"),
    ("cooking", "בישול"),
    ("poetry", "שירה"),
)


@dataclass(frozen=True)
class Person:
    """One customer. `eagerness` is the chance to open a mail; `since` is when they came."""

    first_name: str
    last_name: str
    email: str
    mobile: str
    city: str
    birthday: date | None
    fields: dict[str, Any]
    consent: str
    sms_consent: str
    source: str
    since: datetime
    eagerness: float
    lists: frozenset[str] = field(default_factory=frozenset)


def draw_people(count: int, seed: int, now: datetime) -> list[Person]:
    """The same people for the same seed and day, oldest first."""
    chance = random.Random(seed)  # noqa: S311 (a fixed seed is the point)
    return sorted(
        (_person(chance, number, now) for number in range(count)), key=lambda person: person.since
    )


def _person(chance: random.Random, number: int, now: datetime) -> Person:
    buys = chance.random() < 0.62
    return Person(
        first_name=chance.choice(FIRST_NAMES),
        last_name=chance.choice(LAST_NAMES) if chance.random() < 0.93 else "",
        email=f"reader{number}@{chance.choice(DOMAINS)}" if chance.random() < 0.96 else "",
        mobile=f"+9725{chance.choice('02458')}{1000000 + number * 37}"
        if chance.random() < 0.7
        else "",
        city=chance.choice(CITIES) if chance.random() < 0.85 else "",
        birthday=date(1945, 1, 1) + timedelta(days=chance.randrange(22000))
        if chance.random() < 0.45
        else None,
        fields=_fields(chance, now, buys=buys),
        consent=chance.choices(["granted", "", "withdrawn"], [0.86, 0.1, 0.04])[0],
        sms_consent="granted" if chance.random() < 0.4 else "",
        source=chance.choices(["import", "form", "staff", "api"], [0.5, 0.3, 0.12, 0.08])[0],
        since=now
        - timedelta(days=720 * (1 - chance.random() ** 0.7), minutes=chance.randrange(1440)),
        eagerness=min(0.95, max(0.02, chance.gauss(0.42, 0.26))),
        lists=_lists(chance, buys=buys),
    )


def _fields(chance: random.Random, now: datetime, *, buys: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chance.random() < 0.7:
        keys = [key for key, _label in GENRES]
        found["genres"] = sorted(chance.sample(keys, chance.choice([1, 1, 2, 3])))
    if buys:
        found["purchases"] = max(1, int(chance.expovariate(0.28)))
        found["last_purchase"] = (
            (now - timedelta(days=int(chance.expovariate(1 / 90)))).date().isoformat()
        )
    if chance.random() < 0.35:
        found["club"] = chance.random() < 0.6
    if chance.random() < 0.25:
        found["rating"] = chance.choices([1, 2, 3, 4, 5], [2, 4, 12, 40, 42])[0]
    return found


def _lists(chance: random.Random, *, buys: bool) -> frozenset[str]:
    odds = {
        "newsletter": 0.78,
        "customers": 0.95 if buys else 0.02,
        "kids": 0.22,
        "events": 0.14,
        "vip": 0.05,
    }
    return frozenset(name for name, share in odds.items() if chance.random() < share)
