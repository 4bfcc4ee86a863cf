"""E-01, E-02 and E-20, as their recipes are installed, from the API: all answers in one call, scored before it answers, a
hundred people at the same time and the worker's engine beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kesher.accounts import actions as accounts
from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User, Workspace
from kesher.contacts.actions import update_contact
from kesher.contacts.models import Contact, ContactList
from kesher.events.log import timeline
from kesher.journeys import engine
from kesher.journeys.actions import publish_journey
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.recipes.base import RECIPES
from kesher.journeys.recipes.installing import install_recipe
from kesher.lib import clock
from kesher.messages.models import Message

PEOPLE, AGAIN, THREADS = 100, 40, 8


@pytest.fixture
def access(transactional_db: None) -> Access:
    user = User.objects.create_user("dana@shop.example", "correct horse battery")
    workspace = Workspace.objects.create(key="quiz", name="quiz", language="he")
    Membership.objects.create(workspace=workspace, user=user, role="owner")
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    return Access(workspace, "owner", user=user)


@dataclass(frozen=True)
class Marking:
    """A recipe that adds up answers, by its own names of things, and what it should come to."""

    recipe: str
    questions: Sequence[str]
    total: str
    result: str
    points: Callable[[int, Any], int]  # of a question by its place, and its answer
    texts: Callable[[int], str]  # what the result says of a sum


@dataclass(frozen=True)
class Scoring:
    """The recipe as installed and published in a workspace."""

    marking: Marking
    fields: Mapping[str, str]
    journeys: Sequence[Journey]

    def expected(self, answers: Sequence[Any]) -> tuple[int, str]:
        total = sum(self.marking.points(place, answer) for place, answer in enumerate(answers))
        return total, self.marking.texts(total)

    def given(self, answers: Sequence[Any]) -> dict[str, Any]:
        named = zip(self.marking.questions, answers, strict=True)
        return {self.fields[name]: answer for name, answer in named}


def installed(access: Access, marking: Marking) -> Scoring:
    made = install_recipe(access, RECIPES.get(marking.recipe), now=clock.now())
    for journey in made.journeys:
        publish_journey(access, journey, now=clock.now())
    return Scoring(marking, {name: row.key for name, row in made.fields.items()}, made.journeys)


def _level(total: int) -> str:
    return "low" if total <= 5 else "medium" if total <= 10 else "high"


def _band(total: int) -> str:
    bands = {(50, 60): "בתחילת הדרך", (61, 70): "בכיוון הנכון", (71, 80): "כמעט שם"}
    fits = (text for (low, high), text in bands.items() if low <= total <= high)
    return next(fits, "ברמה של מומחים")


RIGHT = "acbdabdcab"
SURVEY = Marking(
    "survey",
    ("service", "product", "recommend"),
    "sum",
    "level",
    lambda _place, stars: int(stars),
    _level,
)
QUIZ = Marking(
    "quiz", ("q1", "q2", "q3", "q4", "q5"), "total", "text",
    lambda _place, answer: {"a": 10, "b": 20, "c": 20, "d": 30}[answer], _band,
)  # fmt: skip
EXAM = Marking(
    "exam", tuple(f"q{n}" for n in range(1, 11)), "score", "result",
    lambda place, answer: int(answer == RIGHT[place]), lambda total: "passed" if total >= 7 else "failed",
)  # fmt: skip


def right(count: int) -> list[str]:
    wrong = {"a": "b", "b": "c", "c": "d", "d": "a"}
    return [answer if place < count else wrong[answer] for place, answer in enumerate(RIGHT)]


# Answers, with the number and the text that they come to.
SURVEYS = [
    ((5, 4, 5), 14, "high"), ((3, 3, 3), 9, "medium"), ((1, 2, 1), 4, "low"),
    ((1, 1, 1), 3, "low"), ((1, 3, 1), 5, "low"), ((2, 2, 2), 6, "medium"),
    ((3, 3, 4), 10, "medium"), ((3, 4, 4), 11, "high"), ((5, 5, 5), 15, "high"),
]  # fmt: skip
QUIZZES = [
    ("aaaaa", 50, "בתחילת הדרך"), ("aaabb", 70, "בכיוון הנכון"), ("aabcb", 80, "כמעט שם"),
    ("ddddd", 150, "ברמה של מומחים"),
]  # fmt: skip
EXAMS = [
    (right(8), 8, "passed"),
    (right(7), 7, "passed"),
    (right(6), 6, "failed"),
    (right(0), 0, "failed"),
]
SCORINGS = pytest.mark.parametrize(
    ("marking", "cases"),
    [(SURVEY, SURVEYS), (QUIZ, QUIZZES), (EXAM, EXAMS)],
    ids=["E-01", "E-02", "E-20"],
)


@pytest.fixture
def submits(access: Access) -> Callable[[Scoring, Contact, Sequence[Any]], tuple[Any, Any]]:
    """All answers in one call; the number and the text that it answers."""
    key = accounts.create_api_key(access, name="k", scopes=list(accounts.SCOPES)).secret

    def call(made: Scoring, person: Contact, answers: Sequence[Any]) -> tuple[Any, Any]:
        told = Client().patch(
            f"/api/v1/contacts/{person.pk}?wait=true",
            {"fields": made.given(answers), "submitted": True},
            content_type="application/json", headers={"Authorization": f"Bearer {key}"},
        ).json()["fields"]  # fmt: skip
        result = str(told.get(made.fields[made.marking.result]))
        return told.get(made.fields[made.marking.total]), result.split(":")[0]

    return call


def people(access: Access, count: int) -> list[Contact]:
    now = clock.now()
    return Contact.objects.bulk_create(
        Contact(workspace=access.workspace, email=f"p{n}@example.com", created_at=now, updated_at=now)
        for n in range(count)
    )  # fmt: skip


def runs_of(journey: Journey) -> int:
    return JourneyRun.objects.filter(journey_id=journey.pk).count()


@SCORINGS
def test_each_answers_with_its_number_and_text_and_again_when_answered_again(
    access: Access,
    submits: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    marking: Marking,
    cases: Sequence[tuple[Any, int, str]],
) -> None:
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    made = installed(access, marking)
    noa = people(access, 1)[0]

    for answers, number, text in cases:
        assert made.expected(answers) == (number, text)
        assert submits(made, noa, answers) == (number, text)
        assert submits(made, noa, answers) == (number, text)  # T2: 15, and not 18

    assert runs_of(made.journeys[0]) == 2 * len(cases)  # T1, T9: each submission starts it once


@SCORINGS
def test_a_hundred_at_the_same_time_each_see_their_final_score(
    access: Access,
    submits: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    marking: Marking,
    cases: Sequence[tuple[Any, int, str]],
) -> None:
    # How fast it is depends on what else the machine does; that it is right must not.
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    made = installed(access, marking)
    given = [_different(marking, number) for number in range(PEOPLE)]
    everybody = people(access, PEOPLE)

    def answer(number: int) -> tuple[Any, Any]:
        try:
            return submits(made, everybody[number], given[number])  # type: ignore[no-any-return]
        finally:
            connection.close()

    with at_work(), ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(answer, range(PEOPLE)))
        again = list(pool.map(answer, range(AGAIN)))

    assert told == [made.expected(answers) for answers in given]
    assert len({total for total, _text in told}) >= 5  # not all alike
    assert again == told[:AGAIN]
    assert runs_of(made.journeys[0]) == PEOPLE + AGAIN


def _different(marking: Marking, number: int) -> list[Any]:
    """Answers that differ from one person to the next."""
    if marking is EXAM:
        return list(right(number % 11))
    known = [1, 2, 3, 4, 5] if marking is SURVEY else list("abcd")
    places = range(len(marking.questions))
    return [known[(number // 4 ** (place % 3) + place * number) % len(known)] for place in places]


def test_a_survey_brings_each_one_mail_however_often_the_same_is_sent_in(
    access: Access, submits: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-01: it is queued before the call answers."""
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    made = installed(access, SURVEY)
    everybody = people(access, 10)

    for number, person in enumerate(everybody):
        for _twice in range(2):
            submits(made, person, _different(SURVEY, number))

    mails = Message.objects.filter(channel="email").order_by("contact_id")
    assert [one.contact_id for one in mails] == [person.pk for person in everybody]


def test_a_score_made_of_many_steps_is_told_once_when_it_is_final(access: Access) -> None:
    made = installed(access, QUIZ)
    noa = people(access, 1)[0]
    update_contact(access, noa, values=made.given("aabcb"), now=clock.now(), is_submission=True)

    engine.drain(access.workspace, contact_id=noa.pk, now=clock.now(), budget=30.0)

    told = [
        change
        for entry in timeline(access.workspace.pk, noa.pk, kinds=["contact.updated"])
        if "journey_id" in entry.data
        for change in entry.data["changed"].items()
    ]
    assert [change for change in told if change[0] == made.fields["total"]] == [
        (made.fields["total"], [None, 80])
    ]


def test_scoring_takes_few_statements_whatever_the_number_of_questions(access: Access) -> None:
    """Of an exam of ten questions, with its mail and its alert."""
    made = installed(access, EXAM)
    noa, dan = people(access, 2)
    for one in (noa, dan):
        update_contact(
            access, one, values=made.given(right(8)), now=clock.now(), is_submission=True
        )
    engine.drain(access.workspace, contact_id=noa.pk, now=clock.now(), budget=30.0)

    with CaptureQueriesContext(connection) as asked:
        engine.drain(access.workspace, contact_id=dan.pk, now=clock.now(), budget=30.0)

    said = [query["sql"] for query in asked.captured_queries]
    assert len([sql for sql in said if sql not in ("BEGIN", "COMMIT")]) <= 38, "\n".join(said)


class at_work:
    """The worker's engine, beside."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.thread = Thread(target=self.work, daemon=True)

    def work(self) -> None:
        while not self.stopping.is_set():
            if not engine.step(clock.now()):
                self.stopping.wait(0.01)
        connection.close()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.thread.join()
