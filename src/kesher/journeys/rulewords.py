"""What journeys let rules speak of: the messages of live ones, as "journey.node"."""

from __future__ import annotations

from collections.abc import Iterable

from kesher.accounts.models import Workspace
from kesher.contacts.rules import RULE_WORDS, RuleWords
from kesher.journeys.models import Journey
from kesher.journeys.ownmessages import own_messages
from kesher.journeys.versions import version_of
from kesher.rules.vocabulary import Message


def _messages(workspace: Workspace) -> Iterable[Message]:
    rows = Journey.objects.filter(workspace=workspace, live_version__isnull=False)
    for number, key, name, version in rows.values_list("pk", "key", "name", "live_version_id"):
        if version is not None:
            for one in own_messages(version_of(version).graph, number):
                yield Message(f"{key}.{one.key}", f"{name}: {one.name}", one.match)


JOURNEYS = RULE_WORDS.register(RuleWords("journeys", ("journey",), messages=_messages))
