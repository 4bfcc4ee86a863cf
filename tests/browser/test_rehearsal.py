"""A rehearsal in Chromium, in both languages: asked for, watched, read down to a single mail, seen on the canvas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kesher.accounts.models import User
from kesher.accounts.work import report_progress
from kesher.journeys.actions import create_journey, publish_journey, save_draft
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal import jobs
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.messages.models import Message

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any
SLOW = 60_000  # milliseconds


@dataclass(frozen=True)
class Words:
    """What the screens say."""

    begin: str
    waiting: str
    playing: str
    nothing_sent: str
    not_sent: str
    asked_not_to: str
    on_the_canvas: str
    two_sent: str
    nobody_came: str
    back_to_live: str
    beside: str


HEBREW = Words(
    begin="התחלת החזרה",
    waiting="ממתין לתורו",
    playing="השעון רץ קדימה",
    nothing_sent="שום דבר לא נשלח",
    not_sent="לא נשלחה",
    asked_not_to="ביקש לא לקבל הודעות",
    on_the_canvas="על לוח המסע",
    two_sent="2 נשלחו",
    nobody_came="0 נכנסו",
    back_to_live="חזרה למספרים החיים",
    beside="לצד גרסה 1",
)
ENGLISH = Words(
    begin="Begin the rehearsal",
    waiting="Waiting for its turn",
    playing="The clock is running ahead",
    nothing_sent="Nothing was sent",
    not_sent="It was not sent",
    asked_not_to="asked not to get messages",
    on_the_canvas="On the canvas",
    two_sent="2 sent",
    nobody_came="0 came",
    back_to_live="Back to the live numbers",
    beside="Beside version 1",
)
WORDS = {"he": HEBREW, "en": ENGLISH}


def mail(subject: str, text: str, following: str) -> dict[str, Any]:
    blocks = [
        {"id": "b1", "kind": "text", "html": f"<p>{text}</p>"},
        {"id": "b2", "kind": "footer"},
    ]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_email", "subject": subject, "document": document, "next": following}


def graph(*, with_a_second_mail: bool) -> dict[str, Any]:
    nodes = {
        "welcome": mail("ברוכים הבאים", "שלום [[first_name|חבר]]", "wait"),
        "wait": {"kind": "wait", "for": "P3D", "next": "again" if with_a_second_mail else "end"},
        "end": {"kind": "exit"},
    }
    if with_a_second_mail:
        nodes["again"] = mail("עוד משהו", "יש עוד ספרים", "end")
    return {"format": 1, "start": "welcome", "triggers": [{"kind": "custom"}], "nodes": nodes}


@pytest.fixture
def journey(access: Any, now: Any) -> Journey:
    """Version 1 is published; the drawing has a mail more."""
    made = create_journey(
        access, name="ברוכים הבאים", graph=graph(with_a_second_mail=False), now=now
    )
    publish_journey(access, made, now=now)
    made.refresh_from_db()
    save_draft(access, made, graph=graph(with_a_second_mail=True), revision=made.revision, now=now)
    made.refresh_from_db()
    return made


@pytest.fixture(params=["he", "en"])
def page(
    request: Any, live_server: Any, owner: Any, chromium: Any, settings: Any
) -> Iterator[Page]:
    """In each language; `page.words` is what it says."""
    language = request.param
    settings.BASE_URL = live_server.url
    User.objects.filter(pk=owner.pk).update(language=language)
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    context = chromium.new_context(
        locale={"he": "he-IL", "en": "en-GB"}[language], reduced_motion="reduce",
        base_url=live_server.url, viewport={"width": 1440, "height": 900},
    )  # fmt: skip
    context.set_default_timeout(SLOW)
    context.add_cookies([
        {"name": "sessionid", "value": str(session.session_key), "url": live_server.url},
        {"name": "language", "value": language, "url": live_server.url},
    ])  # fmt: skip
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.words = WORDS[language]
    yield made
    made.goto("about:blank")
    context.close()
    assert not errors


def ask_for_it(page: Page, workspace: str, journey: Journey) -> Rehearsal:
    """Whom, for how long, what they do, and beside which version."""
    page.goto(reverse("journey", args=[workspace, journey.pk]))
    page.locator("a[href$='/rehearse/']").first.click()
    page.check("#who-list")
    page.select_option("[name=list]", "all")
    page.fill("#sample", "100")
    page.select_option("#period", "P30D")
    page.check("#rates-share")
    page.fill("[name=open]", "100")
    page.fill("[name=click]", "0")
    page.select_option("#compare", "1")
    page.get_by_role("button", name=page.words.begin).click()
    page.wait_for_url(re.compile(r"/rehearsals/\d+/$"))
    return Rehearsal.objects.select_related("work").get(journey=journey)


def watch(page: Page, rehearsal: Rehearsal) -> None:
    """The page follows by itself what the worker says, to the result."""
    assert rehearsal.work is not None
    page.get_by_role("heading", name=page.words.waiting).wait_for()
    report_progress(rehearsal.work.pk, done=40)
    page.get_by_role("heading", name=page.words.playing).wait_for()
    page.locator("#progress [role=progressbar][aria-valuenow='40']").wait_for()
    jobs.rehearse_journey(workspace_id=rehearsal.workspace_id, work_id=rehearsal.work.pk)
    page.locator(".jr-note", has_text=page.words.nothing_sent).wait_for()


def messages_here_and_there(page: Page) -> list[str]:
    """How many mails leave, and how many did by the version beside."""
    card = page.locator(".k-card", has=page.get_by_role("heading", name=page.words.beside))
    return list(card.locator("tbody tr").first.locator(".num").all_inner_texts())


def refused(page: Page) -> list[str]:
    """The lines of what would not be sent."""
    page.locator("a[href*='refused=1']").first.click()
    page.wait_for_url("**refused=1**")
    return list(page.locator("tbody tr").all_inner_texts())


def steps_of(page: Page, person: Any) -> int:
    """Their way, found by their name."""
    page.locator(".k-tabs a[href$='/people/']").click()
    page.wait_for_url("**/people/")
    page.locator("[type=search][name=q]").fill(person.first_name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.locator("tbody a", has_text=person.first_name).click()
    page.wait_for_url(re.compile(rf"/people/{person.pk}/$"))
    return int(page.locator(".jr-way li").count())


def open_mail(page: Page, subject: str) -> Page:
    """From a person's way; answers the frame in which it stands."""
    page.locator("tbody a", has_text=subject).click()
    page.get_by_text(page.words.not_sent).wait_for()
    return page.frame_locator(".jr-mail")


def see_on_the_canvas(page: Page) -> None:
    """The numbers of the rehearsal, then the live ones again."""
    page.get_by_role("link", name=page.words.on_the_canvas).click()
    page.wait_for_url("**/canvas/?rehearsal=*")
    page.locator(".kj-rehearsed").wait_for()
    figures = page.locator('.react-flow__node[data-id="again"] .kj-figures span')
    figures.filter(has_text=page.words.two_sent).wait_for()
    page.get_by_role("button", name=page.words.back_to_live).click()
    page.locator(".kj-rehearsed").wait_for(state="detached")
    figures.filter(has_text=page.words.nobody_came).wait_for()


def test_a_journey_is_rehearsed_and_read_down_to_a_single_mail(
    page: Page, access: Any, journey: Journey, noa: Any, dan: Any, yael: Any
) -> None:
    made = ask_for_it(page, access.workspace.key, journey)
    watch(page, made)

    people_and_messages = page.locator(".k-kpi-value").all_inner_texts()[:2]
    beside = messages_here_and_there(page)
    [not_sent] = [line for line in refused(page) if line.strip()]
    noas_steps = steps_of(page, noa)
    open_mail(page, "ברוכים הבאים").get_by_text(f"שלום {noa.first_name}").wait_for()
    page.goto(reverse("rehearsal", args=[access.workspace.key, made.pk]))
    see_on_the_canvas(page)

    assert people_and_messages == ["3", "4"]  # dan would not get his two
    assert beside == ["4", "2"]
    assert dan.first_name in not_sent
    assert page.words.asked_not_to in not_sent
    assert noas_steps == 4
    assert not Message.objects.exists()
