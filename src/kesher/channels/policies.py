"""What a workspace puts around its advertising texts: the word that says so, and the way out.

Israel's Communications Law §30A(e) asks for both; other countries for the way out. The word is empty where none is
used, the ending holds `{link}` where the short address of the way out stands, or words such as "Reply STOP".
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.channels.models import TextPolicy

LINK = "{link}"
LONGEST_WORD, LONGEST_ENDING = 30, 100


class Around(NamedTuple):
    before: str
    after: str


def frame_of(workspace: Workspace, channel: str) -> Around:
    """As set, else as usual in the workspace's language."""
    found = TextPolicy.objects.filter(workspace=workspace, channel=channel).first()
    return Around(found.before, found.after) if found else usual(workspace)


def usual(workspace: Workspace) -> Around:
    if workspace.language[:2] == "he":
        return Around("פרסומת:", f"להסרה: {LINK}")
    return Around("", f"Opt out: {LINK}")


class BadPolicy(Exception):
    """What was written cannot be used; `problems` says why, by setting."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


@transaction.atomic
def save_policy(access: Access, *, channel: str, before: str, after: str) -> TextPolicy:
    """Set both for a channel. Raises BadPolicy: an advertising text must say how to get no more of them."""
    before, after = " ".join(before.split()), " ".join(after.split())
    problems = {}
    if len(before) > LONGEST_WORD:
        problems["before"] = _("At most %(count)s characters.") % {"count": LONGEST_WORD}
    if not after:
        problems["after"] = _("The law asks for a way out in every advertising text.")
    elif len(after) > LONGEST_ENDING:
        problems["after"] = _("At most %(count)s characters.") % {"count": LONGEST_ENDING}
    if problems:
        raise BadPolicy(problems)
    made, _created = TextPolicy.objects.update_or_create(
        workspace=access.workspace, channel=channel, defaults={"before": before, "after": after}
    )
    access.audit("channel.text_policy", made, channel)
    return made
