"""E-13: smart buttons count what interests people; the next mail follows from three clicks on."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Only, Words

ENOUGH = 3
READERS = Words("רוצים לשמוע מה חדש", "Want to hear what is new")
THINGS = {
    "shirts": Words("חולצות", "Shirts"),
    "trousers": Words("מכנסיים", "Trousers"),
    "shoes": Words("נעליים", "Shoes"),
}
WEEKS = (
    Words("מה מעניין אתכם?", "What interests you?"),
    Words("הקולקציה החדשה", "The new collection"),
    Words("נבחרי השבוע", "This week's choice"),
)


def draw(kit: Kit) -> list[Drawn]:
    nodes: dict[str, Json] = {}
    for week, subject in enumerate(WEEKS, 1):
        following = f"mail{week + 1}" if week < len(WEEKS) else "chosen"
        nodes[f"mail{week}"] = _catalogue(kit, subject, f"week{week}")
        nodes[f"week{week}"] = kit.wait(Words("שבוע", "A week"), "P7D", next=following)
    nodes["chosen"] = kit.mail(
        Words("בחרנו בשבילכם", "Chosen for you"),
        Words("הנה מה שחדש אצלנו השבוע.", "Here is what is new with us this week."),
        *(
            Only(
                kit.number(name, "gte", ENOUGH),
                Words(
                    f"ראינו שאתם אוהבים {words.he}: לכם יש הפתעה מיוחדת.",
                    f"You like {words.en.lower()}: there is something special for you.",
                ),
            )
            for name, words in THINGS.items()
        ),
        message_class="advertising",
    )
    return [
        kit.journey(
            Words("מה מעניין אתכם", "What interests you"),
            Words(f"הצטרפות לרשימה ״{READERS.he}״", f"joining the list “{READERS.en}”"),
            nodes,
            kit.joined("readers"),
        )
    ]


def _catalogue(kit: Kit, subject: Words, next: str) -> Json:
    buttons = (
        Button(
            words,
            f"https://example.com/{name}",
            {"changes": [{"field": kit.fields[name], "do": "add", "value": 1}]},
        )
        for name, words in THINGS.items()
    )
    words = Words("לחצו על מה שתרצו לראות:", "Choose what you would like to see:")
    return kit.mail(subject, words, *buttons, message_class="advertising", next=next)


RECIPES.register(
    Recipe(
        "interests", "hand-click", "plum",
        Words("תחומי עניין לפי קליקים", "Interests by clicks"),
        Words(
            "שלושה מיילים עם כפתורים חכמים: כל קליק מוסיף 1 לתחום. במייל הרביעי מופיעה פסקה לכל תחום שנלחץ לפחות 3 פעמים.",
            "Three mails with smart buttons: each click adds 1 to what it is about. In the fourth mail there is a paragraph for whatever was clicked at least 3 times.",
        ),
        draw,
        fields=tuple(
            NewField(name, Words(f"עניין: {words.he}", f"Interest: {words.en}"), "number", options={"decimals": 0})
            for name, words in THINGS.items()
        ),
        lists=(NewList("readers", READERS),),
        before=Words(
            "החליפו את הכתובות example.com בכפתורים בכתובות של החנות שלכם.",
            "Put your shop's addresses for example.com in the buttons.",
        ),
    )
)  # fmt: skip
