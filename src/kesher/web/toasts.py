"""Toasts: one sentence about what was just done, for eight seconds, with the button that takes it back.

`toast` works the same before a page, a redirect and an htmx answer: the sentence waits in Django's messages;
a page shows it, and `middleware.ToastMiddleware` moves it into the HX-Trigger header of an htmx answer.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kesher.accounts.models import UndoEntry

GOOD, BAD = messages.SUCCESS, messages.ERROR


def toast(
    request: HttpRequest, text: str, *, undo: UndoEntry | None = None, bad: bool = False
) -> None:
    """Say `text` on whatever this request answers. `undo` adds the button that takes the act back."""
    address = ""
    if undo is not None:
        address = reverse("undo", args=[undo.workspace.key, undo.pk])
    messages.add_message(request, BAD if bad else GOOD, text, extra_tags=address)


def into_header(request: HttpRequest, response: HttpResponse) -> None:
    """Move the waiting toasts into HX-Trigger, beside what the view has put there."""
    waiting = [_as_event(message) for message in messages.get_messages(request)]
    if not waiting:
        return
    given = response.headers.get("HX-Trigger", "")
    events: dict[str, Any] = (
        json.loads(given)
        if given.startswith("{")
        else {name.strip(): {} for name in given.split(",") if name.strip()}
    )
    events["toast"] = {"toasts": waiting}
    response.headers["HX-Trigger"] = json.dumps(events)


def as_json(message: Any) -> str:
    """One waiting message for the page's <script type="application/json">; "<" cannot end the script."""
    return json.dumps(_as_event(message)).replace("<", "\\u003c")


def _as_event(message: Any) -> dict[str, str]:
    return {
        "text": str(message.message),
        "undo": message.extra_tags or "",
        "kind": "bad" if message.level >= BAD else "good",
    }
