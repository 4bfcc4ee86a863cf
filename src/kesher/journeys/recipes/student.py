"""E-28: somebody asks about studies; each change of the status fires only its own."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Words

NEW = Words("פנייה חדשה", "New request")
MEETING = Words("נקבעה פגישה", "Meeting set")
NO_ANSWER = Words("אין מענה", "No answer")


def draw(kit: Kit) -> list[Drawn]:
    when = kit.tag("meeting", Words("יישלח בנפרד", "to be sent separately"))
    welcome = kit.mail(
        Words("קיבלנו את הפנייה שלכם", "We have your request"),
        Words(
            "תודה שפניתם אלינו. קראנו את הפנייה, ויועץ לימודים יתקשר אליכם ביום העבודה הקרוב.",
            "Thank you for writing to us. We have read your request, and an adviser will call you on the next working day.",
        ),
        Words(
            "רוצים להקדים? השיבו למייל הזה וספרו איזה תחום מעניין אתכם.",
            "Would you like to start now? Reply to this mail and tell us which field interests you.",
        ),
    )
    details = kit.mail(
        Words("פרטי הפגישה", "Your meeting: the details"),
        Words("שמחים שקבענו להיפגש.", "We look forward to meeting you."),
        Words(f"מועד הפגישה: <strong>{when.he}</strong>", f"When: <strong>{when.en}</strong>"),
        Words(
            "כדאי להביא תעודת זהות וגיליון ציונים. צריכים לשנות את המועד? השיבו למייל הזה.",
            "Please bring an identity card and your transcript. To choose another time, reply to this mail.",
        ),
        message_class="transactional",
    )
    text = kit.sms(
        Words("ניסינו להתקשר", "We tried to call"),
        Words(
            "שלום [[first_name|לכם]], ניסינו להתקשר ולא הצלחנו. מתי נוח לכם שננסה שוב?",
            "Hello [[first_name|there]], we tried to call you. When may we try again?",
        ),
    )
    return [
        _on(kit, "new", NEW, welcome),
        _on(kit, "meeting", MEETING, details),
        _on(kit, "no_answer", NO_ANSWER, text),
    ]


def _on(kit: Kit, status: str, words: Words, send: Json) -> Drawn:
    return kit.journey(
        Words(f"מתעניינים: {words.he}", f"Prospective students: {words.en}"),
        Words(f"הסטטוס משתנה ל״{words.he}״", f"the status becomes “{words.en}”"),
        {"send": send},
        kit.changed("status", kit.became("status", status)),
        reentry={"policy": "always"},
    )


RECIPES.register(
    Recipe(
        "prospective_student", "school", "blue",
        Words("מתעניינים ללימודים", "Prospective students"),
        Words(
            "פנייה חדשה מקבלת מייל ברוכים הבאים, פגישה שנקבעה – מייל עם הפרטים, ומי שלא ענה – SMS. כל שינוי סטטוס מפעיל רק את שלו.",
            "A new request gets a welcome, a meeting its details by mail, and who did not answer an SMS. Each change of status fires only its own.",
        ),
        draw,
        fields=(
            NewField(
                "status", Words("סטטוס מתעניין", "Prospect status"), "choice",
                (("new", NEW), ("meeting", MEETING), ("no_answer", NO_ANSWER)),
            ),
            NewField("meeting", Words("מועד הפגישה", "Meeting time"), "date_time"),
        ),
        before=Words(
            "את הסטטוס מעדכנים בכרטיס איש הקשר, בייבוא או ב־API.",
            "The status is set on the contact's card, by an import or through the API.",
        ),
    )
)  # fmt: skip
