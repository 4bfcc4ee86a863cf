"""E-14: each opened mail adds one to a score; a link puts into the list of its product."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Words

PRODUCTS = ("product-a", "product-b")  # a part of each product's address
NAMES = (Words("מוצר א", "product A"), Words("מוצר ב", "product B"))


def draw(kit: Kit) -> list[Drawn]:
    opened = kit.change(
        Words("נקודה על פתיחה", "A point for opening"), {"field": "score", "do": "add", "value": 1}
    )
    opens = kit.journey(
        Words("ניקוד: פתיחות", "Scoring: opened mails"),
        Words("כל מייל שנפתח", "each mail that is opened"),
        {"add": opened},
        {"kind": "message.opened"},
        reentry={"policy": "always"},
    )
    ways = [
        (Words(f"קישור ל{name.he}", f"a link to {name.en}"), _leads_to(part), part)
        for name, part in zip(NAMES, PRODUCTS, strict=True)
    ]
    joins = {
        part: kit.join(Words(f"התעניינו ב{name.he}", f"Interested in {name.en}"), part)
        for name, part in zip(NAMES, PRODUCTS, strict=True)
    }
    clicks = kit.journey(
        Words("ניקוד: קליקים", "Scoring: clicked links"),
        Words("כל קישור שנלחץ במייל", "each link clicked in a mail"),
        {"which": kit.split(Words("לאיזה מוצר?", "Which product?"), *ways), **joins},
        {"kind": "message.clicked"},
        reentry={"policy": "always"},
    )
    return [opens, clicks]


def _leads_to(part: str) -> Json:
    return {"field": "event.url", "op": "contains", "value": f"/{part}"}


RECIPES.register(
    Recipe(
        "scoring", "gauge", "amber",
        Words("ניקוד לפי פעולות", "Scoring by what people do"),
        Words(
            "כל מייל שנפתח מוסיף נקודה לסכימה, וכל קליק על קישור למוצר מכניס לרשימת המתעניינים בו.",
            "Each opened mail adds a point to the score, and a click on a product's link puts into the list of those interested in it.",
        ),
        draw,
        fields=(NewField("score", Words("סכימה", "Score"), "number", options={"decimals": 0}),),
        lists=tuple(
            NewList(part, Words(f"התעניין ב{name.he}", f"Interested in {name.en}"))
            for name, part in zip(NAMES, PRODUCTS, strict=True)
        ),
        before=Words(
            "במסע הקליקים החליפו את product-a ו־product-b בחלק מהכתובת של המוצרים שלכם.",
            "In the journey of clicks put parts of your products' addresses for product-a and product-b.",
        ),
    )
)  # fmt: skip
