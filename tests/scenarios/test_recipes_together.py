"""All recipes in one workspace, in each language: they live side by side, and each of their messages arrives as it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from kesher.accounts.access import Access
from kesher.channels.models import LocalMessage
from kesher.contacts.models import Contact
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.recipes.base import RECIPES
from kesher.journeys.recipes.installing import install_recipe
from kesher.messages.actions import queue_message
from kesher.messages.models import Message
from tests.scenarios.conftest import Received, Shop
from tests.scenarios.recipes import cook, plain, plain_subjects

HEBREW = {chr(number) for number in range(0x05D0, 0x05EB)}


@pytest.fixture
def noa(shop: Shop) -> Contact:
    """Of whom nothing is known but where to write to her."""
    return shop.person("", mobile="+972501112233", sms_consent="granted")


@pytest.mark.parametrize("language", ["he", "en"])
def test_every_message_of_every_recipe_arrives_and_has_no_holes(
    shop: Shop, noa: Contact, language: str
) -> None:
    for recipe in RECIPES:
        cook(shop, recipe.key, language=language)
    count = send_everything(shop, noa)
    shop.drain()

    refused = Message.objects.exclude(status="sent")
    assert [(one.channel, one.reason) for one in refused] == [("sms", "nothing_left")]  # E-07
    mails, subjects = shop.got(noa), plain_subjects(shop, noa)
    texts = [
        bytes(one.raw).decode()
        for one in LocalMessage.objects.filter(channel="sms", recipient=noa.mobile)
    ]
    assert len(mails) + len(texts) == count - 1
    for subject, mail in zip(subjects, mails, strict=True):
        _is_whole(subject, mail, language)
    for text in texts:
        assert "[[" not in text
        assert bool(HEBREW & set(text)) is (language == "he"), text


# By recipe: the fields and lists whose names the scenarios give, as users see them.
NAMES = {
    "survey": {"sum": "סיכום סקר"},
    "quiz": {"total": "ציון כולל", "answered": "ענו על שאלון"},
    "visits": {"visits": "כמות ביקורים"},
    "scoring": {
        "score": "סכימה", "product-a": "התעניין במוצר א", "product-b": "התעניין במוצר ב"
    },
    "families": {"status": "מצב משפחתי", "parent": "יש ילדים", "children": "מספר ילדים"},
}  # fmt: skip


@pytest.mark.parametrize(("key", "names"), NAMES.items())
def test_fields_and_lists_have_the_names_that_users_know(
    access: Access, now: datetime, key: str, names: dict[str, str]
) -> None:
    made = install_recipe(access, RECIPES.get(key), now=now)

    called = {name: row.label for name, row in made.fields.items()}
    called |= {name: row.name for name, row in made.lists.items()}
    assert names.items() <= called.items()


@pytest.mark.parametrize(
    ("language", "ends"), [("he", ("בכלל לא", "מאוד")), ("en", ("Not at all", "Very much"))]
)
def test_the_ends_of_a_rating_are_named(
    access: Access, now: datetime, language: str, ends: tuple[str, str]
) -> None:
    """E-01."""
    access.workspace.language = language
    access.workspace.save()

    made = install_recipe(access, RECIPES.get("survey"), now=now)

    for name in ("service", "product"):
        options = made.fields[name].options
        assert (options["max"], options["low"], options["high"]) == (5, *ends)


def send_everything(shop: Shop, noa: Contact) -> int:
    """Each message of each live version, once; answers how many there are."""
    versions = JourneyVersion.objects.filter(
        pk__in=Journey.objects.filter(status="live").values("live_version")
    )
    count = 0
    for version in versions:
        for key, entry in version.messages.items():
            node = version.graph["nodes"][key]
            queue_message(
                shop.workspace.pk, contact_id=noa.pk, version_id=entry["version"], source="api",
                source_id=f"{version.pk}.{key}", channel=node["kind"].removeprefix("send_"),
                message_class=node["message_class"], now=shop.clock.now,
            )  # fmt: skip
            count += 1
    return count


def _is_whole(subject: str, mail: Received, language: str) -> None:
    words = plain(mail.text).split("\n-- \n")[0]  # below it the business signs
    assert not [hole for hole in ("[[", "None", "  ") if hole in words], words
    assert words.startswith("שלום לכם,\n" if language == "he" else "Hello there,\n")
    assert bool(HEBREW & set(subject + words)) is (language == "he"), words
    assert f'dir="{"rtl" if language == "he" else "ltr"}"' in mail.html
