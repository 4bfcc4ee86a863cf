"""A document as one contact would get it, by the renderer that sends: for the editor and the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import fields_of
from kesher.content.batch import values_of
from kesher.content.compile import compile_document
from kesher.content.constants import Constants
from kesher.content.plan import Plan
from kesher.content.problems import Problem
from kesher.content.render import Renderer


@dataclass(frozen=True)
class Preview:
    subject: str
    html: str
    text: str
    problems: tuple[Problem, ...]


def preview(
    document_body: Any,
    subject: str,
    preheader: str,
    workspace: Workspace,
    contact: Contact | None,
    *,
    device: str = "desktop",
    now: datetime | None = None,
    base_url: str | None = None,
) -> Preview:
    """Raises Problems when the body is no document. Without a contact the fallbacks show.

    `device` is how wide the caller shows it; the mail is the same.
    """
    plan = compile_document(
        document_body, subject=subject, preheader=preheader, fields=fields_of(workspace)
    )
    return preview_plan(plan, workspace, contact, now=now, base_url=base_url)


def preview_plan(
    plan: Plan,
    workspace: Workspace,
    contact: Contact | None,
    *,
    now: datetime | None = None,
    base_url: str | None = None,
) -> Preview:
    constants = Constants.of(workspace, now=now, base_url=base_url)
    nobody = ("",) * len(plan.values) + ("1",) * len(plan.rules)
    values = (
        values_of(workspace.pk, plan, [contact.pk]).get(contact.pk, nobody) if contact else nobody
    )
    made = Renderer(plan, constants).render("", values)
    return Preview(made.subject, made.html.decode(), made.text.decode(), plan.problems)
