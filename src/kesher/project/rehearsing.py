"""`kesher rehearse`: what would come of a journey, told on the terminal in the workspace's language.

What is printed is what the screens say (`web.rehearsals.printed`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from pydantic import ValidationError

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.errors import Refused
from kesher.journeys.actions import WrongState
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney
from kesher.journeys.rehearsal.keeping import Kept
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.journeys.rehearsal.words import with_words
from kesher.lib import clock
from kesher.web.rehearsals.printed import printed
from kesher.web.rehearsals.telling import Result


class CannotAsk(Exception):
    """The text says what is wrong with the question."""


def run(given: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Raises CannotAsk."""
    access, journey = _found(given)
    kept = Kept()
    with _as_in(access.workspace):
        result = _played(access, journey, _wishes(given), kept)
        whole = json.dumps(with_words(result), ensure_ascii=False, indent=1)
        if given.output:
            _write(given.output, whole)
        if given.json:
            say(whole)
            return 0
        told = Rehearsal(
            workspace=access.workspace, journey=journey, result=result, graph=kept.graph
        )
        for line in printed(Result(told)):
            say(line)
    return 0


@contextmanager
def _as_in(workspace: Workspace) -> Iterator[None]:
    with translation.override(workspace.language), timezone.override(workspace.time_zone):
        yield


def _played(access: Access, journey: Journey, wishes: Wishes, kept: Kept) -> dict[str, Any]:
    try:
        return rehearse(access, journey, wishes, now=clock.now(), kept=kept)
    except BadJourney as bad:
        raise CannotAsk("\n".join(str(problem) for problem in bad.problems)) from bad
    except WrongState as wrong:
        raise CannotAsk(f"the journey is {wrong.status}") from wrong
    except Refused as refused:
        raise CannotAsk(refused.reason) from refused


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CannotAsk(f"cannot write {file}: {error.strerror}") from error


def _found(given: argparse.Namespace) -> tuple[Access, Journey]:
    workspaces = list(
        Workspace.objects.filter(key=given.workspace)
        if given.workspace
        else Workspace.objects.all()[:2]
    )
    if len(workspaces) != 1:
        known = ", ".join(Workspace.objects.order_by("key").values_list("key", flat=True)[:20])
        raise CannotAsk(f"say which workspace: --workspace KEY (there are: {known})")
    journeys = Journey.objects.filter(workspace=workspaces[0])
    found = journeys.filter(key=given.journey).first()
    if found is None and given.journey.isdecimal():
        found = journeys.filter(pk=int(given.journey)).first()
    if found is None:
        known = ", ".join(journeys.order_by("key").values_list("key", flat=True)[:20])
        raise CannotAsk(f"there is no journey {given.journey!r} (there are: {known})")
    return Access(workspaces[0], "editor"), found


def _wishes(given: argparse.Namespace) -> Wishes:
    people: dict[str, Any] = {"list": given.list, "segment": given.segment}
    asked: dict[str, Any] = {
        "people": {"contacts": given.contact} if given.contact else people,
        "period": given.period,
        "version": given.version,
        "compare_with": given.compare_with,
        "begin": "triggers" if given.triggers else "all",
        "rates": {"open": given.open, "click": given.click, "history": given.history},
        "show": given.contact or [],
        **({"sample": given.sample} if given.sample is not None else {}),
        **({"daily": given.daily} if given.daily is not None else {}),
    }
    try:
        return Wishes.model_validate(asked)
    except ValidationError as bad:
        first = bad.errors()[0]
        raise CannotAsk(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from bad
