"""E-01, E-02 and E-20 from the API: all answers in one call, scored by a journey before the call answers, a hundred people
at the same time and the worker's engine beside them."""

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
from kesher.contacts.custom_fields import create_field
from kesher.contacts.models import Contact, ContactList
from kesher.events.log import timeline
from kesher.journeys import engine
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import JourneyRun
from kesher.lib import clock

PEOPLE, THREADS = 100, 8
OTHERWISE = (None, None)
Band = tuple[int | None, int | None]


@pytest.fixture
def access(transactional_db: None) -> Access:
    user = User.objects.create_user("dana@shop.example", "correct horse battery")
    workspace = Workspace.objects.create(key="quiz", name="quiz")
    Membership.objects.create(workspace=workspace, user=user, role="owner")
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    return Access(workspace, "owner", user=user)


@dataclass(frozen=True)
class Scoring:
    """Questions, what each answer is worth, and the text of each band of the sum."""

    questions: Sequence[str]
    points: Mapping[Any, int]
    bands: Mapping[Band, str]
    total: str
    text: str

    def expected(self, answers: Sequence[Any]) -> tuple[int, str]:
        total = sum(self.points.get(answer, 0) for answer in answers)
        fits = (
            text
            for (low, high), text in self.bands.items()
            if low is None or high is None or low <= total <= high
        )
        return total, next(fits)

    def fields(self, answers: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.questions, answers, strict=True))


def field(access: Access, label: str, type: str, **options: Any) -> str:
    return create_field(access, label=label, type=type, options=options).key


def scored(
    access: Access, questions: Sequence[str], points: Mapping[Any, int], bands: Mapping[Band, str]
) -> Scoring:
    """A journey that adds up the answers anew at each submission, and writes the text of the band (T1, T2)."""
    made = Scoring(
        questions, points, bands, field(access, "ציון", "number"), field(access, "תוצאה", "text")
    )
    places = [f"q{number}" for number in range(len(questions))]
    reset = {"field": made.total, "do": "reset"}
    nodes: dict[str, Any] = {
        "reset": {"kind": "update_contact", "changes": [reset], "next": places[0]}
    }
    for place, key, following in zip(places, questions, [*places[1:], "band"], strict=True):
        nodes[place] = {
            "kind": "split", "field": key, "otherwise": following,
            "branches": [{"values": [answer], "to": f"{place}-{answer}"} for answer in points],
        }  # fmt: skip
        for answer, worth in points.items():
            change = {"field": made.total, "do": "add", "value": worth}
            nodes[f"{place}-{answer}"] = {
                "kind": "update_contact", "changes": [change], "next": following,
            }  # fmt: skip
    texts = {f"text{number}": text for number, text in enumerate(bands.values())}
    others = [name for name, band in zip(texts, bands, strict=True) if band == OTHERWISE]
    nodes["band"] = {
        "kind": "split", "field": made.total, "otherwise": others[0] if others else "end",
        "branches": [
            {"between": list(band), "to": name}
            for name, band in zip(texts, bands, strict=True)
            if band != OTHERWISE
        ],
    }  # fmt: skip
    for name, text in texts.items():
        change = {"field": made.text, "do": "set", "value": text}
        nodes[name] = {"kind": "update_contact", "changes": [change], "next": "end"}
    nodes["end"] = {"kind": "exit"}
    graph = {
        "start": "reset", "nodes": nodes, "reentry": {"policy": "always"},
        "triggers": [{"kind": "contact.updated", "changed": list(questions), "even_if_unchanged": True}],
    }  # fmt: skip
    journey = create_journey(access, name="ניקוד", graph=graph, now=clock.now())
    publish_journey(access, journey, now=clock.now())
    return made


def survey(access: Access) -> Scoring:
    """E-01: three ratings, 3 to 15."""
    questions = [field(access, label, "rating", max=5) for label in ("שירות", "מוצר", "המלצה")]
    bands: dict[Band, str] = {(1, 5): "נמוך", (6, 10): "בינוני", (11, 15): "גבוה"}
    return scored(access, questions, {number: number for number in range(1, 6)}, bands)


def quiz(access: Access) -> Scoring:
    """E-02: five questions of 10, 20 or 30 points; a fourth answer is worth nothing."""
    choices = [{"key": key, "label": key} for key in "abcd"]
    questions = [field(access, f"שאלה {n}", "choice", choices=choices) for n in range(1, 6)]
    bands: dict[Band, str] = {
        (50, 60): "ראשון", (61, 70): "שני", (71, 80): "שלישי", OTHERWISE: "אחר",
    }  # fmt: skip
    return scored(access, questions, {"a": 10, "b": 20, "c": 30}, bands)


def exam(access: Access) -> Scoring:
    """E-20: ten questions, right +1, pass mark 7."""
    choices = [{"key": key, "label": key} for key in ("right", "wrong")]
    questions = [field(access, f"שאלה {n}", "choice", choices=choices) for n in range(1, 11)]
    bands: dict[Band, str] = {(7, 10): "עברתם", (0, 6): "נסו שוב"}
    return scored(access, questions, {"right": 1}, bands)


def of_points(points: str) -> list[str]:
    return [{"1": "a", "2": "b", "3": "c", "0": "d"}[one] for one in points]


def right(count: int) -> list[str]:
    return ["right"] * count + ["wrong"] * (10 - count)


# Answers, with the number and the text that they come to.
SURVEY = [
    ((5, 4, 5), 14, "גבוה"), ((3, 3, 3), 9, "בינוני"), ((1, 2, 1), 4, "נמוך"),
    ((1, 1, 1), 3, "נמוך"), ((1, 3, 1), 5, "נמוך"), ((2, 2, 2), 6, "בינוני"),
    ((3, 3, 4), 10, "בינוני"), ((3, 4, 4), 11, "גבוה"), ((5, 5, 5), 15, "גבוה"),
]  # fmt: skip
QUIZ = [
    (of_points("11111"), 50, "ראשון"), (of_points("11122"), 70, "שני"), (of_points("11222"), 80, "שלישי"),
    (of_points("33333"), 150, "אחר"), (of_points("00000"), 0, "אחר"),
]  # fmt: skip
EXAM = [
    (right(8), 8, "עברתם"), (right(7), 7, "עברתם"), (right(6), 6, "נסו שוב"), (right(0), 0, "נסו שוב"),
]  # fmt: skip
SCORINGS = pytest.mark.parametrize(
    ("made_by", "cases"),
    [(survey, SURVEY), (quiz, QUIZ), (exam, EXAM)],
    ids=["E-01", "E-02", "E-20"],
)


@pytest.fixture
def submits(access: Access) -> Callable[[Scoring, Contact, Sequence[Any]], tuple[Any, Any]]:
    """All answers in one call; the number and the text that it answers."""
    key = accounts.create_api_key(access, name="k", scopes=list(accounts.SCOPES)).secret

    def call(made: Scoring, person: Contact, answers: Sequence[Any]) -> tuple[Any, Any]:
        told = Client().patch(
            f"/api/v1/contacts/{person.pk}?wait=true",
            {"fields": made.fields(answers), "submitted": True},
            content_type="application/json", headers={"Authorization": f"Bearer {key}"},
        ).json()["fields"]  # fmt: skip
        return told.get(made.total), told.get(made.text)

    return call


def people(access: Access, count: int) -> list[Contact]:
    now = clock.now()
    return Contact.objects.bulk_create(
        Contact(workspace=access.workspace, email=f"p{n}@example.com", created_at=now, updated_at=now)
        for n in range(count)
    )  # fmt: skip


@SCORINGS
def test_each_answers_with_its_number_and_text_and_again_when_answered_again(
    access: Access,
    submits: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    made_by: Callable[[Access], Scoring],
    cases: Sequence[tuple[Any, int, str]],
) -> None:
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    made = made_by(access)
    noa = people(access, 1)[0]

    for answers, number, text in cases:
        assert made.expected(answers) == (number, text)
        assert submits(made, noa, answers) == (number, text)
        assert submits(made, noa, answers) == (number, text)  # T2: 15, and not 18

    assert JourneyRun.objects.count() == 2 * len(cases)  # T1, T9: each submission starts it once


@SCORINGS
def test_a_hundred_at_the_same_time_each_see_their_final_score(
    access: Access,
    submits: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    made_by: Callable[[Access], Scoring],
    cases: Sequence[tuple[Any, int, str]],
) -> None:
    # How fast it is depends on what else the machine does; that it is right must not.
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    made = made_by(access)
    worths = [*made.points, *made.points]
    given = [
        [worths[(n + place * n) % len(made.points)] for place in range(len(made.questions))]
        for n in range(PEOPLE)
    ]
    everybody = people(access, PEOPLE)

    def answer(number: int) -> tuple[Any, Any]:
        try:
            return submits(made, everybody[number], given[number])  # type: ignore[no-any-return]
        finally:
            connection.close()

    with at_work(), ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(answer, range(PEOPLE)))
        again = list(pool.map(answer, range(PEOPLE)))

    assert told == [made.expected(answers) for answers in given]
    assert again == told
    assert JourneyRun.objects.count() == 2 * PEOPLE


@pytest.mark.django_db(transaction=True)
def test_a_score_made_of_many_steps_is_told_once_when_it_is_final(access: Access) -> None:
    made = survey(access)
    noa = people(access, 1)[0]
    values = made.fields((5, 4, 5))
    update_contact(access, noa, values=values, now=clock.now(), is_submission=True)

    engine.drain(access.workspace, contact_id=noa.pk, now=clock.now())

    told = [
        entry.data["changed"]
        for entry in timeline(access.workspace.pk, noa.pk, kinds=["contact.updated"])
        if "journey_id" in entry.data
    ]
    assert told == [{made.text: [None, "גבוה"]}, {made.total: [None, 14]}]


@pytest.mark.django_db(transaction=True)
def test_scoring_takes_few_statements_whatever_the_number_of_questions(access: Access) -> None:
    made = exam(access)
    noa, dan = people(access, 2)
    for one in (noa, dan):
        values = made.fields(right(8))
        update_contact(access, one, values=values, now=clock.now(), is_submission=True)
    engine.drain(access.workspace, contact_id=noa.pk, now=clock.now())

    with CaptureQueriesContext(connection) as asked:
        engine.drain(access.workspace, contact_id=dan.pk, now=clock.now())

    said = [query["sql"] for query in asked.captured_queries]
    assert len([sql for sql in said if sql not in ("BEGIN", "COMMIT")]) <= 28, "\n".join(said)


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
