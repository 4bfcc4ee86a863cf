"""E-07: one SMS with a line for each thing that concerns its reader: purchases, payment, renewal. Nobody gets an empty one."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Only, Words

LIST = Words("עדכון אישי ב־SMS", "Personal update by SMS")
LOYAL = 3  # purchases from which on we say thank you


def draw(kit: Kit) -> list[Drawn]:
    purchases = kit.tag("purchases", Words("כל", "all"))

    def told(field: str, value: bool) -> Json:
        return {"field": kit.fields[field], "op": "is", "value": value}

    text = kit.sms(
        Words("עדכון אישי", "A personal update"),
        Only(
            kit.number("purchases", "gte", LOYAL),
            Words(f"תודה על {purchases.he} הקניות שלכם אצלנו!", f"Thank you for {purchases.en} purchases!"),
        ),
        Only(
            told("paid", False),
            Words("נשארה יתרה קטנה לתשלום: https://example.com/pay", "There is a balance to pay: https://example.com/pay"),
        ),
        Only(
            told("renewed", False),
            Words("המנוי עוד לא חודש, ושמרנו לכם הטבה לחידוש עד סוף החודש.", "Your subscription is not renewed yet: there is something extra for you until the end of the month."),
        ),
        message_class="advertising",
    )  # fmt: skip
    room = kit.leave(
        Words("מפנים מקום לעדכון הבא", "Make room for the next update"), "readers", next="text"
    )
    return [
        kit.journey(
            Words("עדכון אישי ב־SMS אחד", "One SMS, personal to each"),
            Words(f"הצטרפות לרשימה ״{LIST.he}״", f"joining the list “{LIST.en}”"),
            {"room": room, "text": text},
            kit.joined("readers"),
            reentry={"policy": "always"},
        )
    ]


RECIPES.register(
    Recipe(
        "updates", "message", "amber",
        Words("SMS אחד, כמה קטעים אישיים", "One SMS, several personal lines"),
        Words(
            "SMS אחד לכל אחד, ובו רק מה שנוגע לו: תודה על קניות, יתרה לתשלום, מנוי שלא חודש. למי שאין מה לומר לו לא נשלח כלום.",
            "One SMS for each, with what concerns them only: thanks for purchases, a balance to pay, a subscription not renewed. To whom there is nothing to say nothing goes.",
        ),
        draw,
        fields=(
            NewField("purchases", Words("רכישות", "Purchases"), "number", options={"decimals": 0}),
            NewField("paid", Words("שילמו", "Have paid"), "yes_no"),
            NewField("renewed", Words("חידשו", "Have renewed"), "yes_no"),
        ),
        lists=(NewList("readers", LIST),),
        before=Words(
            "החליפו את example.com/pay בקישור התשלום שלכם. ההודעה היא פרסומת ונשלחת רק למי שהסכים.",
            "Put your own link for example.com/pay. It is advertising and goes only to those who agreed.",
        ),
    )
)  # fmt: skip
