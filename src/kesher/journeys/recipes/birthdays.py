"""E-33: birthdays of the contact, the spouse and a child, and a block for the month of birth.

The year does not matter (T22). Whoever was born on 29 February is greeted on the 28th in years without one.
"""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Only, Words

SPOUSE = Words("יום הולדת בן/בת הזוג", "Spouse's birthday")
CHILD = Words("יום הולדת הילד/ה", "Child's birthday")
THIS_MONTH = {"field": "birthday", "op": "month_is", "value": "this"}
A_FIRST = "2026-01-01"  # any first of a month: the monthly mail comes round on this day


def draw(kit: Kit) -> list[Drawn]:
    own = kit.mail(
        Words("יום הולדת שמח!", "Happy birthday!"),
        Words(
            "כל הצוות מאחל לכם יום הולדת שמח ושנה טובה.",
            "All of us wish you a happy birthday and a good year.",
        ),
        Words(
            "לכבוד היום: מתנה קטנה מחכה לכם אצלנו. הציגו את המייל הזה עד סוף החודש.",
            "For the day: a small present waits for you with us. Show this mail until the end of the month.",
        ),
        message_class="advertising",
    )
    spouse = kit.mail(
        Words("מזל טוב לבן או לבת הזוג", "Your spouse has a birthday"),
        Words(
            "שמענו שיש היום אצלכם בבית סיבה לחגוג. מזל טוב מכולנו!",
            "We hear there is something to celebrate at home today. Congratulations from all of us!",
        ),
        message_class="advertising",
    )
    child = kit.mail(
        Words("יש מי שחוגג היום", "Somebody small has a birthday"),
        Words(
            "מזל טוב ליום ההולדת של הילד או הילדה! בואו לחגוג גם אצלנו.",
            "Congratulations on your child's birthday! Come and celebrate with us, too.",
        ),
        message_class="advertising",
    )
    month = kit.mail(
        Words("מה חדש החודש", "New this month"),
        Words(
            "הנה מה שמחכה לכם החודש אצלנו.",
            "Here is what waits for you with us this month.",
        ),
        Only(
            THIS_MONTH,
            Words(
                "ועוד משהו: החודש הוא חודש יום ההולדת שלכם. מזל טוב, והטבה מיוחדת לחוגגים.",
                "And one thing more: this is the month of your birthday. Congratulations, and something special for those who celebrate.",
            ),
        ),
        message_class="advertising",
    )
    return [
        _yearly(kit, Words("יום הולדת", "Birthday"), Words("יום ההולדת", "the birthday"), "birthday", own),
        _yearly(kit, SPOUSE, Words("יום ההולדת של בן או בת הזוג", "the spouse's birthday"), kit.fields["spouse"], spouse),
        _yearly(kit, CHILD, Words("יום ההולדת של הילד או הילדה", "the child's birthday"), kit.fields["child"], child),
        kit.journey(
            Words("מייל חודשי עם ברכת יום הולדת", "Monthly mail with a birthday greeting"),
            Words("ה־1 בכל חודש בשעה 10:00", "the 1st of each month at 10:00"),
            {"mail": month},
            {"kind": "date", "on": A_FIRST, "every": "month", "at": "10:00", "rule": {"consent": "email"}},
            reentry={"policy": "always"},
        ),
    ]  # fmt: skip


def _yearly(kit: Kit, name: Words, day: Words, field: str, mail: Json) -> Drawn:
    return kit.journey(
        Words(f"ברכה: {name.he}", f"Greeting: {name.en}"),
        Words(f"{day.he}, כל שנה בשעה 09:00", f"{day.en}, each year at 09:00"),
        {"mail": mail},
        {"kind": "date", "field": field, "every": "year", "at": "09:00"},
        reentry={"policy": "always"},
    )


RECIPES.register(
    Recipe(
        "birthdays", "cake", "coral",
        Words("ימי הולדת", "Birthdays"),
        Words(
            "ברכה ביום ההולדת של איש הקשר, של בן או בת הזוג ושל הילד, ומייל חודשי עם פסקה למי שחוגג החודש. מי שנולד ב־29 בפברואר מקבל ב־28 בשנה רגילה.",
            "A greeting on the birthday of the contact, the spouse and the child, and a monthly mail with a paragraph for those who celebrate this month. Whoever was born on 29 February gets it on the 28th in other years.",
        ),
        draw,
        fields=(NewField("spouse", SPOUSE, "date"), NewField("child", CHILD, "date")),
        before=Words(
            "הברכות הן פרסומת, ולכן יישלחו רק למי שהסכים. מלאו במייל החודשי את החדשות שלכם.",
            "Greetings are advertising, so only those who agreed get them. Put your own news into the monthly mail.",
        ),
    )
)  # fmt: skip
