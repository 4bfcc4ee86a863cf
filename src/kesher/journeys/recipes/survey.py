"""E-01: three ratings, their sum, a mail that fits it, and some days later what comes of it."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Only, Words
from kesher.journeys.recipes.summing import Question, summing

NAME = Words("סקר שביעות רצון", "Satisfaction survey")
MOST = 5
QUESTIONS = (
    ("service", Words("שביעות רצון מהשירות", "Satisfied with the service"), Words("בכלל לא", "Not at all"), Words("מאוד", "Very much")),
    ("product", Words("שביעות רצון מהמוצר", "Satisfied with the product"), Words("בכלל לא", "Not at all"), Words("מאוד", "Very much")),
    ("recommend", Words("ימליצו לחברים", "Would recommend us"), Words("בטוח שלא", "Surely not"), Words("בטוח שכן", "Surely")),
)  # fmt: skip
SUM = Words("סיכום סקר", "Survey total")
LEVELS = (
    ("low", (1, 5), Words("נמוכה", "Low")),
    ("medium", (6, 10), Words("בינונית", "Medium")),
    ("high", (11, 15), Words("גבוהה", "High")),
)
SAID = {
    "low": Words("קראנו את התשובות, ואנחנו מצטערים שהחוויה לא הייתה כמו שציפיתם. ספרו לנו בתשובה למייל הזה מה קרה: אנחנו קוראים הכול, ורוצים לתקן.", "We have read your answers, and we are sorry that it was not what you expected. Tell us what happened by replying to this mail: we read all of it and want to put it right."),
    "medium": Words("שמחנו לשמוע שרוב הדברים עבדו כמו שצריך, ויש לנו עוד מה לשפר. מה היה הופך את זה למצוין? השיבו למייל הזה, ואנחנו קוראים הכול.", "Good to hear that most of it went well, and there is more that we can do. What would make it excellent? Reply to this mail: we read all of it."),
    "high": Words("איזה כיף לקרוא את התשובות שלכם! העברנו את המילים הטובות לכל הצוות, והן עשו לנו את היום.", "How good to read your answers! We have passed them on to all of us here, and they made our day."),
}  # fmt: skip


def draw(kit: Kit) -> list[Drawn]:
    stars = [(Words(str(n), str(n)), [n], n) for n in range(1, MOST + 1)]
    questions = [Question(name, words, stars) for name, words, _low, _high in QUESTIONS]
    adding = kit.journey(
        Words(f"{NAME.he}: סיכום", f"{NAME.en}: the sum"),
        Words("תשובה על אחת השאלות או על כולן", "an answer to one question or to all of them"),
        summing(kit, "sum", "level", questions, "end"),
        kit.answered(*(name for name, *_rest in QUESTIONS)),
        reentry={"policy": "restart"},
    )
    known = {"field": f"event.after.{kit.fields['sum']}", "op": "is_set"}
    answering = kit.journey(
        Words(f"{NAME.he}: מענה", f"{NAME.en}: what we say"),
        Words(f"״{SUM.he}״ משתנה", f"“{SUM.en}” changes"),
        _answer(kit),
        kit.changed("sum", known),
        reentry={"policy": "restart"},
    )
    return [adding, answering]


def _answer(kit: Kit) -> dict[str, Json]:
    levels = {
        f"set_{key}": kit.change(words, {"field": "level", "do": "set", "value": kit.choices[f"level.{key}"]}, next="mail")
        for key, _ends, words in LEVELS
    }  # fmt: skip
    return {
        "level": kit.by_band(
            Words("כמה מרוצים?", "How satisfied?"), "sum",
            *((words, ends, f"set_{key}") for key, ends, words in LEVELS), otherwise="beyond",
        ),
        **levels,
        "beyond": kit.change(
            Words("מחוץ לטווחים", "Beyond the bands"), {"field": "level", "do": "clear"}, next="mail"
        ),
        "mail": kit.mail(
            Words("תודה שעניתם על הסקר", "Thank you for answering"),
            Words("תודה שהקדשתם לנו רגע.", "Thank you for giving us a moment."),
            *(Only(kit.number("sum", "between", list(ends)), SAID[key]) for key, ends, _words in LEVELS),
            next="wait",
        ),
        "wait": kit.wait(Words("3 ימים, ואז ב־10:00", "3 days, then 10:00"), "P3D", at="10:00", next="then"),
        "then": kit.by_band(
            Words("איך ממשיכים?", "What follows?"), "sum",
            *((words, ends, key) for key, ends, words in LEVELS), otherwise="end",
        ),
        **_follow_ups(kit),
    }  # fmt: skip


def _follow_ups(kit: Kit) -> dict[str, Json]:
    advertising: Json = {"message_class": "advertising"}
    return {
        "low": kit.mail(
            Words("רוצים לתת לנו עוד הזדמנות?", "Will you give us another chance?"),
            Words("לא הייתם מרוצים, ולנו זה חשוב. כדי לפצות על זה שמרנו לכם 15% הנחה על הקנייה הבאה. קוד: <strong>SORRY15</strong>", "You were not satisfied, and that matters to us. To make up for it there is 15% off your next purchase. Code: <strong>SORRY15</strong>"),
            **advertising,
        ),
        "medium": kit.mail(
            Words("מה שהולך טוב עם מה שכבר יש לכם", "What goes well with what you have"),
            Words("אספנו בשבילכם כמה מוצרים שמשלימים את מה שכבר קניתם אצלנו.", "Here are some products that complement what you bought from us."),
            Button(Words("למוצרים המשלימים", "See them"), "https://example.com/more", {}),
            **advertising,
        ),
        "high": kit.mail(
            Words("נשמח אם תמליצו עלינו", "Would you recommend us?"),
            Words("נתתם לנו ציון גבוה, ותודה על זה! יש לכם חברים שזה יכול להתאים גם להם? ספרו להם עלינו.", "You rated us highly, thank you! Do you have friends whom it would suit, too? Tell them about us."),
            Words("ואפשר גם להשיב למייל הזה בכמה מילים טובות, ונפרסם אותן בשמכם.", "Or reply to this mail with a few kind words, and we will publish them in your name."),
            **advertising,
        ),
    }  # fmt: skip


RECIPES.register(
    Recipe(
        "survey", "clipboard-check", "blue",
        NAME,
        Words(
            "שלוש שאלות בסולם של 1 עד 5 מסתכמות לציון, ונשלח מייל אחד שמתאים לו. אחרי שלושה ימים: לא מרוצים – הטבה; באמצע – מוצרים משלימים; מרוצים – בקשה להמליץ.",
            "Three questions from 1 to 5 add up, and one mail that fits goes out. Three days later: a benefit for the dissatisfied, complementary products for those between, and the satisfied are asked to recommend.",
        ),
        draw,
        fields=(
            *(NewField(name, words, "rating", options={"max": MOST, "low": low, "high": high}) for name, words, low, high in QUESTIONS),
            NewField("sum", SUM, "number", options={"decimals": 0}),
            NewField("level", Words("רמת שביעות רצון", "Level of satisfaction"), "choice", tuple((key, words) for key, _ends, words in LEVELS)),
        ),
        before=Words(
            "החליפו את הקוד SORRY15 ואת הכתובת example.com בשלכם. התשובות מתעדכנות בכרטיס, בייבוא או ב־API, כולן בבת אחת.",
            "Put your own code for SORRY15 and your own address for example.com. The answers are told on the card, by an import or through the API, all of them at once.",
        ),
    )
)  # fmt: skip
