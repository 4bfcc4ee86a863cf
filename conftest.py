"""What every test may use: a workspace with one cast of people, on a real PostgreSQL."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kesher.project.catalogues import compile_stale
from kesher.project.database import EmbeddedDatabase

CHECKOUT = Path(__file__).resolve().parent
DATABASE = pytest.StashKey[EmbeddedDatabase]()


def pytest_configure(config: pytest.Config) -> None:
    """Start a database for the run unless DATABASE_URL names one; the workers of xdist inherit its address."""
    from django.conf import settings

    from kesher.events.models import Event
    from kesher.journeys.models import JourneyRun, JourneyStep

    # These are made by SQL; managed here, they are emptied with the other tables after a test that commits.
    for model in (Event, JourneyRun, JourneyStep):
        model._meta.managed = True
    _empty_tables_patiently()
    worker = getattr(config, "workerinput", {}).get("workerid", "alone")
    settings.HOME = CHECKOUT / ".kesher" / "test" / "homes" / worker
    settings.HOME.mkdir(parents=True, exist_ok=True)
    settings.MEDIA_ROOT = str(settings.HOME / "media")
    settings.FILE_UPLOAD_TEMP_DIR = None
    # Argon2 is slow on purpose; no test shows anything about it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if hasattr(config, "workerinput"):
        return
    compile_stale()
    if not os.environ.get("DATABASE_URL"):
        database = EmbeddedDatabase(CHECKOUT / ".kesher" / "test", durable=False)
        if database.start():
            config.stash[DATABASE] = database
        os.environ["DATABASE_URL"] = database.url
        settings.DATABASES["default"]["HOST"] = database.url.rpartition("host=")[2].replace(
            "%2F", "/"
        )


def _empty_tables_patiently() -> None:
    """A page that was just closed may still be answered while the tables are emptied: one of both gives way."""
    from django.core.management import CommandError
    from django.db import OperationalError
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def patiently(case: TransactionTestCase) -> None:
        for _time in range(3):
            try:
                return empty(case)
            except CommandError as error:
                if not isinstance(error.__cause__, OperationalError):
                    raise
                time.sleep(0.5)
        return empty(case)

    TransactionTestCase._fixture_teardown = patiently


def pytest_unconfigure(config: pytest.Config) -> None:
    if database := config.stash.get(DATABASE, None):
        database.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A Chromium, in which a test opens pages of its own: `chromium.new_page(locale="he-IL")`."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs on in this thread, which makes Django believe that it is called from async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    note = CHECKOUT / ".make" / "chromium"
    path = os.environ.get("KESHER_CHROMIUM") or (note.read_text() if note.exists() else None)
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    rest = "--disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*quiet.split(), *rest.split()]
        )
        yield browser
        browser.close()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: Tuesday, 17 November 2026, 10:00 in Jerusalem."""
    return datetime(2026, 11, 17, 8, 0, tzinfo=UTC)


@pytest.fixture
def owner(db: None) -> Any:
    from kesher.accounts.models import User

    return User.objects.create_user("dana@shop.example", "correct horse battery", name="דנה לוי")


@pytest.fixture
def workspace(owner: Any) -> Any:
    """ "The Green Bookshop", with its "all contacts" list and the owner as its only member."""
    from kesher.accounts.models import Membership, Workspace
    from kesher.contacts.models import ContactList

    made = Workspace.objects.create(
        key="green-books",
        name="חנות הספר הירוקה",
        sender_name="חנות הספר הירוקה",
        sender_email="shop@green-books.example",
        legal_name="הספר הירוק בע״מ",
        postal_address="הרצל 12, חיפה",
    )
    Membership.objects.create(workspace=made, user=owner, role="owner")
    ContactList.objects.create(workspace=made, key="all", name="כל אנשי הקשר", is_all=True)
    return made


@pytest.fixture
def access(workspace: Any, owner: Any) -> Any:
    from kesher.accounts.access import Access

    return Access(workspace, "owner", user=owner)


@pytest.fixture
def signed_in(client: Any, owner: Any) -> Any:
    """Django's test client, signed in as the owner."""
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _contact(workspace: Any, now: datetime, **values: Any) -> Any:
    from kesher.contacts.models import Contact

    return Contact.objects.create(
        workspace=workspace, created_at=now, updated_at=now, **{"source": "staff", **values}
    )


@pytest.fixture
def noa(workspace: Any, now: datetime) -> Any:
    """Subscribed to everything."""
    return _contact(
        workspace,
        now,
        first_name="נועה",
        last_name="כהן",
        email="noa@example.com",
        mobile="+972501234567",
        city="חיפה",
        email_consent="granted",
        sms_consent="granted",
        whatsapp_consent="granted",
    )


@pytest.fixture
def dan(workspace: Any, now: datetime) -> Any:
    """Unsubscribed."""
    return _contact(
        workspace,
        now,
        first_name="דן",
        email="dan@example.com",
        mobile="+972502345678",
        email_consent="withdrawn",
    )


@pytest.fixture
def yael(workspace: Any, now: datetime) -> Any:
    """Has no phone."""
    return _contact(
        workspace,
        now,
        first_name="יעל",
        last_name="לוי",
        email="yael@example.com",
        email_consent="granted",
    )


@pytest.fixture
def oren(workspace: Any, now: datetime) -> Any:
    """His mail bounced."""
    return _contact(
        workspace,
        now,
        first_name="אורן",
        email="oren@example.com",
        email_consent="granted",
        email_bounced_at=now,
    )
