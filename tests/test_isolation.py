"""No workspace sees another: every address of a workspace, asked with a foreign object's id, answers as for none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kesher.accounts import actions
from kesher.accounts.access import Access
from kesher.accounts.models import Invitation, Membership, User, Work
from kesher.campaigns.actions import create_campaign
from kesher.channels.models import ChannelAccount, LocalMessage, SendingDomain
from kesher.contacts.actions import add_note, create_contact
from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import create_list
from kesher.contacts.models import Import
from kesher.media.models import File

pytestmark = pytest.mark.django_db
MISSING = 987_654_321
FIRST_FOREIGN_ID = 500_000


def _addresses(patterns: list[Any], inside: bool = False) -> Iterator[tuple[str, dict[str, str]]]:
    """Every named address under /w/<workspace>/ that takes a number, with its converters by argument."""
    for pattern in patterns:
        here = inside or "workspace" in pattern.pattern.converters
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern) and here and pattern.name:
            kinds = {name: type(kind).__name__ for name, kind in pattern.pattern.converters.items()}
            if "IntConverter" in kinds.values():
                yield pattern.name, kinds


ADDRESSES = sorted(dict(_addresses(get_resolver().url_patterns)).items())


@pytest.fixture
def foreign_ids(now: datetime, settings: Any, tmp_path: Any) -> list[int]:
    """The ids of one of everything in somebody else's workspace, far from those of this one."""
    from django.db import connection

    stranger = User.objects.create_user("x@other.example", "correct horse battery")
    workspace = actions.create_workspace(stranger, name="Other", language="en")
    theirs = Access(workspace, "owner", user=stranger)
    tables = (
        "contact",
        "contact_list",
        "contact_field",
        "contact_note",
        "campaign",
        "document",
        "contact_import",
        "channel_account",
        "sending_domain",
        "local_message",
        "work",
        "membership",
        "invitation",
        "api_key",
        "media_file",
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, FIRST_FOREIGN_ID)
            )
    contact = create_contact(theirs, values={"email": "a@other.example"}, now=now)
    campaign = create_campaign(theirs, name="theirs")
    made = [
        contact,
        create_list(theirs, name="theirs"),
        create_field(theirs, label="theirs", type="text", options={}),
        add_note(theirs, contact, text="theirs", now=now),
        campaign,
        campaign.document,
        Import.objects.create(workspace=workspace, name="x.csv", path="", size_bytes=0),
        ChannelAccount.objects.create(
            workspace=workspace, channel="email", provider="local", name="x"
        ),
        SendingDomain.objects.create(
            workspace=workspace, domain="other.example", private_key="x", public_key="x"
        ),
        LocalMessage.objects.create(
            workspace_id=workspace.pk,
            channel="email",
            recipient="a@other.example",
            raw=b"x",
            received_at=now,
        ),
        Work.objects.create(workspace=workspace, kind="x", title="theirs"),
        Membership.objects.create(
            workspace=workspace,
            user=User.objects.create_user("y@other.example", "correct horse battery"),
        ),
        Invitation.objects.create(
            workspace=workspace,
            email="z@other.example",
            token_hash="h",
            expires_at=now + timedelta(days=1),
        ),
        actions.create_api_key(theirs, name="theirs", scopes=["contacts:read"]).key,
        File.objects.create(
            workspace=workspace,
            name="x",
            token="t",
            sha256="h",
            content_type="image/png",
            size_bytes=1,
        ),
    ]
    return sorted({row.pk for row in made})


def _arguments(kinds: dict[str, str], workspace: str, number: int) -> dict[str, Any]:
    return {
        "workspace": workspace,
        **{
            name: number if kind == "IntConverter" else "x"
            for name, kind in kinds.items()
            if name != "workspace"
        },
    }


def test_there_are_addresses_to_walk() -> None:
    assert len(ADDRESSES) > 40


def test_a_foreign_object_looks_like_a_missing_one(
    signed_in: Client, workspace: Any, foreign_ids: list[int]
) -> None:
    def ask(method: str, name: str, kinds: dict[str, str], number: int) -> tuple[int, str]:
        address = reverse(name, kwargs=_arguments(kinds, workspace.key, number))
        answer = signed_in.generic(method, address, data="{}", content_type="application/json")
        return answer.status_code, answer.headers.get("Location", "").replace(str(number), "#")

    wrong = []
    for name, kinds in ADDRESSES:
        for method in ("GET", "POST", "PUT"):
            nothing = ask(method, name, kinds, MISSING)
            if nothing[0] not in (404, 405):
                wrong.append(f"{method} {name} answers {nothing[0]} for a missing object")
            wrong += [
                f"{method} {name} tells a foreign object from a missing one"
                for number in foreign_ids
                if ask(method, name, kinds, number) != nothing
            ]
    assert wrong == []
