"""The engine: `step` for the worker, `drain` for a door at which somebody waits.

Workspaces come in turns. Each batch is a transaction of its own; when two workers lock contacts in different
orders PostgreSQL ends one of them, and its batch is simply done again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.events.inbox import waiting_workspaces
from kesher.journeys import clockwork
from kesher.journeys.claims import due_contacts, due_workspaces
from kesher.journeys.matching import CONSUMER, match
from kesher.journeys.setbacks import MOST_APART, Setbacks
from kesher.journeys.sitting import Words
from kesher.journeys.walking import BATCH, advance
from kesher.lib import clock, sql
from kesher.lib.deadlocks import again
from kesher.segments import upkeep

BUDGET_SECONDS = 0.3
LOOK_SECONDS = 0.004
ONE_BY_ONE = 200  # at most, in one turn


def step(now: datetime, *, limit: int = BATCH, setbacks: Setbacks | None = None) -> int:
    """One batch of each kind, of `limit` at most, for every workspace that has something; answers how much was done.

    With `setbacks` whoever fails is passed over for a while; without, the error is raised.
    """
    done = 0
    waiting, due = set(waiting_workspaces(CONSUMER)), set(due_workspaces(now))
    struck = set(clockwork.due_workspaces(now))
    for workspace_id in sorted(waiting | due | struck):
        if setbacks is not None and setbacks.workspaces.is_out(workspace_id, clock.now()):
            continue
        try:
            done += _turn(
                workspace_id, now, limit, setbacks, is_struck=workspace_id in struck,
                is_waiting=workspace_id in waiting, is_due=workspace_id in due,
            )  # fmt: skip
        except (OperationalError, InterfaceError):
            raise  # it is the database, for all of them
        except Exception:
            if setbacks is None:
                raise
            setbacks.workspace_failed(workspace_id, clock.now())
        else:
            if setbacks is not None:
                setbacks.workspaces.went_well(workspace_id)
    return done


def _turn(
    workspace_id: int,
    now: datetime,
    limit: int,
    setbacks: Setbacks | None,
    *,
    is_struck: bool,
    is_waiting: bool,
    is_due: bool,
) -> int:
    words = Words(Workspace.objects.get(pk=workspace_id))
    did = 0
    if is_struck:
        did += again(partial(clockwork.strike, words.workspace, now=now))
    if is_waiting:
        did += again(partial(match, words.workspace, now=now, limit=limit, words=words))
    if did or is_due:
        did += _advance(words, now, limit, setbacks)
    return did


def _advance(words: Words, now: datetime, limit: int, setbacks: Setbacks | None) -> int:
    """A batch of those who are due; when something in it fails, one person after the other, so that only those whose
    own run fails stand still."""
    workspace = words.workspace
    people = setbacks.people(workspace.pk) if setbacks else None
    apart = people.all_out(clock.now()) if people else []
    try:
        did = again(partial(advance, workspace, now=now, limit=limit, words=words, without=apart))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if setbacks is None or (people and len(people) >= MOST_APART):
            raise
        return _one_by_one(words, now, setbacks, apart)
    if people:
        people.forget_past(clock.now())
    return did


def _one_by_one(words: Words, now: datetime, setbacks: Setbacks, apart: Sequence[int]) -> int:
    workspace, did = words.workspace, 0
    for contact_id in due_contacts(workspace.pk, now, limit=ONE_BY_ONE, without=apart):
        try:
            did += again(partial(advance, workspace, now=now, contact_id=contact_id))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            setbacks.person_failed(workspace.pk, contact_id, clock.now())
        else:
            setbacks.people(workspace.pk).went_well(contact_id)
    return did


def drain(
    workspace: Workspace, *, contact_id: int, now: datetime, budget: float | None = None
) -> bool:
    """All that has happened to this contact, followed up to the first waits; answers whether it is finished.

    Within `budget` seconds (BUDGET_SECONDS); the rest goes on in the background. What a worker has in hand is waited for.
    """
    deadline = time.monotonic() + (BUDGET_SECONDS if budget is None else budget)
    words = Words(workspace)
    while True:
        in_segments, on_the_way = _waiting(workspace.pk, contact_id, now)
        if not in_segments and not on_the_way:
            return True
        did = upkeep.advance_contact(workspace.pk, contact_id, now) if in_segments else 0
        if on_the_way:
            did += again(lambda: _follow(words, contact_id, now))
        if time.monotonic() >= deadline:
            return not any(_waiting(workspace.pk, contact_id, now))
        if not did:
            time.sleep(LOOK_SECONDS)


@transaction.atomic
def _follow(words: Words, contact_id: int, now: datetime) -> int:
    """What happened and what came of it, for one contact; one transaction, for whoever waits."""
    workspace = words.workspace
    with counters.added_together():
        return match(workspace, now=now, contact_id=contact_id, words=words) + advance(
            workspace, now=now, contact_id=contact_id, words=words
        )


# Rows in another worker's hands are seen as they were: what is being done still waits.
_WAITING = """
SELECT EXISTS (SELECT 1 FROM inbox WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s AND consumer = 'segment'),
       EXISTS (SELECT 1 FROM inbox WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s AND consumer = 'journey')
    OR EXISTS (SELECT 1 FROM journey_run WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
               AND due_at IS NOT NULL AND (due_at <= %(now)s OR state = 'ready' OR woken = 'event'))
"""


def _waiting(workspace_id: int, contact_id: int, now: datetime) -> tuple[bool, bool]:
    """Whether something is still to be done about this contact in segments, and in journeys."""
    parameters = {"workspace": workspace_id, "contact": contact_id, "now": now}
    in_segments, on_the_way = sql.rows(_WAITING, parameters)[0]
    return in_segments, on_the_way
