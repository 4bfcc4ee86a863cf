"""Sender names with merge tags, "[[city]] Books", filled in for each reader of a batch. Reads the database at once."""

from __future__ import annotations

from collections.abc import Iterable

from kesher.contacts.vocabulary import fields_of
from kesher.content.batch import nobodys, values_of
from kesher.content.constants import Constants
from kesher.content.lines import compile_line, has_tags
from kesher.content.render import Renderer
from kesher.messages.claims import Claimed
from kesher.messages.contents import Batch


class SenderNames:
    """`names` are all that the batch may use; those without tags cost nothing."""

    def __init__(self, batch: Batch, names: Iterable[str]) -> None:
        self._filled: dict[tuple[str, int], str] = {}
        self._batch = batch
        for name in {name for name in names if has_tags(name)}:
            self._fill(name)

    def of(self, name: str, item: Claimed) -> str:
        """The name as this reader sees it; it may be empty."""
        if not has_tags(name):
            return name
        return self._filled.get((name, item.reader_id or 0), self._filled[name, 0])

    def _fill(self, name: str) -> None:
        workspace = self._batch.workspace
        plan = compile_line(name, fields_of(workspace), language=workspace.language)
        renderer = Renderer(plan, Constants.of(workspace, now=self._batch.now))
        readers = sorted({item.reader_id for item in self._batch.messages if item.reader_id})
        found = values_of(workspace.pk, plan, readers, now=self._batch.now, workspace=workspace)
        for reader, values in {0: nobodys(plan), **found}.items():
            self._filled[name, reader] = renderer.render("", values).subject.strip()
