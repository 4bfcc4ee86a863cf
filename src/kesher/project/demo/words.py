"""The demo's fields, lists and mails, in the words of its owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kesher.project.demo.people import GENRES

FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "תחומי עניין",
        "choices",
        {"choices": [{"key": key, "label": label} for key, label in GENRES]},
    ),
    ("מספר קניות", "number", {"decimals": 0}),
    ("קנייה אחרונה", "date", {}),
    ("חבר מועדון", "yes_no", {}),
    ("שביעות רצון", "rating", {"max": 5, "low": "לא מרוצה", "high": "מרוצה מאוד"}),
    ("לחיצות על מבצעים", "number", {"decimals": 0}),
)
LISTS = (
    ("newsletter", "ניוזלטר", "מכתב חודשי עם ספרים חדשים", True),
    ("customers", "לקוחות", "מי שקנה לפחות פעם אחת", False),
    ("kids", "הורים וילדים", "המלצות לספרי ילדים ושעות סיפור", True),
    ("events", "ערבי סופרים", "הזמנות לאירועים בחנות", True),
    ("vip", "לקוחות זהב", "עשר קניות ויותר", False),
    ("deals", "מתעניינים במבצעים", "מי שלחצו על כפתור של מבצע במייל", False),
)


@dataclass(frozen=True)
class Story:
    """A campaign of the demo. `template` is a key of content.templates; lists by the keys above.

    `pieces` make it an SMS: (text, rule of whom it is for, None for everybody). `rival` is a second subject,
    tried on half of the people. `joins`: the list that a click on the mail's button puts its reader on, and the field
    that it adds one to.
    """

    name: str
    subject: str
    preheader: str
    template: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    days_ago: int = 0
    pieces: tuple[tuple[str, dict[str, Any] | None], ...] = ()
    rival: str = ""
    joins: tuple[str, str] | None = None


CAMPAIGNS = (
    Story(
        "ספרים לחגי תשרי",
        "[[first_name|שלום]], בחרנו לך ספרים לחג",
        "שלושה ספרים חדשים, ומשלוח עלינו עד סוף השבוע",
        "newsletter-he",
        ("newsletter",),
        days_ago=61,
    ),
    Story(
        "מבצע סתיו ללקוחות",
        "[[first_name|היי]], 20% על כל הסיפורת עד יום חמישי",
        "גם על ספרים שכבר במבצע",
        "offer-he",
        ("customers",),
        ("vip",),
        days_ago=12,
        rival="סתיו של סיפורים: 20% הנחה עד יום חמישי",
        joins=("deals", "לחיצות על מבצעים"),
    ),
    Story(
        "שבוע הספר, בהודעה",
        "",
        "",
        "",
        ("customers",),
        days_ago=4,
        pieces=(
            ("היי [[first_name|חברים]], שבוע הספר אצלנו!", None),
            (
                "סניף הכרמל פתוח עד חצות, עם שעת סיפור לילדים.",
                {"field": "city", "op": "equals", "value": "חיפה"},
            ),
            ("1+1 על כל ספרי הקיץ: https://green-books.example/summer", None),
        ),
    ),
)
DRAFT = Story(
    "ניוזלטר חורף",
    "[[first_name|חבר]], החורף הזה קוראים יותר",
    "ערב סופרים, שלושה ספרים, ותה חם",
    "personal-he",
    ("newsletter", "events"),
)
