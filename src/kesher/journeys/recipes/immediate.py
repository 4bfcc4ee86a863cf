"""E-38: a lead is answered at once, whatever the hour; a task waits for the morning, and so does advertising (T21)."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewList, Recipe
from kesher.journeys.recipes.kit import WORKDAYS, Drawn, Kit, Words

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
        next="morning",
    )
    offer = kit.mail(
        Words("הצעה לחברים חדשים", "An offer for new friends"),
        Words(
            "שמחים שהתעניינתם. השבוע יש אצלנו הטבה למי שמצטרף: השיבו למייל הזה ונשמור לכם אותה.",
            "We are glad that you asked. This week there is something extra for who joins: reply to this mail and we will keep it for you.",
        ),
        message_class="advertising",
    )
    nodes = {
        "answer": answer,
        "morning": kit.step(
            "wait", Words("עד בוקר יום העבודה הקרוב", "Until the next working morning"),
            at="09:00", weekdays=WORKDAYS, next="call",
        ),
        "call": kit.step(
            "task", Words("להתקשר לליד", "Call the lead"),
            title=kit.say(Words("להתקשר אל [[first_name|ליד חדש]]", "Call [[first_name|a new lead]]")),
            next="window",
        ),
        "window": kit.step(
            "wait", Words("עד שעות הפרסום", "Until the hours of advertising"),
            at="11:00", weekdays=WORKDAYS, next="offer",
        ),
        "offer": offer,
    }  # fmt: skip
    return [
        kit.journey(
            Words("מענה מיידי לליד", "A lead answered at once"),
            Words(f"הצטרפות לרשימה ״{LEADS.he}״", f"joining the list “{LEADS.en}”"),
            nodes,
            kit.joined("leads"),
        )
    ]


RECIPES.register(
    Recipe(
        "immediate_answer", "bolt", "amber",
        Words("מענה מיידי לליד", "A lead answered at once"),
        Words(
            "ליד שפנה ביום שישי בערב מקבל תוכן מיד. משימת השיחה נפתחת בבוקר יום העבודה הקרוב, וההצעה השיווקית נשלחת רק בשעות הפרסום.",
            "A lead that writes on Friday night gets the answer at once. The task to call opens on the next working morning, and the offer waits for the hours of advertising.",
        ),
        draw,
        lists=(NewList("leads", LEADS),),
        before=Words(
            "כתבו במייל הראשון את התשובות לשאלות שהלידים שלכם שואלים.",
            "Put the answers to what your leads ask into the first mail.",
        ),
    )
)  # fmt: skip
