"""E-33: birthdays by the Hebrew date, of the contact, the spouse and a child.

The customs of leap years and of months that lack a 30th are those of `lib.hebrew`.
"""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.birthdays import CHILD, SPOUSE
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Words

EVENING = Words("נולד אחרי השקיעה", "Born after sunset")


def draw(kit: Kit) -> list[Drawn]:
    own = kit.mail(
        Words("יום הולדת עברי שמח!", "Happy Hebrew birthday!"),
        Words(
            "היום חל יום ההולדת העברי שלכם. כל הצוות מאחל לכם שנה של בריאות, שמחה ובשורות טובות.",
            "Today is your birthday by the Hebrew date. All of us wish you a year of health, joy and good news.",
        ),
        Words(
            "לכבוד היום מחכה לכם אצלנו מתנה קטנה. הציגו את המייל הזה עד סוף החודש.",
            "For the day a small present waits for you with us. Show this mail until the end of the month.",
        ),
        message_class="advertising",
    )
    spouse = kit.mail(
        Words("מזל טוב בבית!", "Congratulations at home!"),
        Words(
            "היום חל יום ההולדת העברי של בן או בת הזוג. מזל טוב מכולנו, ועוד הרבה שנים יחד.",
            "Today is your spouse's birthday by the Hebrew date. Congratulations from all of us, and many years together.",
        ),
        message_class="advertising",
    )
    child = kit.mail(
        Words("מזל טוב לחוגגים הקטנים!", "Congratulations to somebody small!"),
        Words(
            "היום חל יום ההולדת העברי של הילד או הילדה. שתהיה שנה מתוקה! בואו לחגוג גם אצלנו.",
            "Today is your child's birthday by the Hebrew date. A sweet year! Come and celebrate with us, too.",
        ),
        message_class="advertising",
    )
    evening = {"evening": kit.fields["evening"]}
    return [
        _yearly(kit, Words("יום הולדת עברי", "Hebrew birthday"), "birthday", own, evening),
        _yearly(kit, Words("יום הולדת עברי של בן/בת הזוג", "Spouse's Hebrew birthday"), kit.fields["spouse"], spouse, {}),
        _yearly(kit, Words("יום הולדת עברי של הילד/ה", "Child's Hebrew birthday"), kit.fields["child"], child, {}),
    ]  # fmt: skip


def _yearly(kit: Kit, name: Words, field: str, mail: Json, rest: Json) -> Drawn:
    return kit.journey(
        Words(f"ברכה: {name.he}", f"Greeting: {name.en}"),
        Words(
            f"{name.he}, כל שנה לפי התאריך העברי, בשעה 09:00",
            f"{name.en}, every year by the Hebrew date, at 09:00",
        ),
        {"mail": mail},
        {"kind": "date", "field": field, "every": "hebrew_year", "at": "09:00", **rest},
        reentry={"policy": "always"},
    )


RECIPES.register(
    Recipe(
        "hebrew_birthdays", "star", "amber",
        Words("ימי הולדת לפי התאריך העברי", "Birthdays by the Hebrew date"),
        Words(
            "ברכה ביום ההולדת העברי של איש הקשר, של בן או בת הזוג ושל הילד. התאריך העברי מחושב מתאריך הלידה הלועזי. מי שנולד באדר של שנה פשוטה חוגג בשנה מעוברת באדר ב׳.",
            "A greeting on the Hebrew birthday of the contact, the spouse and the child. The Hebrew date follows from the date of birth. Who was born in Adar of a plain year celebrates in Adar II of a leap year.",
        ),
        draw,
        fields=(
            NewField("spouse", SPOUSE, "date"),
            NewField("child", CHILD, "date"),
            NewField("evening", EVENING, "yes_no"),
        ),
        before=Words(
            "הברכות הן פרסומת, ולכן יישלחו רק למי שהסכים. מי שנולד אחרי השקיעה: סמנו זאת בכרטיס, והתאריך העברי יהיה של המחרת.",
            "Greetings are advertising, so only those who agreed get them. Who was born after sunset: say so on the card, and the Hebrew date is that of the next day.",
        ),
    )
)  # fmt: skip
