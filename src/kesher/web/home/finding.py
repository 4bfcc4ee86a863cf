"""What the command palette finds beside places and commands: people, lists, campaigns, mails."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.contacts.search import search_page
from kesher.content.models import Document
from kesher.web import navigation

EACH = 6
SHORTEST = 2

Found = dict[str, str]


def find(access: Access, text: str) -> list[Found]:
    """At most EACH of a kind; nothing for less than two letters."""
    if len(text) < SHORTEST:
        return []
    workspace = access.workspace
    lists = ContactList.objects.filter(workspace=workspace, archived_at=None)
    campaigns = Campaign.objects.filter(workspace=workspace, archived_at=None)
    mails = Document.objects.filter(workspace=workspace, archived_at=None)
    return [
        *_contacts(access, text),
        *_lists(access, lists.filter(name__icontains=text)),
        *_named(access, _("Campaigns"), "campaign", campaigns, text),
        *_named(access, _("Mails and templates"), "content_editor", mails, text),
    ]


def _contacts(access: Access, text: str) -> Iterator[Found]:
    page = search_page(access.workspace.pk, text=text, limit=EACH)
    for row in page.rows:
        name = f"{row.first_name} {row.last_name}".strip()
        if href := navigation.href("contact_card", access.workspace.key, row.id):
            address = row.email or row.mobile
            yield _entry(_("Contacts"), name or address, href, address if name else "")


def _lists(access: Access, lists: QuerySet[ContactList]) -> Iterator[Found]:
    """A list opens the table of contacts, narrowed to it."""
    table = navigation.href("contacts_index", access.workspace.key)
    for row in lists.order_by("-pk")[:EACH]:
        if table:
            yield _entry(_("Lists"), row.name, table if row.is_all else f"{table}?list={row.pk}")


def _named(
    access: Access, group: str | Promise, url_name: str, rows: QuerySet[Model], text: str
) -> Iterator[Found]:
    for row in rows.filter(name__icontains=text).order_by("-pk")[:EACH]:
        if href := navigation.href(url_name, access.workspace.key, row.pk):
            yield _entry(group, str(getattr(row, "name", "")), href)


def _entry(group: str | Promise, text: str, href: str, hint: str = "") -> Found:
    return {"group": str(group), "text": text, "href": href, "hint": hint}
