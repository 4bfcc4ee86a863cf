from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.contacts import actions
from kesher.contacts.custom_fields import create_field
from kesher.contacts.search import FieldFilter, Filters, search_page
from kesher.lib import sql


@pytest.mark.parametrize(
    ("kind", "stored", "other", "typed", "text"),
    [
        ("text", "א-17", "א-18", "א-17", "א-17"),
        ("text", "Gold", "Silver", "gold", "gold"),
        ("number", 5, 6, 5, "5"),
        ("number", 5.0, 50, 5, "5"),
        ("yes_no", True, False, True, "true"),
    ],
)
def test_a_custom_value_is_found_as_it_is_kept_whatever_its_case(
    access: Any, noa: Any, dan: Any, now: datetime, kind: str, stored: Any, other: Any, typed: Any, text: str
) -> None:  # fmt: skip
    made = create_field(access, label="שדה", type=kind)
    actions.update_contact(access, noa, values={made.key: stored}, now=now)
    actions.update_contact(access, dan, values={made.key: other}, now=now)

    filters = Filters(fields=(FieldFilter(made.key, "is", text, typed),))
    page = search_page(access.workspace.pk, filters=filters)

    assert [row.id for row in page.rows] == [noa.pk]


def test_one_of_several_choices_is_found(access: Any, noa: Any, dan: Any, now: datetime) -> None:
    choices = [{"key": "tea", "label": "תה"}, {"key": "coffee", "label": "קפה"}]
    made = create_field(access, label="שתייה", type="choices", options={"choices": choices})
    actions.update_contact(access, noa, values={made.key: ["tea", "coffee"]}, now=now)
    actions.update_contact(access, dan, values={made.key: ["tea"]}, now=now)

    filters = Filters(fields=(FieldFilter(made.key, "is", "קפה", ["coffee"]),))
    page = search_page(access.workspace.pk, filters=filters)

    assert [row.id for row in page.rows] == [noa.pk]


def test_a_rare_custom_value_is_found_by_index(access: Any, noa: Any, now: datetime) -> None:
    sql.execute(
        "INSERT INTO contact (workspace_id, email, mobile, external_id, first_name, last_name, phone, role, company,"
        " city, notes, fields, language, email_consent, sms_consent, whatsapp_consent, source, created_at, updated_at)"
        " SELECT %s, '', '', '', '', '', '', '', '', '', '', jsonb_build_object('nr', n), '', '', '', '', 'test', %s, %s"
        " FROM generate_series(1, 5000) n",
        (access.workspace.pk, now, now),
    )
    sql.execute("ANALYZE contact")

    plan = sql.rows(
        "EXPLAIN SELECT c.id FROM contact c WHERE c.workspace_id = %s AND c.deleted_at IS NULL"
        " AND c.fields @> '{\"nr\": 7}' AND c.fields <> '{}'",
        (access.workspace.pk,),
    )

    assert "contact_custom_values" in "\n".join(row[0] for row in plan)
