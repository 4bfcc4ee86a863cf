"""A program with a key that may do everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kesher.accounts import actions
from kesher.accounts.access import Access


@pytest.fixture
def key(access: Access) -> str:
    return actions.create_api_key(access, name="תוכנה", scopes=list(actions.SCOPES)).secret


@pytest.fixture
def call(client: Client, key: str) -> Callable[..., Any]:
    """Call the API: call("POST", "/contacts", {...}, headers) answers the response."""

    def run(
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        secret: str = "",
    ) -> Any:
        return client.generic(
            method,
            f"/api/v1{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret or key}", **(headers or {})},
        )

    return run
