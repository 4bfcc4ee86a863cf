"""What few use is loaded by the first who asks for it: see bench/memory.py for what that saves."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

HEAVY = ("ninja", "pydantic", "dns", "xlsxwriter", "prometheus_client", "httpx")
WEB = "import kesher.project.asgi; from django.urls import get_resolver; get_resolver()._populate()"
WORKER = "import django; django.setup(); import kesher.worker.process"


@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_a_process_at_rest_has_not_loaded_what_few_use(process: str) -> None:
    told = f"{process}; import sys; print([name for name in {HEAVY} if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", told], env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.stdout.strip() == "[]"


def test_the_api_answers_the_first_who_asks_and_knows_its_own_addresses(
    db: None, client: Any
) -> None:
    page = client.get("/api/v1/docs")

    assert page.status_code == 200
    assert "/api/v1/openapi.json" in page.content.decode()
