"""What contacts give a new workspace: "all contacts", and one list to begin with."""

from __future__ import annotations

from kesher.accounts.models import Workspace
from kesher.accounts.setup import SETUP_STEPS, SetupStep
from kesher.contacts.lists import all_contacts_list
from kesher.contacts.models import ContactList

FIRST_LIST = {"he": "ניוזלטר", "en": "Newsletter"}


def _lists(workspace: Workspace) -> None:
    all_contacts_list(workspace)
    name = FIRST_LIST.get(workspace.language, FIRST_LIST["en"])
    ContactList.objects.get_or_create(
        workspace=workspace, key="newsletter", defaults={"name": name, "is_public": True}
    )


LISTS = SETUP_STEPS.register(SetupStep("contacts.lists", _lists))
