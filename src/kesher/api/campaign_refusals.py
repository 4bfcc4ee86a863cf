"""What the operations of campaigns share: finding one, and what its actions refuse as problem documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kesher.accounts.access import Access
from kesher.api.problems import Problem
from kesher.campaigns.errors import BadValue, CannotSend, WrongState
from kesher.campaigns.models import Campaign


def find_campaign(access: Access, campaign_id: int) -> Campaign:
    found = access.get(Campaign, campaign_id, archived_at=None)
    found.workspace = access.workspace
    return found


@contextmanager
def refusing() -> Iterator[None]:
    """What an action refuses becomes a problem document."""
    try:
        yield
    except WrongState as error:
        raise Problem(409, "wrong-state", f"The campaign is now {error.status}.") from error
    except CannotSend as error:
        errors = [
            {"path": problem.step, "message": str(problem.text)} for problem in error.problems
        ]
        text = "The campaign cannot be sent yet."
        raise Problem(409, "not-ready", text, errors=errors) from error
    except BadValue as error:
        errors = [{"path": error.field, "message": error.text}]
        raise Problem(422, "invalid", error.text, errors=errors) from error
