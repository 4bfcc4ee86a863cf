"""A document as one contact would get it, by the renderer that sends: for the editor and the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.contacts.rules import vocabulary_of
from kesher.contacts.vocabulary import fields_of
from kesher.content.batch import Values, nobodys, values_of
from kesher.content.compile import compile_document
from kesher.content.constants import Constants
from kesher.content.document import Tree, parse
from kesher.content.plan import Plan
from kesher.content.problems import Problem
from kesher.content.render import Renderer
from kesher.content.targeting import shown_to
from kesher.lib import clock
from kesher.rules.parse import parse as parse_rule
from kesher.rules.problems import BadRule
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words as rule_in_words


@dataclass(frozen=True)
class TargetShown:
    """A targeted block: whether its rule holds, and whether it is seen (not where it lies in hidden columns)."""

    block: str
    holds: bool
    visible: bool
    sentence: str


@dataclass(frozen=True)
class Preview:
    """`leaves_something`: False when it would not be sent, because targeting leaves this contact no content."""

    subject: str
    html: str
    text: str
    problems: tuple[Problem, ...]
    targeting: tuple[TargetShown, ...] = ()
    leaves_something: bool = True

    @property
    def hidden(self) -> list[str]:
        return [one.block for one in self.targeting if not one.visible]


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
    """Raises Problems when the body is no document. Without a contact the fallbacks show, and every block.

    `device` is how wide the caller shows it; the mail is the same.
    """
    words = vocabulary_of(workspace)
    plan = compile_document(
        document_body,
        subject=subject,
        preheader=preheader,
        fields=fields_of(workspace),
        words=words,
    )
    at = now or clock.now()
    values = _values(plan, workspace, contact, at, words)
    constants = Constants.of(workspace, now=at, base_url=base_url)
    made = Renderer(plan, constants).render("", values)
    return Preview(
        made.subject,
        made.html.decode(),
        made.text.decode(),
        plan.problems,
        _targeting(parse(document_body), plan, values, words),
        plan.leaves_something(values),
    )


def preview_plan(
    plan: Plan,
    workspace: Workspace,
    contact: Contact | None,
    *,
    now: datetime | None = None,
    base_url: str | None = None,
) -> Preview:
    """A version as published."""
    at = now or clock.now()
    values = _values(plan, workspace, contact, at, None)
    made = Renderer(plan, Constants.of(workspace, now=at, base_url=base_url)).render("", values)
    return Preview(
        made.subject,
        made.html.decode(),
        made.text.decode(),
        plan.problems,
        leaves_something=plan.leaves_something(values),
    )


def _values(
    plan: Plan,
    workspace: Workspace,
    contact: Contact | None,
    at: datetime,
    words: Vocabulary | None,
) -> Values:
    if contact is None:
        return nobodys(plan)
    found = values_of(
        workspace.pk, plan, [contact.pk], now=at, workspace=workspace, vocabulary=words
    )
    return found.get(contact.pk, nobodys(plan))


def _targeting(
    tree: Tree, plan: Plan, values: Values, words: Vocabulary
) -> tuple[TargetShown, ...]:
    truths = values[len(plan.values) :]
    by_rule = {repr(rule): bool(truth) for rule, truth in zip(plan.rules, truths, strict=True)}
    return tuple(
        TargetShown(node.id, by_rule[repr(node.show_if)], is_seen, in_words(node.show_if, words))
        for node, is_seen in shown_to(tree, plan.rules, truths)
    )


def in_words(rule: Any, words: Vocabulary) -> str:
    """A block's rule as a sentence, "" when it cannot be read."""
    try:
        return rule_in_words(parse_rule(rule, words), words)
    except BadRule:
        return ""
