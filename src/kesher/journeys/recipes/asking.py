"""E-19: some days after a call without a purchase people are asked why, and each answer has its own answer."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Words

DAYS = 3  # after the call
LATER = 30
REASONS = (
    ("unclear", Words("לא הכול ברור לי", "Not all of it is clear to me")),
    ("later", Words("עכשיו לא הזמן", "Not just now")),
    ("price", Words("המחיר גבוה לי", "The price is too high")),
)
THANKS = "https://example.com/thanks"


def draw(kit: Kit) -> list[Drawn]:
    bought: Json = {"field": kit.fields["bought"], "op": "is", "value": True}
    buttons = (
        Button(
            words,
            THANKS,
            {"changes": [{"field": kit.fields["why"], "do": "set", "value": kit.choices[f"why.{key}"]}]},
        )
        for key, words in REASONS
    )  # fmt: skip
    ways = [(words, kit.choice("why", key), key) for key, words in REASONS]
    advertising: Json = {"message_class": "advertising"}
    nodes = {
        "forget": kit.change(
            Words("שוכחים תשובה ישנה", "Forget an old answer"),
            {"field": "why", "do": "clear"}, next="ask",
        ),
        "ask": kit.mail(
            Words("אפשר לשאול מה עצר אתכם?", "May we ask what held you back?"),
            Words("תודה על השיחה. עוד לא סגרנו, וזה בסדר גמור. לחיצה אחת תעזור לנו לעזור לכם:", "Thank you for the call. We have not closed yet, and that is fine. One click helps us to help you:"),
            *buttons,
            next="answer",
        ),
        "answer": kit.until(
            Words("ענו?", "Answered?"), kit.is_set("why"),
            timeout="P5D", yes="which", timed_out="text",
        ),
        "text": kit.sms(
            Words("תזכורת לענות", "A reminder to answer"),
            Words("שלום [[first_name|לכם]], שאלנו במייל מה עצר אתכם. אפשר לענות כאן במילה אחת: הסבר, זמן או מחיר.", "Hello [[first_name|there]], we asked by mail what held you back. You can answer here in a word: unclear, later or price."),
            next="late",
        ),
        "late": kit.until(
            Words("ענו על התזכורת?", "Answered the reminder?"), kit.is_set("why"),
            timeout="P5D", yes="which", timed_out="end",
        ),
        "which": kit.split(Words("מה ענו?", "What was the answer?"), *ways),
        "unclear": kit.mail(
            Words("הנה ההסבר, בקצרה", "Here is the explanation, in short"),
            Words("תודה שעניתם. ריכזנו את התשובות לשאלות שחוזרות הכי הרבה: מה מקבלים, איך מתחילים ומה קורה אם לא מתאים.", "Thank you for answering. Here are the answers to what people ask most: what you get, how to begin, and what happens if it does not suit you."),
            Button(Words("לשאלות ולתשובות", "Questions and answers"), "https://example.com/questions", {}),
            Words("נשארה שאלה? השיבו למייל הזה, ונענה עוד היום.", "Still a question? Reply to this mail and we will answer today."),
        ),
        "later": kit.wait(Words(f"{LATER} יום", f"{LATER} days"), f"P{LATER}D", next="offer"),
        "offer": kit.mail(
            Words("אמרתם אחר כך, אז חזרנו", "You said later, so here we are"),
            Words("לפני חודש אמרתם שזה לא הזמן. אם עכשיו נוח יותר, שמרנו לכם את התנאים מהשיחה.", "A month ago it was not the time. If it suits you better now, we have kept the terms of our call for you."),
            **advertising,
        ),
        "price": kit.mail(
            Words("בדקנו שוב את המחיר בשבילכם", "We looked at the price again for you"),
            Words("תודה שאמרתם בגלוי. יש לנו הנחה של 10% בשבילכם, בתוקף לשבועיים. קוד: <strong>TALK10</strong>", "Thank you for being frank. We have 10% off for you, for two weeks. Code: <strong>TALK10</strong>"),
            **advertising,
        ),
    }  # fmt: skip
    return [
        kit.journey(
            Words("למה עוד לא קנו?", "Why not yet?"),
            Words(
                f"{DAYS} ימים אחרי תאריך השיחה, בשעה 10:00, למי שלא קנה",
                f"{DAYS} days after the call, at 10:00, for those who have not bought",
            ),
            nodes,
            {
                "kind": "date", "field": kit.fields["called"], "offset": f"P{DAYS}D",
                "at": "10:00", "rule": {"not": bought},
            },
            reentry={"policy": "restart"},
            exit_if=bought,
        )
    ]  # fmt: skip


RECIPES.register(
    Recipe(
        "ask_why", "help-circle", "coral",
        Words("לשאול למה", "Ask why"),
        Words(
            "שלושה ימים אחרי שיחה בלי רכישה נשלח מייל עם שאלה ושלושה כפתורים. לא ברור – הסבר; לא עכשיו – הצעה אחרי חודש; המחיר – הנחה. מי שקנה יוצא מיד.",
            "Three days after a call without a purchase a mail asks why, with three buttons. Unclear brings an explanation; not now, an offer a month later; the price, a discount. Who buys leaves at once.",
        ),
        draw,
        fields=(
            NewField("called", Words("תאריך שיחה", "Call date"), "date"),
            NewField("bought", Words("קנה אחרי השיחה", "Bought after the call"), "yes_no"),
            NewField("why", Words("למה עוד לא", "Why not yet"), "choice", REASONS),
        ),
        before=Words(
            "החליפו את הכתובות example.com בכפתורים בעמוד תודה ובעמוד שאלות ותשובות שלכם, ואת הקוד TALK10 בקוד שלכם. תאריך השיחה והרכישה מתעדכנים בכרטיס, בייבוא או ב־API.",
            "Put your thank-you page and your page of questions for example.com in the buttons, and your own code for TALK10. The call and the purchase are told on the card, by an import or through the API.",
        ),
    )
)  # fmt: skip
