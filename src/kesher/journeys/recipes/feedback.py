"""E-18: after a sales call the salesperson's answers decide what follows: price, "think about it", or an obstacle.

Each obstacle has a mail of value of its own: one opener, a paragraph by its strength, one closer.
"""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Only, Words

CALLED = Words("משוב אחרי שיחת מכירה", "After a sales call")
STRENGTHS = (
    ("weak", Words("חלש", "Weak")),
    ("medium", Words("בינוני", "Medium")),
    ("strong", Words("חזק", "Strong")),
)
# The obstacle, the subject of its mail, and what the mail says by the strength of it.
OBSTACLES = (
    (
        "fit", Words("לא בטוחים שזה מתאים", "Unsure that it suits"),
        Words("איך יודעים אם זה מתאים לכם", "How to know whether it suits you"),
        (
            Words("נשאר רק פרט קטן לבדוק, ואפשר לסגור אותו בשיחה של חמש דקות.", "Only a small matter is left, and a call of five minutes settles it."),
            Words("ככה זה נראה אצל לקוחות שהתלבטו בדיוק באותה נקודה: מה ניסו קודם, ומה השתנה.", "This is how it went with others who hesitated at the same point: what they tried before, and what changed."),
            Words("אפשר להתחיל בקטן, בלי התחייבות, ולהחליט רק אחרי שרואים איך זה עובד אצלכם.", "You can start small, bound to nothing, and decide once you see how it works for you."),
        ),
    ),
    (
        "time", Words("אין זמן עכשיו", "No time now"),
        Words("גם כשאין זמן, אפשר להתחיל", "Even without time you can begin"),
        (
            Words("ההתחלה לוקחת רבע שעה, ואת כל ההכנות אנחנו עושים בשבילכם.", "The start takes a quarter of an hour, and we prepare all of it for you."),
            Words("הכנו תוכנית מדורגת: צעד קטן בשבוע, בקצב שלכם.", "We have a plan in steps: a small one each week, at your own pace."),
            Words("נשמור לכם את התנאים מהשיחה, ונחזור אליכם במועד שתבחרו.", "We keep the terms of our call for you, and come back when you choose."),
        ),
    ),
    (
        "other", Words("חסם אחר", "Another obstacle"),
        Words("חשבנו על מה שאמרתם", "We thought about what you said"),
        (
            Words("זה משהו שפותרים מהר: ספרו לנו במשפט אחד מה חסר לכם.", "That is soon solved: tell us in a sentence what you miss."),
            Words("לקוחות אחרים שאלו על אותו דבר, וריכזנו בשבילכם את התשובות.", "Others have asked about the same, and here are our answers."),
            Words("אנחנו מבינים שזה לא פשוט. נשמח לחשוב יחד על דרך שתתאים לכם.", "We understand that this is not simple, and would be glad to find a way with you."),
        ),
    ),
)  # fmt: skip
REASONS = (
    ("price", Words("מחיר", "Price")),
    ("think", Words("רוצים לחשוב", "Want to think about it")),
    *((key, words) for key, words, _subject, _texts in OBSTACLES),
)
OPENER = Words("תודה על השיחה הכנה. חשבנו על מה שעוצר אתכם.", "Thank you for being frank with us. We thought about what holds you back.")  # fmt: skip
CLOSER = Words("נשמח להמשיך את השיחה: השיבו למייל הזה.", "We would be glad to go on talking: reply to this mail.")  # fmt: skip
ADVERTISING: Json = {"message_class": "advertising"}


def draw(kit: Kit) -> list[Drawn]:
    obstacles = [
        (words, kit.choice("reason", key), key) for key, words, _subject, _texts in OBSTACLES
    ]
    words = dict(REASONS)
    nodes = {
        "room": kit.leave(
            Words("מפנים מקום למשוב הבא", "Make room for the next answers"), "called", next="reason"
        ),
        "reason": kit.split(
            Words("למה לא סגרו?", "Why not yet?"),
            (words["price"], kit.choice("reason", "price"), "price_wait"),
            (words["think"], kit.choice("reason", "think"), "think_wait"),
            (Words("חסם", "An obstacle"), {"any": [rule for _words, rule, _key in obstacles]}, "value_wait"),
        ),
        **_price(kit),
        **_think(kit),
        "value_wait": kit.wait(Words("יומיים", "2 days"), "P2D", next="which"),
        "which": kit.split(Words("איזה חסם?", "Which obstacle?"), *obstacles),
        **{key: _value(kit, subject, texts) for key, _words, subject, texts in OBSTACLES},
    }  # fmt: skip
    return [
        kit.journey(
            Words("משוב איש מכירות", "Salesperson's feedback"),
            Words(f"הצטרפות לרשימה ״{CALLED.he}״", f"joining the list “{CALLED.en}”"),
            nodes,
            kit.joined("called"),
            reentry={"policy": "restart"},
        )
    ]


def _price(kit: Kit) -> dict[str, Json]:
    return {
        "price_wait": kit.wait(Words("3 שעות", "3 hours"), "PT3H", next="price_text"),
        "price_text": kit.sms(
            Words("הטבה על המחיר", "A better price"),
            Words("שלום [[first_name|לכם]], בדקנו שוב ויש לנו הטבה בשבילכם. השיבו להודעה ונחזור אליכם.", "Hello [[first_name|there]], we looked again and can offer you a better price. Reply and we will call."),
            **ADVERTISING,
        ),
    }  # fmt: skip


def _think(kit: Kit) -> dict[str, Json]:
    return {
        "think_wait": kit.wait(Words("4 ימים", "4 days"), "P4D", next="think_mail"),
        "think_mail": kit.mail(
            Words("מה מספרים לקוחות שלנו", "What our customers say"),
            Words("ביקשתם לחשוב, וזה לגמרי בסדר. אולי יעזור לשמוע ממי שעמדו באותו מקום: אספנו כמה סיפורים של לקוחות, במילים שלהם.", "You wanted to think it over, and that is fine. It may help to hear from those who stood where you stand: here are some customers' stories, in their own words."),
            Button(Words("לסיפורים של הלקוחות", "Read their stories"), "https://example.com/stories", {}),
            next="think_text", **ADVERTISING,
        ),
        "think_text": kit.sms(
            Words("יש שאלה?", "A question?"),
            Words("שלום [[first_name|לכם]], שלחנו לכם במייל סיפורים של לקוחות. יש שאלה? השיבו להודעה.", "Hello [[first_name|there]], we have mailed you what customers say. A question? Reply to this message."),
            **ADVERTISING,
        ),
    }  # fmt: skip


def _value(kit: Kit, subject: Words, texts: tuple[Words, ...]) -> Json:
    by_strength = (
        Only(kit.choice("strength", key), text)
        for (key, _label), text in zip(STRENGTHS, texts, strict=True)
    )
    return kit.mail(subject, OPENER, *by_strength, CLOSER, **ADVERTISING)


RECIPES.register(
    Recipe(
        "sales_feedback", "headset", "blue",
        Words("משוב איש מכירות", "Salesperson's feedback"),
        Words(
            "אחרי השיחה ממלאים בכרטיס למה הליד לא סגר: מחיר – SMS עם הטבה אחרי כמה שעות; רוצים לחשוב – המלצות במייל ו־SMS אחרי 4 ימים; חסם – אחרי יומיים מייל שעונה לחסם הזה, לפי העוצמה שלו.",
            "After the call the card says why the lead has not bought: price brings an SMS with an offer within hours; wants to think, testimonials by mail and an SMS after 4 days; an obstacle, after 2 days a mail about that obstacle, by its strength.",
        ),
        draw,
        fields=(
            NewField("quality", Words("איכות השיחה", "Quality of the call"), "rating"),
            NewField("interest", Words("רמת עניין", "Interest"), "rating"),
            NewField("questions", Words("שאלות שעלו", "Questions asked"), "long_text"),
            NewField("reason", Words("סיבת סירוב", "Reason for refusing"), "choice", REASONS),
            NewField("strength", Words("עוצמת החסם", "Strength of the obstacle"), "choice", STRENGTHS),
        ),
        lists=(NewList("called", CALLED),),
        before=Words(
            "מלאו את התשובות בכרטיס, ואז צרפו את הליד לרשימה. החליפו את example.com בעמוד ההמלצות שלכם. בלי הסכמה לדיוור לא נשלחת פרסומת.",
            "Fill in the answers on the card, then add the lead to the list. Put your page of testimonials for example.com. Without consent nothing advertising goes.",
        ),
    )
)  # fmt: skip
