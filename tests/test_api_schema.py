"""The OpenAPI description: complete, and true of the running API for whatever schemathesis thinks of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from kesher.accounts import actions
from kesher.accounts.access import Access
from kesher.project.reference import openapi

schema = schemathesis.openapi.from_dict(json.loads(openapi()))
schema.config.update(base_url="http://testserver")


def test_every_operation_names_its_scope_and_its_errors() -> None:
    described = json.loads(openapi())
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            answers = set(operation["responses"])
            assert {"401", "403", "422"} <= answers, f"{method} {path}"
            assert operation["security"], f"{method} {path}"
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"


# The key is always sent, so what goes without it is shown in test_api; and a request of the right shape may
# still be refused for what it says (an unknown list, an address of somebody else).
LEFT_OUT = [
    schemathesis.checks.CHECKS.get_one(name)
    for name in ("ignored_auth", "missing_required_header", "positive_data_acceptance")
]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request must not close the connection that holds the test's transaction, as Django's own client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(access: Access, noa: Any, dan: Any) -> str:
    return actions.create_api_key(access, name="schemathesis", scopes=list(actions.SCOPES)).secret


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_the_api_keeps_its_word(case: Any, key: str) -> None:
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}"}
    response = case.call(app=get_wsgi_application())
    case.validate_response(response, excluded_checks=LEFT_OUT)
