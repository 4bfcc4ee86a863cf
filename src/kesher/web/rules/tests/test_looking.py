"""What the rule builder is told while somebody writes a rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from kesher.accounts.models import Workspace
from kesher.contacts.models import ContactList, Field
from kesher.contacts.rules import moment_of, read_rule, vocabulary_of
from kesher.web.rules import counting

HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}
JSON = "application/json"


@pytest.fixture
def in_haifa(noa: Any, dan: Any) -> Any:
    for contact in (noa, dan):
        contact.city = "חיפה"
        contact.save(update_fields=["city"])
    return noa


def _post(client: Any, name: str, workspace: Any, data: Any) -> Any:
    return client.post(reverse(name, args=[workspace.key]), data, content_type=JSON)


def test_the_vocabulary_offers_each_operator_in_both_its_words(
    signed_in: Any, workspace: Any
) -> None:
    Field.objects.create(workspace=workspace, key="children", label="ילדים", type="number")

    with translation.override("en"):
        told = signed_in.get(
            reverse("rules_vocabulary", args=[workspace.key]), headers={"accept-language": "en"}
        ).json()

    field = next(one for one in told["fields"] if one["key"] == "children")
    said = {one["op"]: (one["label"], one["negation"], one["editor"]) for one in field["operators"]}
    assert set(said) >= {"gt", "gte", "between", "is_set"}
    assert len({label for label, _no, _editor in said.values()}) == len(said)
    assert all(label and no and label != no for label, no, _editor in said.values())
    assert told["today"]
    assert told["lists"][0]["is_all"] is True


def test_every_operator_of_every_type_has_its_own_words_in_both_languages(
    workspace: Any,
) -> None:
    from kesher.rules.operators import TYPES, operators_of
    from kesher.web.rules.picking import _operator

    for language in ("he", "en"):
        with translation.override(language):
            for kind in TYPES:
                told = [_operator(one) for one in operators_of(kind)]
                words = [one[key] for one in told for key in ("label", "negation")]
                assert all(words), (language, kind, told)
                assert len(set(words)) == len(words), (language, kind, words)


def test_a_rule_is_told_in_words_with_a_count_and_people(
    signed_in: Any, workspace: Any, in_haifa: Any, yael: Any
) -> None:
    told = _post(signed_in, "rules_look", workspace, {"rule": HAIFA}).json()

    assert "חיפה" in told["sentence"]
    assert (told["count"], told["about"], told["problems"]) == (2, False, [])
    assert in_haifa.pk in [one["id"] for one in told["examples"]]
    assert signed_in.get(told["examples"][0]["url"]).status_code == 200


def test_a_rule_that_cannot_be_read_names_the_place_in_words(
    signed_in: Any, workspace: Any
) -> None:
    rule = {"all": [HAIFA, {"field": "citty", "op": "equals", "value": "x"}]}

    told = _post(signed_in, "rules_look", workspace, {"rule": rule}).json()

    assert told["count"] is None
    assert [(one["code"], one["path"]) for one in told["problems"]] == [
        ("unknown_field", "all[1].field")
    ]
    assert "city" in told["problems"][0]["message"]


def test_what_nobody_can_match_is_only_a_warning(signed_in: Any, workspace: Any) -> None:
    never = {"all": [HAIFA, {"not": HAIFA}]}

    told = _post(signed_in, "rules_look", workspace, {"rule": never}).json()

    assert (told["count"], told["problems"][0]["severity"]) == (0, "warning")


@pytest.mark.parametrize("body", ["", "[]", "{}", "not json"])
def test_another_shape_is_not_understood(signed_in: Any, workspace: Any, body: str) -> None:
    for name in ("rules_look", "rules_ask"):
        assert _post(signed_in, name, workspace, body).status_code == 400


def test_one_contact_is_told_which_parts_hold(
    signed_in: Any, workspace: Any, in_haifa: Any
) -> None:
    rule = {"all": [HAIFA, {"not": {"consent": "email"}}]}

    told = _post(
        signed_in, "rules_ask", workspace, {"rule": rule, "contact_id": in_haifa.pk}
    ).json()

    assert told["holds"] is False
    assert [part["holds"] for part in told["why"]] == [True, False]


def test_a_contact_of_another_workspace_is_not_there(
    signed_in: Any, workspace: Any, noa: Any
) -> None:
    other = Workspace.objects.create(key="other", name="אחרת")
    noa.workspace = other
    noa.save(update_fields=["workspace"])

    answer = _post(signed_in, "rules_ask", workspace, {"rule": HAIFA, "contact_id": noa.pk})

    assert answer.status_code == 404
    assert _post(signed_in, "rules_look", workspace, {"rule": {"all": []}}).json()["count"] == 0


def test_another_workspaces_builder_is_not_there(signed_in: Any) -> None:
    other = Workspace.objects.create(key="other", name="אחרת")

    for name in ("rules_look", "rules_ask"):
        assert _post(signed_in, name, other, {"rule": HAIFA}).status_code == 404
    assert signed_in.get(reverse("rules_vocabulary", args=[other.key])).status_code == 404


def test_a_list_of_another_workspace_cannot_be_named(
    signed_in: Any, workspace: Any, now: Any
) -> None:
    other = Workspace.objects.create(key="other", name="אחרת")
    foreign = ContactList.objects.create(workspace=other, key="theirs", name="שלהם", created_at=now)

    told = _post(signed_in, "rules_look", workspace, {"rule": {"list": foreign.pk}}).json()

    assert told["problems"][0]["code"] == "unknown_list"


def test_a_count_that_takes_too_long_becomes_about(
    workspace: Any, in_haifa: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, moment = vocabulary_of(workspace), moment_of(workspace, now)
    rule = read_rule(workspace, HAIFA)
    slow = counting.count_where(rule, words, moment, workspace_id=workspace.pk)
    asked = type(slow)(f"{slow.text} AND (SELECT pg_sleep(5)) IS NOT NULL", slow.parameters)
    monkeypatch.setattr(counting, "count_where", lambda *_given, **_named: asked)

    found = counting.count(rule, words, moment, workspace, limit=timedelta(milliseconds=50))

    assert found.about
    assert counting.sql.value("SELECT current_setting('statement_timeout')") == "0"


def test_the_field_of_a_form_holds_the_rule_and_shows_it_without_scripts(
    workspace: Any, access: Any
) -> None:
    shown = render_to_string(
        "rules/field.html",
        {"name": "rule", "value": HAIFA, "sentence": "עיר: חיפה", "access": access},
    )

    assert "עיר: חיפה" in shown
    assert "&quot;city&quot;" in shown
    assert reverse("rules_look", args=[workspace.key]) in shown
