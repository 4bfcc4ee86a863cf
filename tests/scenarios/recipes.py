"""Recipes in scenarios: one installed from the gallery and published as it is, and what it is told."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

from django.db import transaction
from django.test import Client

from kesher.contacts.actions import update_contact
from kesher.contacts.changes import apply_changes, read_changes
from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact, ListMembership
from kesher.journeys.actions import problems_of, publish_journey
from kesher.journeys.checks import errors
from kesher.journeys.engine import drain
from kesher.journeys.models import Journey
from kesher.journeys.recipes.base import RECIPES
from kesher.journeys.recipes.installing import install_recipe
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from tests.scenarios.conftest import Shop

FEW = 8
BUDGET = 30.0  # seconds; how fast it is is measured elsewhere, that it is right must not depend on the machine


@dataclass(frozen=True)
class Dish:
    """A recipe at work. Fields and lists go by the recipe's own names."""

    shop: Shop
    fields: dict[str, str]
    lists: dict[str, int]
    journeys: Sequence[Journey]

    def told(self, people: Sequence[Contact], **values: Any) -> None:
        """Fields are filled on the card; of many people by one change of all of them."""
        if len(people) > FEW:
            self._told_of_many(people, values)
            return
        for person in people:
            update_contact(
                self.shop.access, person, values=self._own(values), now=self.shop.clock.now
            )

    def submits(self, person: Contact, **values: Any) -> None:
        """All answers at once, as a form or the API brings them; what follows is done before they have their answer."""
        shop = self.shop
        with transaction.atomic():
            update_contact(
                shop.access,
                person,
                values=self._own(values),
                now=shop.clock.now,
                is_submission=True,
            )
        drain(shop.workspace, contact_id=person.pk, now=shop.clock.now, budget=BUDGET)

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {self.fields[name]: value for name, value in values.items()}

    def _told_of_many(self, people: Sequence[Contact], values: Mapping[str, Any]) -> None:
        json = [
            {"field": key, "do": "set", "value": value} for key, value in self._own(values).items()
        ]
        apply_changes(
            self.shop.workspace.pk,
            contact_ids=[person.pk for person in people],
            changes=read_changes(self.shop.workspace, json),
            now=self.shop.clock.now,
            source="staff",
        )

    def joins(self, name: str, people: Iterable[Contact]) -> None:
        ids = [person.pk for person in people]
        number, workspace = self.lists[name], self.shop.workspace.pk
        join_list(workspace, list_id=number, contact_ids=ids, now=self.shop.clock.now)

    def value(self, person: Contact, name: str) -> Any:
        return self.values([person], name)[0]

    def values(self, people: Sequence[Contact], name: str) -> list[Any]:
        """What the field holds of each of them now."""
        found = Contact.objects.in_bulk([person.pk for person in people])
        return [found[person.pk].fields.get(self.fields[name]) for person in people]

    def members(self, name: str) -> set[int]:
        inside = ListMembership.objects.filter(list_id=self.lists[name])
        return set(inside.values_list("contact_id", flat=True))


def cook(shop: Shop, key: str, *, language: str = "he") -> Dish:
    """Install and publish, with nothing changed in between."""
    if shop.workspace.language != language:
        shop.workspace.language = language
        shop.workspace.save(update_fields=["language"])
    made = install_recipe(shop.access, RECIPES.get(key), now=shop.clock.now)
    for journey in made.journeys:
        assert not errors(problems_of(shop.access, journey))
        publish_journey(shop.access, journey, now=shop.clock.now)
    fields = {name: row.key for name, row in made.fields.items()}
    return Dish(shop, fields, {name: row.pk for name, row in made.lists.items()}, made.journeys)


PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
_LINKS = re.compile(r'href="[^"]*(/c/[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def click(shop: Shop, person: Contact, words: str) -> float:
    """A human presses a button of the newest mail, half a minute after it came; answers how many seconds it took."""
    shop.clock.advance(timedelta(seconds=30))
    path = _links(shop, person)[words]
    started = time.perf_counter()
    answer = Client(headers={"User-Agent": PERSON}).get(path)
    took = time.perf_counter() - started
    assert answer["Location"].startswith("https://example.com/")
    shop.clock.advance(timedelta(seconds=30))
    return took


def follow_all(shop: Shop, person: Contact, *, agent: str) -> None:
    """Something follows every link of the newest mail, in one breath."""
    shop.clock.advance(timedelta(seconds=30))
    for path in _links(shop, person).values():
        Client(headers={"User-Agent": agent}).get(path)
    shop.clock.advance(timedelta(seconds=30))


def _links(shop: Shop, person: Contact) -> dict[str, str]:
    """The tracked links of the newest mail by their words."""
    return {
        re.sub("<[^>]*>", "", shown).strip(): unescape(path)
        for path, shown in _LINKS.findall(shop.got(person)[-1].html)
    }


def open_mails(shop: Shop, people: Iterable[Contact], *, agent: str = PERSON) -> None:
    """They look at the newest mail they got, each with their own eyes."""
    ids = [person.pk for person in people]
    sent = Message.objects.filter(contact_id__in=ids, channel="email").order_by("pk")
    newest = {message.contact_id: message.pk for message in sent}
    shop.clock.advance(timedelta(seconds=30))
    store_hits(
        [
            NewHit(
                kind="open", message_id=number, at=shop.clock.now, link_number=None,
                ip="192.0.2.7", agent=agent,
            )
            for number in newest.values()
        ]
    )  # fmt: skip


def plain_subjects(shop: Shop, person: Contact) -> list[str]:
    return subjects_of(shop, [person])[0]


def subjects_of(shop: Shop, people: Sequence[Contact]) -> list[list[str]]:
    """The subjects of what each of them got, without the mark of advertising, oldest first."""
    return [[_bare(mail.subject) for mail in mails] for mails in shop.post(people)]


def _bare(subject: str) -> str:
    return re.split("פרסומת|Advertisement", subject)[-1].strip(" :\u2068\u2069")


def plain(text: str) -> str:
    """Without the marks that keep left-to-right and right-to-left apart."""
    return re.sub("[\u200e\u200f\u2066-\u2069]", "", text)


def subjects(shop: Shop, person: Contact) -> list[str]:
    return [found.subject for found in shop.got(person)]
