"""The side navigation: which areas there are, in which order, under which heading.

The command palette offers the same places, found by their names in every language of the interface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.access import Access

Words = str | Promise


@dataclass(frozen=True)
class Place:
    """One entry. `key` is what a page names in `nav` to light it; `needs` is the least role that sees it."""

    key: str
    url_name: str
    icon: str
    label: Words
    group: Words = ""
    keywords: str = ""
    needs: str = "viewer"


@dataclass(frozen=True)
class Command:
    """Something to do from anywhere, offered by the palette."""

    url_name: str
    icon: str
    label: Words
    keywords: str = ""
    needs: str = "editor"


AUDIENCE, MARKETING, DELIVERY = _("Audience"), _("Marketing"), _("Delivery")

PLACES = (
    Place("home", "home", "layout-dashboard", _("Dashboard"), keywords="home בית"),
    Place(
        "desk",
        "desk",
        "clipboard-check",
        _("Tasks and alerts"),
        keywords="todo bell inbox משימה התראה פעמון לעשות",
    ),
    Place("contacts", "contacts_index", "users", _("Contacts"), AUDIENCE, "people אנשים לקוחות"),
    Place("lists", "lists_index", "list-details", _("Lists"), AUDIENCE, "tags תגיות קבוצות"),
    Place(
        "segments",
        "segments_index",
        "chart-pie",
        _("Segments"),
        AUDIENCE,
        "rules conditions תנאים פילוח",
    ),
    Place(
        "imports", "imports_index", "file-import", _("Imports"), AUDIENCE, "csv excel אקסל ייבוא"
    ),
    Place(
        "journeys",
        "journeys_index",
        "route",
        _("Journeys"),
        MARKETING,
        "automation flow אוטומציה אוטומציות תהליך",
    ),
    Place("campaigns", "campaigns_index", "send", _("Campaigns"), MARKETING, "mail דיוור קמפיין"),
    Place(
        "content", "content_index", "template", _("Mails and templates"), MARKETING, "design עיצוב"
    ),
    Place("mailbox", "mailbox_index", "inbox", _("Sent here"), DELIVERY, "local test תיבה"),
    Place("settings", "settings_general", "settings", _("Settings"), DELIVERY, "team users צוות"),
)

COMMANDS = (
    Command("contacts_new", "user-plus", _("New contact"), "add הוספה"),
    Command("campaigns_new", "send", _("New campaign"), "send mail שליחה דיוור"),
    Command("journeys_new", "route", _("New journey"), "automation flow אוטומציה תהליך"),
    Command("segments_new", "filter-plus", _("New segment"), "rule conditions פילוח תנאים"),
    Command("imports_new", "file-import", _("Import contacts from a file"), "csv excel אקסל"),
    Command("content_new", "mail-plus", _("New mail"), "write design עיצוב כתיבה"),
)


def href(name: str, workspace_key: str, *args: Any) -> str | None:
    """The address of a screen of the workspace, or None when no screen has that name."""
    for given in ((workspace_key, *args), args):
        try:
            return reverse(name, args=given)
        except NoReverseMatch:
            continue
    return None


@dataclass(frozen=True)
class Shown:
    """A place as the template draws it."""

    place: Place
    href: str
    heading: Words = ""


def shown_places(access: Access) -> list[Shown]:
    """The places that exist and that this role sees; the first of a group carries the group's heading."""
    found: list[Shown] = []
    last: Words = ""
    for place in PLACES:
        address = href(place.url_name, access.workspace.key)
        if address is None or not access.may(place.needs):
            continue
        found.append(Shown(place, address, place.group if place.group != last else ""))
        last = place.group
    return found


def palette_commands(access: Access) -> list[dict[str, str]]:
    """Commands and places as the palette reads them: {group, text, href, keywords}."""
    found = []
    for group, entries in ((_("Actions"), COMMANDS), (_("Go to"), PLACES)):
        for entry in entries:
            address = href(entry.url_name, access.workspace.key)
            if address is not None and access.may(entry.needs):
                found.append(_offered(group, entry, address))
    return found


def _offered(group: Words, entry: Place | Command, address: str) -> dict[str, str]:
    return {
        "group": str(group),
        "text": str(entry.label),
        "href": address,
        "keywords": f"{in_every_language(entry.label)} | {entry.keywords}",
    }


def in_every_language(words: Words) -> str:
    """The words in all languages of the interface, so that "contacts" finds אנשי קשר and the reverse.

    Divided by "|": the palette puts first what begins with the words typed.
    """
    found = []
    for language in ("he", "en"):
        with translation.override(language):
            found.append(str(words))
    return " | ".join(found)
