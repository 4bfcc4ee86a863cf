"""E-10: nine visits earn a free tenth; the count begins anew.

Nine are taken off rather than all: of visits told late and at once, those beyond nine count for the next time.
"""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit, Words

NINE = 9
VISITS = Words("כמות ביקורים", "Number of visits")
NAMES = ["visit", "ביקור"]  # what the till or the diary may call the event


def draw(kit: Kit) -> list[Drawn]:
    visits = kit.fields["visits"]
    count = kit.change(
        Words("עוד ביקור", "One more visit"), {"field": "visits", "do": "add", "value": 1}
    )
    counting = kit.journey(
        Words("ספירת ביקורים", "Counting visits"),
        Words("כל אירוע בשם ״ביקור״", "each event called “visit”"),
        {"count": count},
        {"kind": "custom", "rule": {"field": "event.name", "op": "one_of", "value": NAMES}},
        reentry={"policy": "always"},
    )
    enough = kit.ask(
        Words("הגיעו לתשעה?", "Nine of them?"),
        kit.number("visits", "gte", NINE),
        yes="anew",
        no="end",
    )
    anew = kit.change(
        Words("מתחילים לספור מחדש", "Begin to count anew"),
        {"field": "visits", "do": "subtract", "value": NINE}, next="coupon",
    )  # fmt: skip
    coupon = kit.mail(
        Words("הביקור הבא עלינו", "Your next visit is on us"),
        Words(
            "כבר תשעה ביקורים! תודה שאתם חוזרים אלינו. הביקור העשירי – מתנה.",
            "Nine visits already! Thank you for coming back. The tenth is a present.",
        ),
        Words(
            "הציגו את המייל הזה בביקור הבא. קוד: <strong>TENTH</strong>",
            "Show this mail when you come. Code: <strong>TENTH</strong>",
        ),
    )
    ninth = {"field": f"event.after.{visits}", "op": "gte", "value": NINE}
    gift = kit.journey(
        Words("ביקור עשירי במתנה", "The tenth visit is free"),
        Words(f"״{VISITS.he}״ מגיע ל־9", f"“{VISITS.en}” reaches 9"),
        {"enough": enough, "anew": anew, "coupon": coupon},
        kit.changed("visits", ninth),
    )
    return [counting, gift]


RECIPES.register(
    Recipe(
        "visits", "ticket", "plum",
        Words("ביקור עשירי במתנה", "The tenth visit is free"),
        Words(
            "כל ביקור מוסיף 1. אחרי תשעה נשלח מייל עם שובר לביקור העשירי, והספירה מתחילה מחדש.",
            "Each visit adds 1. After nine a mail brings a voucher for the tenth, and the count begins anew.",
        ),
        draw,
        fields=(NewField("visits", VISITS, "number", options={"decimals": 0}),),
        before=Words(
            "החליפו את הקוד TENTH בקוד שלכם. ביקור מדווחים ב־API (אירוע בשם visit), או מעדכנים את המספר בכרטיס.",
            "Put your own code for TENTH. A visit is told through the API (an event called visit), or the number is changed on the card.",
        ),
    )
)  # fmt: skip
