"""E-18: after a sales call the salesperson's answers decide what follows: price, "think about it", or an obstacle."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Only, Words

CALLED = Words("משוב אחרי שיחת מכירה", "After a sales call")
REASONS = (
    ("price", Words("מחיר", "Price")),
    ("think", Words("רוצה לחשוב", "Wants to think")),
    ("other", Words("חסם אחר", "Another obstacle")),
)
STRENGTHS = (
    ("weak", Words("חלש", "Weak"), Words("נשאר רק פרט קטן לסגור, ואפשר לעשות את זה בשיחה של חמש דקות.", "Only a small matter is left, and a call of five minutes settles it.")),
    ("medium", Words("בינוני", "Medium"), Words("כך פתרנו את זה עם לקוחות אחרים שהתלבטו באותה נקודה.", "Here is how others who hesitated at the same point went on with us.")),
    ("strong", Words("חזק", "Strong"), Words("אנחנו מבינים שזה לא פשוט. אפשר להתחיל בקטן, בלי התחייבות, ולראות איך זה מרגיש.", "We understand that this is not simple. You can start small, bound to nothing, and see how it feels.")),
)  # fmt: skip


def draw(kit: Kit) -> list[Drawn]:
    ways = [(words, kit.choice("reason", key), f"{key}_wait") for key, words in REASONS]
    advertising: Json = {"message_class": "advertising"}
    nodes = {
        "room": kit.leave(
            Words("מפנים מקום למשוב הבא", "Make room for the next answers"), "called", next="reason"
        ),
        "reason": kit.split(Words("למה לא סגרו?", "Why not yet?"), *ways),
        "price_wait": kit.wait(Words("3 שעות", "3 hours"), "PT3H", next="price_text"),
        "price_text": kit.sms(
            Words("הטבה על המחיר", "A better price"),
            Words("שלום [[first_name|לכם]], בדקנו שוב ויש לנו הטבה בשבילכם. השיבו להודעה ונחזור אליכם.", "Hello [[first_name|there]], we looked again and can offer you a better price. Reply and we will call."),
            **advertising,
        ),
        "think_wait": kit.wait(Words("4 ימים", "4 days"), "P4D", next="think_mail"),
        "think_mail": kit.mail(
            Words("מה מספרים לקוחות שלנו", "What our customers say"),
            Words("ביקשתם לחשוב, וזה לגמרי בסדר. הנה כמה מילים של מי שכבר התחילו איתנו.", "You wanted to think it over, and that is fine. Here are a few words of people who began with us."),
            next="think_text", **advertising,
        ),
        "think_text": kit.sms(
            Words("יש שאלה?", "A question?"),
            Words("שלחנו לכם במייל סיפורים של לקוחות. יש שאלה? השיבו להודעה.", "We have mailed you what customers say. A question? Reply to this message."),
            **advertising,
        ),
        "other_wait": kit.wait(Words("יומיים", "2 days"), "P2D", next="value"),
        "value": kit.mail(
            Words("חשבנו על מה שאמרתם", "We thought about what you said"),
            Words("תודה על השיחה הכנה. חשבנו על מה שעוצר אתכם.", "Thank you for being frank with us. We thought about what holds you back."),
            *(Only(kit.choice("strength", key), text) for key, _label, text in STRENGTHS),
            Words("נשמח להמשיך את השיחה: השיבו למייל הזה.", "We would be glad to go on talking: reply to this mail."),
            **advertising,
        ),
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


RECIPES.register(
    Recipe(
        "sales_feedback", "headset", "blue",
        Words("משוב איש מכירות", "Salesperson's feedback"),
        Words(
            "אחרי השיחה ממלאים בכרטיס למה הליד לא סגר: מחיר – SMS עם הטבה אחרי כמה שעות; רוצה לחשוב – המלצות אחרי 4 ימים; חסם אחר – מייל לפי עוצמת החסם אחרי יומיים.",
            "After the call the card says why the lead has not bought: price brings an SMS with an offer within hours; wants to think, testimonials after 4 days; another obstacle, a mail by its strength after 2 days.",
        ),
        draw,
        fields=(
            NewField("quality", Words("איכות השיחה", "Quality of the call"), "rating"),
            NewField("interest", Words("רמת עניין", "Interest"), "rating"),
            NewField("questions", Words("שאלות שעלו", "Questions asked"), "long_text"),
            NewField("reason", Words("סיבת סירוב", "Reason for refusing"), "choice", REASONS),
            NewField(
                "strength", Words("עוצמת החסם", "Strength of the obstacle"), "choice",
                tuple((key, label) for key, label, _text in STRENGTHS),
            ),
        ),
        lists=(NewList("called", CALLED),),
        before=Words(
            "מלאו את התשובות בכרטיס, ואז צרפו את הליד לרשימה. בלי הסכמה לדיוור לא נשלחת פרסומת.",
            "Fill in the answers on the card, then add the lead to the list. Without consent nothing advertising goes.",
        ),
    )
)  # fmt: skip
