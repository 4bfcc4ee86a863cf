"""Recipes in scenarios: one installed from the gallery and published as it is, and what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client

from kesher.contacts.actions import update_contact
from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact
from kesher.journeys.actions import problems_of, publish_journey
from kesher.journeys.checks import errors
from kesher.journeys.models import Journey
from kesher.journeys.recipes.base import RECIPES
from kesher.journeys.recipes.installing import install_recipe
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from tests.scenarios.conftest import Shop


@dataclass(frozen=True)
class Dish:
    """A recipe at work. Fields and lists go by the recipe's own names."""

    shop: Shop
    fields: dict[str, str]
    lists: dict[str, int]
    journeys: Sequence[Journey]

    def told(self, people: Iterable[Contact], **values: Any) -> None:
        """Somebody fills fields on the card."""
        for person in people:
            own = {self.fields[name]: value for name, value in values.items()}
            update_contact(self.shop.access, person, values=own, now=self.shop.clock.now)

    def joins(self, name: str, people: Iterable[Contact]) -> None:
        ids = [person.pk for person in people]
        number, workspace = self.lists[name], self.shop.workspace.pk
        join_list(workspace, list_id=number, contact_ids=ids, now=self.shop.clock.now)

    def value(self, person: Contact, name: str) -> Any:
        person.refresh_from_db()
        return person.fields.get(self.fields[name])


def cook(shop: Shop, key: str) -> Dish:
    """Install and publish, with nothing changed in between."""
    made = install_recipe(shop.access, RECIPES.get(key), now=shop.clock.now)
    for journey in made.journeys:
        assert not errors(problems_of(shop.access, journey))
        publish_journey(shop.access, journey, now=shop.clock.now)
    fields = {name: row.key for name, row in made.fields.items()}
    return Dish(shop, fields, {name: row.pk for name, row in made.lists.items()}, made.journeys)


PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
_LINKS = re.compile(r'href="[^"]*(/c/[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def click(shop: Shop, person: Contact, words: str) -> None:
    """A human presses a button of the newest mail, half a minute after it came."""
    found = {
        re.sub("<[^>]*>", "", shown).strip(): unescape(path)
        for path, shown in _LINKS.findall(shop.got(person)[-1].html)
    }
    shop.clock.advance(timedelta(seconds=30))
    answer = Client(headers={"User-Agent": PERSON}).get(found[words])
    assert answer["Location"].startswith("https://example.com/")
    shop.clock.advance(timedelta(seconds=30))


def open_mails(shop: Shop, people: Iterable[Contact]) -> None:
    """They look at the newest mail they got, each with their own eyes."""
    ids = [person.pk for person in people]
    sent = Message.objects.filter(contact_id__in=ids, channel="email").order_by("pk")
    newest = {message.contact_id: message.pk for message in sent}
    shop.clock.advance(timedelta(seconds=30))
    store_hits(
        [
            NewHit(
                kind="open", message_id=number, at=shop.clock.now, link_number=None,
                ip="192.0.2.7", agent=PERSON,
            )
            for number in newest.values()
        ]
    )  # fmt: skip


def plain_subjects(shop: Shop, person: Contact) -> list[str]:
    """Without the mark of advertising."""
    return [one.rsplit("פרסומת")[-1].strip(" :\u2068\u2069") for one in subjects(shop, person)]


def subjects(shop: Shop, person: Contact) -> list[str]:
    return [found.subject for found in shop.got(person)]
