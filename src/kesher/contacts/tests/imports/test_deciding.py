"""What was decided before an import starts is what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kesher.contacts.imports import actions, mapping, plan
from kesher.contacts.imports.run import run_import
from kesher.contacts.lists import create_list
from kesher.contacts.models import Import, ListMembership

pytestmark = pytest.mark.django_db


def test_a_choice_that_comes_in_behind_the_start_changes_nothing(
    started: Any, access: Any, now: datetime
) -> None:
    joined = create_list(access, name="לקוחות 2026")
    row = started("email\nnoa@example.com\n", lists=(joined.pk,))
    seen_before = Import.objects.get(pk=row.pk)

    late = replace(plan.from_json(seen_before.options), lists=())
    actions.choose(seen_before, entries=mapping.from_json(seen_before.mapping), options=late)
    run_import(row.pk, clock=lambda: now)

    assert ListMembership.objects.filter(list_id=joined.pk).count() == 1
