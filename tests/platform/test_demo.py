"""The demo shop: made once, and made whole, however often its making was cut short."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.journeys.models import JourneyRun
from kesher.messages.models import Message

demo = importlib.import_module("kesher.project.demo.load")  # its package has a function of the name
PEOPLE = 150
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = str(tmp_path / "media")


def parts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()  # type: ignore[attr-defined]
        for model in (Workspace, Contact, Campaign, Message, JourneyRun)
    }


def test_a_start_cut_short_is_taken_up_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_draft", "_finish"):  # with the campaigns sent; with everything but the end
        with monkeypatch.context() as patch:
            patch.setattr(demo, name, _cut)
            with pytest.raises(KeyboardInterrupt):
                demo.load(people=PEOPLE)
        assert Campaign.objects.exists()

    said = demo.load(people=PEOPLE)

    assert demo.EMAIL in said
    assert Workspace.objects.get().is_demo
    once = parts()
    assert once["Contact"] == PEOPLE
    assert all(once.values())
    clicked = ContactList.objects.get(name="מתעניינים במבצעים")
    deals = ListMembership.objects.filter(list_id=clicked.pk).count()
    assert 0 < deals < PEOPLE  # those who followed the smart link
    assert demo.load(people=PEOPLE) == said
    assert parts() == once


def _cut(*arguments: object) -> None:
    raise KeyboardInterrupt
