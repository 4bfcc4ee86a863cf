"""Who a campaign goes to: lists minus lists, counted for people while they choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.models import ContactList
from kesher.contacts.queries import audience_where
from kesher.lib import sql


@dataclass(frozen=True)
class Audience:
    """List ids. An empty `include` is nobody."""

    include: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Audience:
        return cls(
            tuple(int(number) for number in stored.get("include", ())),
            tuple(int(number) for number in stored.get("exclude", ())),
        )

    def stored(self) -> dict[str, list[int]]:
        return {"include": list(self.include), "exclude": list(self.exclude)}


@dataclass(frozen=True)
class Count:
    """How many are in the audience, and how many of them can be written to."""

    people: int
    reachable: int
    no_address: int
    no_consent: int
    bounced: int


# The same reasons as messages.eligibility, in its order, so that the number before sending is the number after;
# suppressed addresses are few and asked for at sending.
_COUNT = """
SELECT count(*),
       count(*) FILTER (WHERE email = ''),
       count(*) FILTER (WHERE email <> '' AND email_bounced_at IS NOT NULL),
       count(*) FILTER (WHERE email <> '' AND email_bounced_at IS NULL
                        AND (email_consent = 'withdrawn' OR %(advertising)s AND email_consent <> 'granted'))
FROM contact c WHERE c.workspace_id = %(workspace_id)s AND c.deleted_at IS NULL AND ({where})
"""


def count_audience(workspace: Workspace, audience: Audience, *, advertising: bool) -> Count:
    """Exact, in one statement."""
    if not audience.include:
        return Count(0, 0, 0, 0, 0)
    where, parameters = where_of(audience)
    people, no_address, bounced, no_consent = sql.rows(
        _COUNT.format(where=where),
        {**parameters, "workspace_id": workspace.pk, "advertising": advertising},
    )[0]
    return Count(
        people, people - no_address - bounced - no_consent, no_address, no_consent, bounced
    )


def where_of(audience: Audience) -> tuple[str, dict[str, Any]]:
    """The audience as a condition over `contact c`, and its parameters."""
    return audience_where(list(audience.include), list(audience.exclude))


def lists_of(
    workspace: Workspace, audience: Audience
) -> tuple[list[ContactList], list[ContactList]]:
    """The lists named, those since archived left out."""
    wanted = ContactList.objects.filter(
        workspace=workspace, pk__in=[*audience.include, *audience.exclude], archived_at=None
    )
    by_id = {found.pk: found for found in wanted}
    return (
        [by_id[number] for number in audience.include if number in by_id],
        [by_id[number] for number in audience.exclude if number in by_id],
    )
