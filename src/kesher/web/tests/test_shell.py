"""The frame around every screen: navigation, palette, toasts, languages, error pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry
from kesher.web import errors, navigation, toasts
from kesher.web.middleware import ToastMiddleware
from kesher.web.templatetags.ui import icon, icons, sparkline

WEB = Path(navigation.__file__).parent


def test_every_icon_that_a_template_or_the_navigation_names_is_there() -> None:
    used = {one.icon for one in (*navigation.PLACES, *navigation.COMMANDS)}
    for template in WEB.rglob("templates/**/*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text("utf-8")))

    assert used - set(icons()) == set()


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in icon("users")
    assert 'role="img" aria-label="&lt;People&gt;"' in icon("users", label="<People>")


def test_a_sparkline_of_fewer_than_two_values_is_nothing() -> None:
    assert [sparkline([]), sparkline([3])] == ["", ""]
    assert "polyline" in sparkline([3, 3])


def test_a_place_without_a_screen_is_left_out(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = navigation.Place("home", "home", "home", "Dashboard")
    missing = navigation.Place("moon", "moon_index", "moon", "Moon")
    monkeypatch.setattr(navigation, "PLACES", (there, missing))

    assert [shown.place.key for shown in navigation.shown_places(access)] == ["home"]


def test_a_viewer_is_not_offered_what_only_editors_do(workspace: Any, owner: Any) -> None:
    as_viewer = navigation.palette_commands(Access(workspace, "viewer", user=owner))
    as_owner = navigation.palette_commands(Access(workspace, "owner", user=owner))

    assert {one["group"] for one in as_viewer} < {one["group"] for one in as_owner}


def test_the_palette_knows_each_place_in_both_languages(access: Access) -> None:
    with translation.override("he"):
        (home,) = [
            one for one in navigation.palette_commands(access) if "Dashboard" in one["keywords"]
        ]

    assert home["text"] == "לוח בקרה"
    assert "לוח בקרה" in home["keywords"]


def _request(**headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_toast_travels_in_the_header_of_an_htmx_answer(access: Access) -> None:
    request = _request(hx_request="true")
    undo = UndoEntry.objects.create(workspace=access.workspace, user=access.user, kind="x")

    def view(request: Any) -> HttpResponse:
        toasts.toast(request, "נמחקו 3 אנשי קשר.", undo=undo)
        return HttpResponse(headers={"HX-Trigger": "work"})

    answer = ToastMiddleware(view)(request)

    events = json.loads(answer.headers["HX-Trigger"])
    assert events["work"] == {}
    (shown,) = events["toast"]["toasts"]
    assert shown["text"] == "נמחקו 3 אנשי קשר."
    assert shown["undo"] == f"/w/green-books/jobs/undo/{undo.pk}/"


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(status=302),
        HttpResponse(headers={"HX-Redirect": "/"}),
        HttpResponse(headers={"HX-Refresh": "true"}),
    ],
)
def test_an_answer_that_moves_on_leaves_its_toasts_for_the_next_page(answer: HttpResponse) -> None:
    request = _request(hx_request="true")

    def view(request: Any) -> HttpResponse:
        toasts.toast(request, "Saved.")
        return answer

    ToastMiddleware(view)(request)

    assert "HX-Trigger" not in answer.headers
    assert [str(message) for message in request._messages] == ["Saved."]


def test_a_toast_cannot_end_the_script_that_it_waits_in() -> None:
    request = _request()
    toasts.toast(request, "</script><b>")
    (message,) = request._messages

    assert "<" not in toasts.as_json(message)


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
    ],
)
def test_an_error_page_needs_no_database_and_speaks_the_persons_language(
    page: Any, status: int
) -> None:
    # No `db` fixture: a query would fail.
    request = RequestFactory().get("/")
    request.LANGUAGE_CODE = "en"

    answer = page(request)

    assert answer.status_code == status
    assert b'lang="en" dir="ltr"' in answer.content


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_without_a_database_a_page_says_so_and_asks_again_by_itself(error: Exception) -> None:
    # No `db` fixture: a query would fail. Nobody knows the person's language, but their browser's is told.
    def answer(method: str) -> Any:
        request = RequestFactory().generic(method, "/", headers={"accept-language": "en-GB"})
        try:
            raise error
        except type(error):
            return errors.server_error(request)

    asked, sent = answer("GET"), answer("POST")

    assert (asked.status_code, asked["Retry-After"], asked["Refresh"]) == (503, "5", "5")
    assert 'lang="en" dir="ltr"' in asked.content.decode()
    assert (sent.status_code, "Refresh" in sent) == (503, False)


def test_another_workspace_looks_like_one_that_does_not_exist(
    signed_in: Client, workspace: Any
) -> None:
    assert signed_in.get("/w/somebody-else/").status_code == 404
