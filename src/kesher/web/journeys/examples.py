"""Ready journeys to begin from. Each is a whole graph in the language of the workspace, to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kesher.accounts.models import Workspace
from kesher.content.document import direction_of

Graph = dict[str, Any]


@dataclass(frozen=True)
class Example:
    key: str
    icon: str
    tone: str
    name: Promise
    text: Promise
    make: Callable[[str], Graph]

    def graph_for(self, workspace: Workspace) -> Graph:
        """With its words in the workspace's language."""
        with override(workspace.language):
            return {"format": 1, "name": str(self.name), **self.make(workspace.language)}


def _mail(language: str, subject: str, text: str, **ways: str) -> Graph:
    html = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    return {
        "kind": "send_email",
        "subject": subject,
        "message_class": "advertising",
        "document": {
            "format": 1,
            "language": language,
            "direction": direction_of(language),
            "blocks": [{"id": "b1", "kind": "text", "html": html}, {"id": "b2", "kind": "footer"}],
        },
        **ways,
    }


def _welcome(language: str) -> Graph:
    first = _("Hello [[first_name|friend]],\nglad you joined. Here is where to begin.")
    second = _("Hello [[first_name|friend]],\nin case you missed it: this is what we wrote.")
    opened = {"did": "message.opened", "where": {"message": "previous"}}
    return {
        "triggers": [{"kind": "contact.created"}],
        "reentry": {"policy": "never"},
        "start": "hello",
        "nodes": {
            "hello": _mail(language, _("Welcome!"), first, next="seen"),
            "seen": {
                "kind": "wait_until", "rule": opened, "timeout": "P3D", "yes": "end", "timed_out": "again",
            },
            "again": _mail(language, _("Did you see this?"), second, next="end"),
            "end": {"kind": "exit"},
        },
    }  # fmt: skip


def _birthday(language: str) -> Graph:
    text = _("Hello [[first_name|friend]],\nhappy birthday! A small gift is waiting for you.")
    return {
        "triggers": [{"kind": "date", "field": "birthday", "at": "09:00", "every": "year"}],
        "start": "greeting",
        "nodes": {
            "greeting": _mail(language, _("Happy birthday!"), text, next="end"),
            "end": {"kind": "exit"},
        },
    }


def _clicked(language: str) -> Graph:
    text = _("[[first_name|Somebody]] clicked a link: a good moment to call.")
    return {
        "triggers": [{"kind": "message.clicked"}],
        "reentry": {"policy": "after", "after": "P7D"},
        "start": "tell",
        "nodes": {
            "tell": {"kind": "alert", "text": text, "next": "call"},
            "call": {"kind": "task", "title": _("Call [[first_name|the contact]]"), "next": "end"},
            "end": {"kind": "exit"},
        },
    }


EXAMPLES = (
    Example(
        "welcome", "confetti", "teal", gettext_lazy("Welcome new people"),
        gettext_lazy("A mail at once; who has not opened it in three days gets another."),
        _welcome,
    ),
    Example(
        "birthday", "cake", "coral", gettext_lazy("Birthday greeting"),
        gettext_lazy("Every year, at nine in the morning of the day."),
        _birthday,
    ),
    Example(
        "clicked", "bell", "amber", gettext_lazy("Tell me who is interested"),
        gettext_lazy("Who clicked a link: an alert and a task for the team."),
        _clicked,
    ),
)  # fmt: skip


def example(key: str) -> Example | None:
    return next((one for one in EXAMPLES if one.key == key), None)
