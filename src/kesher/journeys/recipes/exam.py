"""E-20: right answers add one, the pass mark decides; a retry starts from nothing, the next exam comes in three months."""

from __future__ import annotations

from kesher.journeys.recipes.base import RECIPES, NewField, Recipe
from kesher.journeys.recipes.kit import Button, Drawn, Json, Kit, Words
from kesher.journeys.recipes.quiz import ANSWERS
from kesher.journeys.recipes.summing import Question, summing

NAME = Words("מבחן", "Exam")
RIGHT = (
    "a",
    "c",
    "b",
    "d",
    "a",
    "b",
    "d",
    "c",
    "a",
    "b",
)  # to be set by whoever writes the questions
PASS = 7
QUESTIONS = tuple(f"q{number}" for number in range(1, len(RIGHT) + 1))
RESULTS = (("passed", Words("עברו", "Passed")), ("failed", Words("לא עברו", "Not passed")))
MONTHS = 3


def draw(kit: Kit) -> list[Drawn]:
    letters = dict(ANSWERS)
    questions = [
        Question(
            field, Words(f"שאלה {number}", f"Question {number}"),
            ((Words(f"נכון: {letters[right].he}", f"Right: {letters[right].en}"), (right,), 1),),
        )
        for number, (field, right) in enumerate(zip(QUESTIONS, RIGHT, strict=True), 1)
    ]  # fmt: skip
    grading = kit.journey(
        Words("מבחן: ציון ותוצאה", "Exam: score and result"),
        Words("תשובות למבחן", "answers to the exam"),
        {**summing(kit, "score", "result", questions, "mark"), **_results(kit)},
        kit.answered(*QUESTIONS),
        reentry={"policy": "restart"},
    )
    passed = {"field": kit.fields["result"], "op": "is", "value": kit.choices["result.passed"]}
    again = kit.journey(
        Words("מבחן: המועד הבא", "Exam: the next one"),
        Words(
            f"{MONTHS} חודשים אחרי המבחן, בשעה 10:00, למי שעברו",
            f"{MONTHS} months after the exam, at 10:00, for those who passed",
        ),
        {
            "mail": kit.mail(
                Words("הגיע הזמן למבחן הבא", "Time for the next exam"),
                Words("עברו שלושה חודשים מהמבחן הקודם שלכם, והגיע מועד המבחן הבא. בהצלחה!", "Three months have passed since your last exam, and the next one is due. Good luck!"),
                Button(Words("למבחן", "To the exam"), "https://example.com/exam", {}),
            )
        },
        {"kind": "date", "field": kit.fields["day"], "offset": f"P{MONTHS}M", "at": "10:00", "rule": passed},
        reentry={"policy": "always"},
    )  # fmt: skip
    return [grading, again]


def _results(kit: Kit) -> dict[str, Json]:
    score = kit.tag("score", Words("0", "0"))
    most = len(RIGHT)
    return {
        "mark": kit.by_band(
            Words(f"{PASS} תשובות נכונות ומעלה?", f"{PASS} right answers or more?"), "score",
            (RESULTS[0][1], (PASS, most), "passed"), (RESULTS[1][1], (0, PASS - 1), "failed"),
            otherwise="end",
        ),
        "passed": _result(kit, "passed", RESULTS[0][1], "well_done"),
        "well_done": kit.mail(
            Words("עברתם את המבחן, כל הכבוד!", "You passed, well done!"),
            Words(f"עניתם נכון על <strong>{score.he}</strong> מתוך {most} שאלות.", f"You answered <strong>{score.en}</strong> of {most} questions right."),
            Words("המבחן הבא יהיה בעוד שלושה חודשים, ונזכיר לכם כשיגיע המועד.", "The next exam is in three months, and we will remind you."),
            message_class="reply", next="tell_passed",
        ),
        "tell_passed": _tell(kit, Words("עברו את המבחן", "An exam passed"), Words(f"[[first_name|איש קשר]]: ציון עובר במבחן, {score.he} מתוך {most}", f"[[first_name|A contact]] passed the exam, {score.en} of {most}")),
        "failed": _result(kit, "failed", RESULTS[1][1], "try_again"),
        "try_again": kit.mail(
            Words("עוד קצת תרגול, ומנסים שוב", "A little more practice, and another try"),
            Words(f"הפעם עניתם נכון על <strong>{score.he}</strong> מתוך {most} שאלות, וכדי לעבור צריך {PASS}. כדאי לחזור על השיעור ולנסות שוב: סופרים מההתחלה.", f"This time you answered <strong>{score.en}</strong> of {most} questions right, and {PASS} are needed. Go over the lesson and try again: the count starts anew."),
            Button(Words("לשיעור", "To the lesson"), "https://example.com/lesson", {}),
            message_class="reply", next="tell_failed",
        ),
        "tell_failed": _tell(kit, Words("לא עברו את המבחן", "An exam not passed"), Words(f"[[first_name|איש קשר]]: ציון לא עובר במבחן, {score.he} מתוך {most}", f"[[first_name|A contact]] has not passed the exam, {score.en} of {most}")),
    }  # fmt: skip


def _result(kit: Kit, key: str, words: Words, following: str) -> Json:
    result = {"field": "result", "do": "set", "value": kit.choices[f"result.{key}"]}
    day = {"field": "day", "do": "set_date", "value": "today"}
    return kit.change(words, result, day, next=following)


def _tell(kit: Kit, name: Words, text: Words) -> Json:
    return kit.step("alert", name, text=kit.say(text))


RECIPES.register(
    Recipe(
        "exam", "certificate", "moss",
        Words("מבחן עם ציון עובר", "An exam with a pass mark"),
        Words(
            "עשר שאלות, נקודה לכל תשובה נכונה. משבע ומעלה: מייל הצלחה ומבחן נוסף אחרי שלושה חודשים; פחות: קישור לשיעור וניסיון נוסף מאפס. המנהל מקבל התראה.",
            "Ten questions, a point for each right answer. From seven on: a mail of success and another exam in three months; below: a link to the lesson and another try from nothing. The manager is told.",
        ),
        draw,
        fields=(
            *(
                NewField(field, Words(f"מבחן: שאלה {number}", f"Exam: question {number}"), "choice", ANSWERS)
                for number, field in enumerate(QUESTIONS, 1)
            ),
            NewField("score", Words("ציון במבחן", "Exam score"), "number", options={"decimals": 0}),
            NewField("result", Words("תוצאת המבחן", "Exam result"), "choice", RESULTS),
            NewField("day", Words("תאריך המבחן האחרון", "Last exam on"), "date"),
        ),
        before=Words(
            "בחרו במסע את התשובה הנכונה לכל שאלה, והחליפו את הכתובות example.com בשיעור ובמבחן שלכם. התשובות מתעדכנות בכרטיס, בייבוא או ב־API, כולן בבת אחת.",
            "Choose the right answer of each question in the journey, and put your lesson and exam for example.com. The answers are told on the card, by an import or through the API, all of them at once.",
        ),
    )
)  # fmt: skip
