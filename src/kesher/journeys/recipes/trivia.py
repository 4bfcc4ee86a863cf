"""E-04: three questions of trivia of which parents of small children know the answers; two or more right, and they likely are.

What is inferred says so, and from where: it is a guess, kept apart from what people tell of themselves.
"""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Json, Kit, Words
from kesher.journeys.recipes.quiz import ANSWERS
from kesher.journeys.recipes.summing import Question, summing

NAME = Words("חידון שמגלה הורים", "Trivia that finds parents")
RIGHT = ("b", "a", "c")  # to be set by whoever writes the questions
QUESTIONS = tuple(f"q{number}" for number in range(1, len(RIGHT) + 1))
ENOUGH = 2
GUESS = Words("ילדים קטנים", "Has small children")
PARENTS = Words("הורים", "Parents")
SOURCE = Words("השערה לפי החידון, לא נמסר מהם", "a guess from the trivia, not told by them")


def draw(kit: Kit) -> list[Drawn]:
    letters = dict(ANSWERS)
    questions = [
        Question(
            field, Words(f"שאלה {number}", f"Question {number}"),
            ((Words(f"נכון: {letters[right].he}", f"Right: {letters[right].en}"), (right,), 1),),
        )
        for number, (field, right) in enumerate(zip(QUESTIONS, RIGHT, strict=True), 1)
    ]  # fmt: skip
    return [
        kit.journey(
            Words("חידון: תשובות נכונות והשערה", "Trivia: right answers and a guess"),
            Words("תשובות לחידון", "answers to the trivia"),
            {**summing(kit, "right", None, questions, "enough"), **_guess(kit), "mail": _mail(kit)},
            kit.answered(*QUESTIONS),
            reentry={"policy": "restart"},
        )
    ]


def _guess(kit: Kit) -> dict[str, Json]:
    return {
        "enough": kit.ask(
            Words(f"{ENOUGH} נכונות ומעלה?", f"{ENOUGH} right or more?"),
            kit.number("right", "gte", ENOUGH), yes="told", no="mail",
        ),
        "told": kit.ask(
            Words("כבר ידוע מהם?", "Known from them already?"),
            {"any": [kit.choice("guess", "yes"), kit.choice("guess", "no")]}, yes="mail", no="guess",
        ),
        "guess": kit.change(
            Words("ככל הנראה הורים", "Parents, probably"),
            {"field": "guess", "do": "set", "value": kit.choices["guess.probable"]},
            {"field": "source", "do": "set", "value": kit.say(SOURCE)},
            next="join",
        ),
        "join": kit.join(Words("לרשימת ההורים", "Into the list of parents"), "parents", next="mail"),
    }  # fmt: skip


def _mail(kit: Kit) -> Json:
    right = kit.tag("right", Words("0", "0"))
    most = len(RIGHT)
    return kit.mail(
        Words("כמה ידעתם? התוצאה שלכם בחידון", "How many did you know? Your result"),
        Words(f"תודה ששיחקתם! עניתם נכון על <strong>{right.he}</strong> מתוך {most} שאלות.", f"Thank you for playing! You had <strong>{right.en}</strong> of {most} right."),
        Words("חידון חדש בדרך אליכם בקרוב.", "A new one is on its way to you soon."),
        message_class="reply",
    )  # fmt: skip


RECIPES.register(
    Recipe(
        "trivia", "bulb", "amber",
        NAME,
        Words(
            "שלוש שאלות שהורים לילדים קטנים יודעים לענות עליהן. שתי תשובות נכונות ומעלה: ״ככל הנראה״ יש להם ילדים קטנים, והם נכנסים לרשימת ההורים. מקור ההשערה נשמר.",
            "Three questions whose answers parents of small children know. Two right or more: they “probably” have small children and join the list of parents. Where the guess comes from is kept.",
        ),
        draw,
        fields=(
            *(
                NewField(field, Words(f"חידון: שאלה {number}", f"Trivia: question {number}"), "choice", ANSWERS)
                for number, field in enumerate(QUESTIONS, 1)
            ),
            NewField("right", Words("תשובות נכונות בחידון", "Right answers in the trivia"), "number", options={"decimals": 0}),
            NewField(
                "guess", GUESS, "choice",
                (("probable", Words("ככל הנראה", "Probably")), ("yes", Words("כן", "Yes")), ("no", Words("לא", "No"))),
            ),
            NewField("source", Words("מקור ההשערה על ילדים", "Source of the guess about children"), "text"),
        ),
        lists=(NewList("parents", PARENTS),),
        before=Words(
            "בחרו במסע את התשובה הנכונה לכל שאלה. זו השערה: אל תכתבו למי שברשימה כאילו סיפרו לכם שיש להם ילדים.",
            "Choose the right answer of each question in the journey. It is a guess: do not write to them as if they had told you of children.",
        ),
    )
)  # fmt: skip
