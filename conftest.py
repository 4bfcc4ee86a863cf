"""What every test may use: a workspace with one cast of people, on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest


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
