"""E-02: five questions of 10, 20 or 30 points, and a text for each band of the sum; beyond the bands there is one, too (T3)."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Words
from kesher.journeys.recipes.summing import Question, summing

NAME = Words("שאלון עם ציון", "A quiz with a score")
QUESTIONS = tuple(f"q{number}" for number in range(1, 6))
ANSWERS = (
    ("a", Words("תשובה א׳", "Answer A")),
    ("b", Words("תשובה ב׳", "Answer B")),
    ("c", Words("תשובה ג׳", "Answer C")),
    ("d", Words("תשובה ד׳", "Answer D")),
)
WORTH = (
    (Words("א׳", "A"), ("a",), 10),
    (Words("ב׳ או ג׳", "B or C"), ("b", "c"), 20),
    (Words("ד׳", "D"), ("d",), 30),
)
BANDS = (
    ("first", (50, 60), Words("בתחילת הדרך: יש לכם לאן לצמוח, והצעד הראשון הוא הכי חשוב.", "At the start: there is room to grow, and the first step matters most.")),
    ("second", (61, 70), Words("בכיוון הנכון: הבסיס כבר שם, ועם קצת תרגול תרגישו את השינוי.", "On the right way: the ground is laid, and with some practice you will feel the change.")),
    ("third", (71, 80), Words("כמעט שם: אתם מכירים את הנושא היטב. נשאר רק ללטש.", "Almost there: you know the subject well. Only the polish is left.")),
)  # fmt: skip
BEYOND = Words(
    "ברמה של מומחים: יש לכם מה ללמד אחרים.",
    "An expert: there is much that others can learn from you.",
)
LIST = Words("ענו על שאלון", "Answered the quiz")


def _name(number: int) -> Words:
    return Words(f"שאלון: שאלה {number}", f"Quiz: question {number}")


def draw(kit: Kit) -> list[Drawn]:
    questions = [
        Question(field, Words(f"שאלה {number}", f"Question {number}"), WORTH)
        for number, field in enumerate(QUESTIONS, 1)
    ]
    nodes = {
        **summing(kit, "total", "text", questions, "band"),
        "band": kit.by_band(
            Words("מה יצא?", "What did it come to?"), "total",
            *((_band(ends), ends, key) for key, ends, _text in BANDS), otherwise="beyond",
        ),
        **{key: _text(kit, _band(ends), text) for key, ends, text in BANDS},
        "beyond": _text(kit, Words("כל ציון אחר", "Any other score"), BEYOND),
        "join": kit.join(Words("ענו על השאלון", "Answered"), "answered", next="mail"),
        "mail": _mail(kit),
    }  # fmt: skip
    return [
        kit.journey(
            Words("שאלון: ניקוד ותוצאה", "Quiz: score and result"),
            Words("תשובות לשאלון", "answers to the quiz"),
            nodes,
            kit.answered(*QUESTIONS),
            reentry={"policy": "restart"},
        )
    ]


def _band(ends: tuple[int, int]) -> Words:
    return Words(f"{ends[0]} עד {ends[1]}", f"{ends[0]} to {ends[1]}")


def _text(kit: Kit, name: Words, text: Words) -> Json:
    return kit.change(name, {"field": "text", "do": "set", "value": kit.say(text)}, next="join")


def _mail(kit: Kit) -> Json:
    total, text = (kit.tag(field, Words("יישלח בנפרד", "to follow")) for field in ("total", "text"))
    return kit.mail(
        Words("התוצאה שלכם בשאלון", "Your result in the quiz"),
        Words("תודה שעניתם!", "Thank you for answering!"),
        Words(f"הציון שלכם: <strong>{total.he}</strong>", f"Your score: <strong>{total.en}</strong>"),
        text,
        Words("רוצים להמשיך מכאן? השיבו למייל הזה, ונמליץ על הצעד הבא.", "Would you like to go on from here? Reply to this mail, and we will suggest the next step."),
        message_class="reply",
    )  # fmt: skip


RECIPES.register(
    Recipe(
        "quiz", "puzzle", "plum",
        NAME,
        Words(
            "חמש שאלות, ולכל תשובה 10, 20 או 30 נקודות. הציון והטקסט שמתאים לו נרשמים מיד, ונשלחים במייל. מי שעונה שוב מקבל ציון חדש ולא סכום של שניהם.",
            "Five questions, and 10, 20 or 30 points for each answer. The score and the text that fits it are there at once and go out by mail. Who answers again gets a new score, not the sum of both.",
        ),
        draw,
        fields=(
            *(NewField(field, _name(number), "choice", ANSWERS) for number, field in enumerate(QUESTIONS, 1)),
            NewField("total", Words("ציון כולל", "Total score"), "number", options={"decimals": 0}),
            NewField("text", Words("תוצאת השאלון", "Quiz result"), "long_text"),
        ),
        lists=(NewList("answered", LIST),),
        before=Words(
            "שנו את שמות השאלות והתשובות בשדות, את הנקודות במסע, ואת הטקסט לכל טווח. התשובות מתעדכנות בכרטיס, בייבוא או ב־API, כולן בבת אחת.",
            "Name the questions and answers in the fields, set the points in the journey, and the text of each band. The answers are told on the card, by an import or through the API, all of them at once.",
        ),
    )
)  # fmt: skip
