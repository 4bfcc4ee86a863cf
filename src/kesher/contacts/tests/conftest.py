"""What tests of contacts share: a list, and the truth that counters must tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kesher.contacts.lists import create_list
from kesher.contacts.models import ContactList
from kesher.lib import sql

_TRUTH = """
SELECT 'contacts', count(*) FROM contact WHERE workspace_id = %(w)s AND deleted_at IS NULL
UNION ALL
SELECT 'list.' || l.id, (SELECT count(*) FROM list_membership m JOIN contact c ON c.id = m.contact_id
    WHERE m.workspace_id = %(w)s AND m.list_id = l.id AND c.deleted_at IS NULL)
FROM contact_list l WHERE l.workspace_id = %(w)s AND NOT l.is_all
"""


@pytest.fixture
def vip(access: Any) -> ContactList:
    return create_list(access, name="לקוחות VIP")


@pytest.fixture
def count_again(workspace: Any) -> Callable[[], None]:
    """Set the counters to the truth: the cast of the tests is written without actions."""

    def count() -> None:
        sql.execute("DELETE FROM counter WHERE workspace_id = %s", (workspace.pk,))
        for name, number in sql.rows(_TRUTH, {"w": workspace.pk}):
            sql.execute("INSERT INTO counter VALUES (%s, %s, 0, %s)", (workspace.pk, name, number))

    return count


@pytest.fixture
def counters_are_true(workspace: Any) -> Callable[[], bool]:
    def check() -> bool:
        from kesher.events import counters

        truth = {name: int(number) for name, number in sql.rows(_TRUTH, {"w": workspace.pk})}
        assert counters.read(workspace.pk, truth) == truth
        return True

    return check
