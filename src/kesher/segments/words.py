"""What segments let rules speak of: themselves."""

from __future__ import annotations

from collections.abc import Iterator

from kesher.accounts.models import Workspace
from kesher.contacts.rules import RULE_WORDS, RuleWords
from kesher.rules.vocabulary import Segment as Word
from kesher.segments.models import Segment


def _words(workspace: Workspace) -> Iterator[Word]:
    """Archived ones too: what names them goes on working."""
    for row in Segment.objects.filter(workspace=workspace).order_by("name", "id"):
        yield Word(row.key, row.name, row.rule, archived=row.archived_at is not None)


RULE_WORDS.register(RuleWords("segments", ("segment",), segments=_words))
