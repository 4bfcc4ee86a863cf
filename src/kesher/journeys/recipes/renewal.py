"""E-32: a renewal is announced N days ahead, on its own way, and stops when the date moves on."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit, Words

DAYS_AHEAD, LAST_DAYS = 30, 7


def draw(kit: Kit) -> list[Drawn]:
    field = kit.fields["renewal"]
    day = kit.tag("renewal", Words("בקרוב", "soon"))
    mail = kit.mail(
        Words("המנוי שלכם מסתיים בעוד חודש", "Your subscription ends in a month"),
        Words(f"המנוי שלכם בתוקף עד <strong>{day.he}</strong>.", f"Your subscription runs until <strong>{day.en}</strong>."),
        Words(
            "כדי להמשיך בלי הפסקה, השיבו למייל הזה ונדאג לחידוש.",
            "To go on without a break, reply to this mail and we will see to it.",
        ),
        next="week",
    )  # fmt: skip
    nodes = {
        "mail": mail,
        "week": kit.step(
            "wait", Words("עד שבוע לפני החידוש", "Until a week before"),
            until_field=field, offset=f"-P{LAST_DAYS}D", at="10:00", next="sms",
        ),
        "sms": kit.sms(
            Words("תזכורת שבוע לפני", "A reminder a week before"),
            Words(f"המנוי שלכם בתוקף עד {day.he}. לחידוש השיבו להודעה הזו.", f"Your subscription runs until {day.en}. Reply to renew."),
            next="day",
        ),
        "day": kit.step(
            "wait", Words("עד יום החידוש", "Until the day"), until_field=field, at="09:00", next="call",
        ),
        "call": kit.step(
            "task", Words("שיחה אישית", "A personal call"),
            title=kit.say(Words("להתקשר היום אל [[first_name|לקוח]]: המנוי עוד לא חודש", "[[first_name|A customer]] has not renewed: call today")),
        ),
    }  # fmt: skip
    return [
        kit.journey(
            Words("חידוש מנוי", "Renewal"),
            Words(
                f"{DAYS_AHEAD} ימים לפני תאריך החידוש, בשעה 10:00",
                f"{DAYS_AHEAD} days before the renewal date, at 10:00",
            ),
            nodes,
            {"kind": "date", "field": field, "offset": f"-P{DAYS_AHEAD}D", "at": "10:00"},
            # Renewed: the date is no longer within the days that this is about.
            exit_if={"not": {"field": field, "op": "in_next", "value": f"P{DAYS_AHEAD}D"}},
        )
    ]


RECIPES.register(
    Recipe(
        "renewal", "refresh", "moss",
        Words("חידוש מנוי", "Renewal"),
        Words(
            "מייל 30 יום לפני תאריך החידוש, SMS שבוע לפני, ומשימה לשיחה ביום עצמו. מי שהתאריך שלו עודכן – יצא מהמסע, ובשנה הבאה יתחיל שוב.",
            "A mail 30 days before the renewal date, an SMS a week before, and a task to call on the day. Once the date is moved on the journey ends, and begins again next year.",
        ),
        draw,
        fields=(NewField("renewal", Words("תאריך חידוש", "Renewal date"), "date"),),
        before=Words(
            "ימים אחרים? שנו את ״30 ימים לפני״ בתחילת המסע וגם בתנאי היציאה שלו.",
            "Other days? Change the 30 days where the journey starts and also in its exit condition.",
        ),
    )
)  # fmt: skip
