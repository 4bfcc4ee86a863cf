"""For the photographs: acts on many, one done and one stopped before it began, and people in the bin."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesher.accounts.access import Access
from kesher.accounts.work import end_cancelled
from kesher.contacts import lists
from kesher.contacts.actions import create_contact, delete_contacts
from kesher.contacts.filtering import Filters
from kesher.contacts.mass import run
from kesher.contacts.mass.selection import select_matching

BINNED = (
    {"first_name": "מיכל", "last_name": "שדה", "email": "michal.sade@example.com", "mobile": "+972521230001"},
    {"first_name": "Maximiliane-Alexandra", "last_name": "von Württemberg", "email": "max@very-long-name.example"},
    {"email": "nobody@example.com"},
)  # fmt: skip


def add_many(access: Access, now: datetime) -> dict[str, int | str]:
    """Answers the ids of the acts by name."""
    made: dict[str, int | str] = {}
    row = lists.create_list(access, name="כנס סתיו 2026")
    for name, kind in (("done", "join"), ("stopped", "leave")):
        act = select_matching(
            access, kind=kind, data={"list_id": row.pk}, text="reader1", filters=Filters(), now=now
        )
        work = run.start(access, act, title=row.name, url="/")
        if name == "done":
            run.run_act(act.workspace_id, act.pk, clock=lambda: now)
        else:
            end_cancelled(work.pk, result={})
        made[f"act_{name}"] = act.pk
    binned = [create_contact(access, values=values, now=now).pk for values in BINNED]
    delete_contacts(access, ids=binned, now=now - timedelta(hours=5))
    return made
