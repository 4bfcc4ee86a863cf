"""E-38: a lead is answered at once, whatever the hour; a task waits for the morning, and so does advertising (T21)."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewList, Recipe
from kesher.journeys.recipes.kit import WORKDAYS, Drawn, Json, Kit, Words

LEADS = Words("לידים חדשים", "New leads")


def draw(kit: Kit) -> list[Drawn]:
    answer = kit.mail(
        Words("הנה המידע שביקשתם", "Here is what you asked for"),
        Words(
            "תודה שפניתם אלינו. ריכזנו כאן את מה שהכי שואלים אותנו, כדי שלא תצטרכו לחכות.",
            "Thank you for writing to us. Here is what people ask us most, so that you need not wait.",
        ),
        Words(
            "נציג שלנו יתקשר אליכם ביום העבודה הקרוב.",
            "One of us will call you on the next working day.",
        ),
        message_class="reply",
        next="pause" if kit.keeps_hours else "morning",
    )
    offer = kit.mail(
        Words("הצעה לחברים חדשים", "An offer for new friends"),
        Words(
            "שמחים שהתעניינתם. השבוע יש אצלנו הטבה למי שמצטרף: השיבו למייל הזה ונשמור לכם אותה.",
            "We are glad that you asked. This week there is something extra for who joins: reply to this mail and we will keep it for you.",
        ),
        message_class="advertising",
    )
    nodes = _by_the_hours(kit, answer, offer) if kit.keeps_hours else _by_waits(kit, answer, offer)
    return [
        kit.journey(
            Words("מענה מיידי לליד", "A lead answered at once"),
            Words(f"הצטרפות לרשימה ״{LEADS.he}״", f"joining the list “{LEADS.en}”"),
            nodes,
            kit.joined("leads"),
        )
    ]


def _by_the_hours(kit: Kit, answer: Json, offer: Json) -> dict[str, Json]:
    """The workspace has sending windows: the offer is due two hours later, and waits for its hours by itself."""
    return {
        "answer": answer,
        "pause": kit.step(
            "wait", Words("שעתיים, כדי לא להציף", "Two hours, so as not to crowd them"),
            next="offer", **{"for": "PT2H"},
        ),
        "offer": {**offer, "next": "morning"},
        "morning": _morning(kit),
        "call": _call(kit, next="end"),
    }  # fmt: skip


def _by_waits(kit: Kit, answer: Json, offer: Json) -> dict[str, Json]:
    """Without windows a wait keeps the offer out of the night."""
    return {
        "answer": answer,
        "morning": _morning(kit),
        "call": _call(kit, next="window"),
        "window": kit.step(
            "wait", Words("עד שעות הפרסום", "Until the hours of advertising"),
            at="11:00", weekdays=WORKDAYS, next="offer",
        ),
        "offer": offer,
    }  # fmt: skip


def _morning(kit: Kit) -> Json:
    return kit.step(
        "wait", Words("עד בוקר יום העבודה הקרוב", "Until the next working morning"),
        at="09:00", weekdays=WORKDAYS, next="call",
    )  # fmt: skip


def _call(kit: Kit, *, next: str) -> Json:
    return kit.step(
        "task", Words("להתקשר לליד", "Call the lead"),
        title=kit.say(Words("להתקשר אל [[first_name|ליד חדש]]", "Call [[first_name|a new lead]]")),
        next=next,
    )  # fmt: skip


RECIPES.register(
    Recipe(
        "immediate_answer", "bolt", "amber",
        Words("מענה מיידי לליד", "A lead answered at once"),
        Words(
            "ליד שפנה ביום שישי בערב מקבל תוכן מיד. משימת השיחה נפתחת בבוקר יום העבודה הקרוב, וההצעה השיווקית נשלחת רק בשעות הפרסום: לפי שעות השליחה שבהגדרות, ואם לא הוגדרו – ביום עבודה ב־11:00.",
            "A lead that writes on Friday night gets the answer at once. The task to call opens on the next working morning, and the offer waits for the hours of advertising: the sending hours of the settings, or where none are set 11:00 on a working day.",
        ),
        draw,
        lists=(NewList("leads", LEADS),),
        before=Words(
            "כתבו במייל הראשון את התשובות לשאלות שהלידים שלכם שואלים.",
            "Put the answers to what your leads ask into the first mail.",
        ),
    )
)  # fmt: skip
