"""A rehearsal in the background: played on a thread with a connection of its own, watched from here.

What plays cannot say how far it is: whatever it writes is rolled back. So the thread of the job does, and asks
whether somebody wants it to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog
from django.db import connection
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.accounts.work import end_cancelled, fail_work, finish_work, report_progress
from kesher.contacts.errors import Refused
from kesher.journeys.actions import WrongState
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney
from kesher.journeys.rehearsal.keeping import Kept, write
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.stage import CannotRehearse
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.lib import clock

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5


def play_work(workspace_id: int, work_id: int) -> None:
    """Play the rehearsal that somebody asked for. A repeat plays it anew."""
    work = Work.objects.select_related("workspace", "created_by").get(
        pk=work_id, workspace_id=workspace_id
    )
    if work.state == Work.State.CANCELLED:
        return
    access = Access(work.workspace, "editor", user=work.created_by)
    rehearsal = Rehearsal.objects.select_related("journey").filter(work=work).first()
    if rehearsal is None:  # its journey is gone
        end_cancelled(work.pk, result=work.result)
        return
    kept = Kept()
    with translation.override(work.workspace.language):
        _do(
            work,
            lambda look: _played(access, rehearsal, kept, look),
            lambda result: write(rehearsal, kept, result),
        )


def _played(
    access: Access, rehearsal: Rehearsal, kept: Kept, look: Callable[[float], None]
) -> dict[str, Any]:
    journey = access.get(Journey, rehearsal.journey_id)
    wishes = Wishes.model_validate(rehearsal.asked)
    return rehearse(access, journey, wishes, now=clock.now(), look=look, kept=kept)


def _do(
    work: Work,
    play: Callable[[Callable[[float], None]], dict[str, Any]],
    keep: Callable[[dict[str, Any]], None],
) -> None:
    """Play and keep what comes of it, or say why it did not go."""
    try:
        keep(watched(work.pk, play))
    except CannotRehearse:
        end_cancelled(work.pk, result=work.result)
    except BadJourney as bad:
        fail_work(work.pk, error="\n".join(problem.words for problem in bad.problems))
    except WrongState:
        fail_work(work.pk, error=_("The journey is archived: bring it back first."))
    except (Refused, Http404) as refused:
        fail_work(work.pk, error=str(refused))
    except Exception:
        fail_work(work.pk, error=_("Something went wrong on our side. Try again."))
        raise
    else:
        finish_work(work.pk, result=work.result)


def watched(
    work_id: int, play: Callable[[Callable[[float], None]], dict[str, Any]]
) -> dict[str, Any]:
    """Play on another thread; from this one say how far it is, and stop it when somebody asks to."""
    state: dict[str, Any] = {"share": 0.0}
    stop = threading.Event()

    def look(share: float) -> None:
        state["share"] = share
        if stop.is_set():
            raise CannotRehearse("cancelled")

    def work() -> None:
        try:
            state["found"] = play(look)
        except BaseException as error:  # raised again below, where the job ends
            state["error"] = error
        finally:
            connection.close()

    language = translation.get_language() or "en"
    thread = threading.Thread(target=lambda: _in(language, work), name="rehearsal", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(LOOK_SECONDS)
        if not report_progress(work_id, done=int(100 * state["share"])):
            stop.set()
    if "error" in state:
        raise state["error"]
    found: dict[str, Any] = state["found"]
    return found


def _in(language: str, work: Callable[[], None]) -> None:
    with translation.override(language):
        work()
