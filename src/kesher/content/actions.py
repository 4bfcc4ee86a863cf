"""All that writes documents: make, save, publish, copy, put away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry
from kesher.accounts.undo import offer_undo
from kesher.content.document import blank, parse
from kesher.content.models import Document, Version
from kesher.content.plan import Link
from kesher.content.problems import Problem, Problems
from kesher.content.smart import smart_blocks
from kesher.content.templates import TEMPLATES
from kesher.content.texts import TEXT_CHANNELS, opening
from kesher.content.workspace import compile_in
from kesher.lib import sql

LONGEST_NAME = 200
LONGEST_LINE = 1_000


@dataclass(frozen=True)
class Saved:
    revision: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """Somebody saved in between; `current` is the document as it now is."""

    current: Document


def create_document(
    access: Access,
    *,
    kind: str,
    name: str,
    body: dict[str, Any] | None = None,
    template: str | None = None,
    subject: str = "",
    preheader: str = "",
) -> Document:
    """A new document from a body, or a copy of a starting template, or empty. Raises Problems, UnknownKey."""
    if template:
        chosen = TEMPLATES.get(template)
        body, subject, preheader = (
            deepcopy(chosen.body),
            subject or chosen.subject,
            chosen.preheader,
        )
    tree = parse(body if body is not None else blank(access.workspace.language))
    document = Document.objects.create(
        workspace=access.workspace,
        kind=kind,
        name=name.strip()[:LONGEST_NAME] or str(_("Untitled")),
        body=tree.to_json(),
        subject=_line(subject),
        preheader=_line(preheader),
        created_by=access.user,
    )
    access.audit("document.created", document, document.name)
    return document


BENCH = "bench"


def bench_of(access: Access, kind: str, *, now: datetime) -> Document:
    """A document out of the lists on which a message that is kept elsewhere, in a step of a journey, is previewed and tested."""
    found = Document.objects.filter(
        workspace=access.workspace, kind=kind, name=BENCH, is_apart=True
    )
    return found.order_by("pk").first() or Document.objects.create(
        workspace=access.workspace, kind=kind, name=BENCH, archived_at=now, is_apart=True,
        body=parse(blank(access.workspace.language)).to_json() if kind == "email" else {},
    )  # fmt: skip


@transaction.atomic
def save_document(
    access: Access,
    document: Document,
    *,
    body: Any,
    subject: str,
    preheader: str,
    name: str,
    revision: int,
) -> Saved | Conflict:
    """Save over `revision`; a newer one in the table is a Conflict and stays. Raises Problems."""
    tree = parse(body)
    stored = tree.to_json()
    changed = Document.objects.filter(
        pk=document.pk, workspace=access.workspace, revision=revision
    ).update(
        body=stored,
        subject=_line(subject),
        preheader=_line(preheader),
        name=name.strip()[:LONGEST_NAME] or document.name,
        revision=revision + 1,
        updated_at=timezone.now(),
    )
    if not changed:  # another tab or person was faster
        return Conflict(Document.objects.get(pk=document.pk, workspace=access.workspace))
    plan = compile_in(
        access.workspace, stored, subject=subject, preheader=preheader, kind=document.kind
    )
    return Saved(revision + 1, plan.problems)


@transaction.atomic
def publish_version(
    access: Access, document: Document, *, now: datetime, with_footer: bool = True
) -> Version:
    """Compile the document as it stands to an immutable version with its tracked links.

    Raises Problems when something in it stops sending.
    """
    plan = compile_in(
        access.workspace,
        document.body,
        subject=document.subject,
        preheader=document.preheader,
        with_footer=with_footer,
        kind=document.kind,
    )
    if plan.errors:
        raise Problems(plan.errors)
    version = Version.objects.create(
        workspace=access.workspace,
        document=document,
        body=document.body,
        subject=document.subject
        or (opening(document.body) if document.kind in TEXT_CHANNELS else ""),
        preheader=document.preheader,
        plan=plan.to_json(),
        created_at=now,
    )
    _store_links(version, plan.links)
    access.audit("document.published", document, document.name, version=version.pk)
    return version


_INSERT_LINKS = """
INSERT INTO tracked_link (workspace_id, version_id, number, url, block_id, label, smart)
SELECT %(workspace)s, %(version)s, l.number, l.url, l.block_id, l.label, l.smart::jsonb
FROM unnest(%(numbers)s::int[], %(urls)s::text[], %(blocks)s::text[], %(labels)s::text[], %(smart)s::text[])
    AS l(number, url, block_id, label, smart)
"""


def _store_links(version: Version, links: Sequence[Link]) -> None:
    if not links:
        return
    smart = {key: json.dumps(acts) for key, acts in smart_blocks(version.body["blocks"]).items()}
    sql.execute(
        _INSERT_LINKS,
        {
            "workspace": version.workspace_id,
            "version": version.pk,
            "numbers": [link.number for link in links],
            "urls": [link.url for link in links],
            "blocks": [link.block_id for link in links],
            "labels": [link.label for link in links],
            "smart": [smart.get(link.block_id) for link in links],
        },
    )


def duplicate_document(access: Access, document: Document, *, name: str = "") -> Document:
    """A copy that starts its own life. Without a name: "Copy of …"."""
    copied = Document.objects.create(
        workspace=access.workspace,
        kind=document.kind,
        name=(name or str(_("Copy of %(name)s") % {"name": document.name}))[:LONGEST_NAME],
        body=document.body,
        subject=document.subject,
        preheader=document.preheader,
        is_template=document.is_template,
        created_by=access.user,
    )
    access.audit("document.duplicated", copied, copied.name, of=document.pk)
    return copied


@transaction.atomic
def archive_document(access: Access, document: Document, *, now: datetime) -> UndoEntry:
    """Put a document away; versions that were sent stay."""
    Document.objects.filter(pk=document.pk, workspace=access.workspace).update(archived_at=now)
    access.audit("document.archived", document, document.name)
    return offer_undo(access, kind="content.archive", data={"document": document.pk})


def restore_document(access: Access, *, document_id: int) -> Document:
    """Take a document out of the archive."""
    document = access.get(Document, document_id)
    Document.objects.filter(pk=document.pk).update(archived_at=None)
    access.audit("document.restored", document, document.name)
    return document


def _line(text: str) -> str:
    """Subject and preheader are one line, whatever was pasted."""
    return " ".join(text.split())[:LONGEST_LINE]
