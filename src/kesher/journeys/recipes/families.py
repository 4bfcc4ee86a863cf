"""E-06: one newsletter, three audiences: without children, parents, large families; unknown gets the neutral part only."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit, Only, Words

READERS = Words("ניוזלטר משפחות", "Family newsletter")
MANY = 4  # more than so many


def draw(kit: Kit) -> list[Drawn]:
    parent = {"field": kit.fields["parent"], "op": "is", "value": True}
    none = {"field": kit.fields["parent"], "op": "is", "value": False}
    many = {"all": [parent, kit.number("children", "gt", MANY)]}
    mail = kit.mail(
        Words("מה חדש אצלנו", "What is new with us"),
        Words("הנה העדכונים שלנו לכולם.", "Here is our news for everybody."),
        Only(none, Words("למבוגרים בלבד: ערב שקט בלי ילדים, במחיר מיוחד.", "For grown-ups: a quiet evening without children, at a special price.")),
        Only(parent, Words("להורים: פעילות לכל המשפחה בסוף השבוע.", "For parents: something for the whole family this weekend.")),
        Only(many, Words("למשפחות גדולות: כרטיס משפחתי אחד לכולם.", "For large families: one family ticket for all of you.")),
        message_class="advertising",
    )  # fmt: skip
    return [
        kit.journey(
            Words("ניוזלטר לשלושה קהלים", "A newsletter for three audiences"),
            Words(f"הצטרפות לרשימה ״{READERS.he}״", f"joining the list “{READERS.en}”"),
            {"mail": mail},
            kit.joined("readers"),
        )
    ]


RECIPES.register(
    Recipe(
        "families", "users-group", "blue",
        Words("ניוזלטר אחד, שלושה קהלים", "One newsletter, three audiences"),
        Words(
            "מייל אחד עם פסקה למי שאין להם ילדים, פסקה להורים ופסקה למי שיש להם יותר מ־4 ילדים. מי שלא ידוע עליו מקבל רק את החלק הכללי.",
            "One mail with a paragraph for those without children, one for parents and one for more than 4 children. Of whom nothing is known gets the general part only.",
        ),
        draw,
        fields=(
            NewField(
                "status", Words("מצב משפחתי", "Marital status"), "choice",
                (
                    ("single", Words("רווקים", "Single")), ("couple", Words("בזוגיות", "In a relationship")),
                    ("married", Words("נשואים", "Married")), ("divorced", Words("גרושים", "Divorced")),
                    ("widowed", Words("אלמנים", "Widowed")),
                ),
            ),
            NewField("parent", Words("יש ילדים", "Has children"), "yes_no"),
            NewField("children", Words("מספר ילדים", "Number of children"), "number", options={"decimals": 0}),
        ),
        lists=(NewList("readers", READERS),),
        before=Words("החליפו את הפסקאות בחדשות שלכם.", "Put your own news into the paragraphs."),
    )
)  # fmt: skip
