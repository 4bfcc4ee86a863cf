"""Writing documents, publishing them, and the values of many contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from kesher.accounts.undo import apply_undo
from kesher.contacts.models import Field
from kesher.contacts.vocabulary import fields_of
from kesher.content.actions import (
    Conflict,
    Saved,
    archive_document,
    create_document,
    duplicate_document,
    publish_version,
    save_document,
)
from kesher.content.batch import values_of
from kesher.content.compile import compile_document
from kesher.content.constants import Constants
from kesher.content.models import Document, TrackedLink
from kesher.content.plan import Plan
from kesher.content.preview import preview
from kesher.content.problems import Problems
from kesher.content.render import Renderer
from kesher.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(access: Any) -> Document:
    return create_document(access, kind="email", name="ניוזלטר", template="newsletter-he")


def test_a_version_keeps_its_plan_and_its_links(
    access: Any, document: Document, now: datetime, noa: Any
) -> None:
    version = publish_version(access, document, now=now)

    links = TrackedLink.objects.filter(version=version).order_by("number")
    assert [link.number for link in links] == list(range(len(links)))
    assert links[0].label == "לקריאת המאמר" or links[0].url.startswith("https://")
    plan = Plan.from_json(version.plan)
    renderer = Renderer(plan, Constants.of(access.workspace, now=now))
    made = renderer.render(
        "T", values_of(access.workspace.pk, plan, [noa.pk], now=clock.now())[noa.pk]
    )
    assert "נועה" in made.html.decode()


def test_publishing_takes_few_statements_however_many_links(
    access: Any, document: Document, now: datetime, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        publish_version(access, document, now=now)


def test_a_mail_with_an_error_is_not_published(
    access: Any, document: Document, now: datetime
) -> None:
    document.subject = ""

    with pytest.raises(Problems):
        publish_version(access, document, now=now)


def test_a_rule_that_cannot_be_read_is_kept_and_stops_publishing(
    access: Any, document: Document, now: datetime
) -> None:
    block = {"id": "a", "kind": "text", "html": "x", "show_if": {"field": "citty", "op": "is_set"}}
    body = {**document.body, "blocks": [block]}
    saved = save_document(
        access, document, body=body, subject="x", preheader="", name="x", revision=document.revision
    )
    document.refresh_from_db()

    assert isinstance(saved, Saved)
    assert document.body["blocks"][0]["show_if"] == block["show_if"]
    told = {problem.path: problem.message for problem in saved.problems}
    assert "city" in told["blocks.a.show_if.field"]
    with pytest.raises(Problems):
        publish_version(access, document, now=now)


def test_of_two_saves_of_one_revision_the_second_is_a_conflict(
    access: Any, document: Document
) -> None:
    values = {"body": document.body, "subject": "א", "preheader": "", "name": "x", "revision": 1}

    first = save_document(access, document, **values)
    second = save_document(access, document, **{**values, "subject": "ב"})

    assert first == Saved(2, first.problems)  # type: ignore[union-attr]
    assert isinstance(second, Conflict)
    assert second.current.subject == "א"


def test_a_subject_is_one_line(access: Any, document: Document) -> None:
    save_document(
        access,
        document,
        body=document.body,
        subject="א\r\nBcc: x",
        preheader="",
        name="x",
        revision=1,
    )

    document.refresh_from_db()
    assert document.subject == "א Bcc: x"


def test_a_copy_lives_its_own_life(access: Any, document: Document) -> None:
    copied = duplicate_document(access, document)

    assert copied.pk != document.pk
    assert copied.body == document.body
    assert copied.revision == 1


def test_what_was_put_away_comes_back(access: Any, document: Document, now: datetime) -> None:
    entry = archive_document(access, document, now=now)
    apply_undo(access, entry.pk)

    document.refresh_from_db()
    assert document.archived_at is None


def test_values_are_formatted_by_their_type(
    access: Any, noa: Any, yael: Any, workspace: Any
) -> None:
    Field.objects.create(workspace=workspace, key="score", label="ציון כולל", type="number")
    Field.objects.create(
        workspace=workspace,
        key="size",
        label="מידה",
        type="choice",
        options={"choices": [{"key": "l", "label": "גדול"}]},
    )
    noa.birthday = date(1990, 3, 27)
    noa.fields = {"score": 1234, "size": "l"}
    noa.save()
    body = {
        "blocks": [
            {
                "id": "a",
                "kind": "text",
                "html": "[[ציון כולל]] [[מידה]] [[birthday]] [[נייד]] [[שם פרטי]]",
            }
        ]
    }
    plan = compile_document(body, subject="x", preheader="", fields=fields_of(workspace))

    values = values_of(workspace.pk, plan, [noa.pk, yael.pk], now=clock.now())

    assert dict(zip(plan.fields, values[noa.pk], strict=True)) == {
        "score": "1,234",
        "size": "גדול",
        "birthday": "27.3.1990",
        "mobile": "050-123-4567",
        "first_name": "נועה",
    }
    assert values[yael.pk] == ("", "", "", "", "יעל")


def test_the_values_of_many_cost_one_statement(
    access: Any, noa: Any, dan: Any, yael: Any, workspace: Any, django_assert_num_queries: Any
) -> None:
    plan = compile_document(
        {"blocks": [{"id": "a", "kind": "text", "html": "[[first_name]] [[city]]"}]},
        subject="x",
        preheader="",
        fields=fields_of(workspace),
    )

    with django_assert_num_queries(1) as _queries:
        found = values_of(workspace.pk, plan, [noa.pk, dan.pk, yael.pk], now=clock.now())

    assert isinstance(_queries, CaptureQueriesContext)
    assert set(found) == {noa.pk, dan.pk, yael.pk}
    assert values_of(workspace.pk + 1, plan, [noa.pk], now=clock.now()) == {}


def test_a_preview_shows_fallbacks_to_nobody(workspace: Any, document: Document) -> None:
    shown = preview(document.body, "היי [[first_name|לכולם]]", "", workspace, None, device="mobile")

    assert shown.subject == "היי לכולם"
