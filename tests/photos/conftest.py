"""One live server and one browser for all photographs; a context for each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.photos.site import Site, build

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    with django_db_blocker.unblock(), override_settings(HOME=home, MEDIA_ROOT=str(home / "media")):
        server = LiveServer("127.0.0.1")
        try:
            with override_settings(BASE_URL=server.url):
                yield build(server.url)
        finally:
            server.stop()
            # Ids go on: this process remembers what it read by them.
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="package")
def contexts(site: Site, chromium: Any) -> Iterator[dict[tuple[str, bool], Any]]:
    """Browser contexts by language and whether one is signed in."""
    made = {}
    for language, session in site.sessions.items():
        for signed_in in (True, False):
            context = chromium.new_context(
                viewport=DESK,
                locale=f"{language}-IL",
                reduced_motion="reduce",
                base_url=site.address,
            )
            context.set_default_timeout(8000)
            cookies = [{"name": "language", "value": language, "url": site.address}]
            if signed_in:
                cookies.append({"name": "sessionid", "value": session, "url": site.address})
            context.add_cookies(cookies)
            made[language, signed_in] = context
    yield made
    for context in made.values():
        context.close()


@pytest.fixture(scope="package")
def pages(contexts: dict[tuple[str, bool], Any]) -> dict[tuple[str, bool], Any]:
    """One page for each context: opening a page costs more than going somewhere in it."""
    return {key: context.new_page() for key, context in contexts.items()}
