"""Compiling and checking in a workspace: with its fields, and with what its rules may name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.rules import vocabulary_of
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.content.compile import compile_document
from kesher.content.document import parse
from kesher.content.plan import Plan
from kesher.content.problems import Problem, Problems
from kesher.content.smart_checks import problems_of_smart
from kesher.content.targeting import read_targets
from kesher.content.texts import TEXT_CHANNELS, compile_text


def compile_in(
    workspace: Workspace,
    body: Any,
    *,
    subject: str,
    preheader: str,
    with_footer: bool = True,
    kind: str = "email",
    fields: Sequence[FieldInfo] | None = None,
) -> Plan:
    """The plan of a document of this workspace as a mail or a text. Raises Problems when the JSON is no document.

    `fields`: the workspace's, when the caller has read them for many documents.
    """
    words = vocabulary_of(workspace) if is_targeted(body) else None
    known = fields_of(workspace) if fields is None else fields
    if kind in TEXT_CHANNELS:
        plan = compile_text(body, known, words)
    else:
        plan = compile_document(
            body,
            subject=subject,
            preheader=preheader,
            fields=known,
            words=words,
            with_footer=with_footer,
        )
    return replace(plan, problems=(*plan.problems, *problems_of_smart(workspace, body)))


def is_targeted(body: Any) -> bool:
    """Whether some block is for some people only. Raises Problems when the JSON is no document."""
    return any(node.show_if is not None for node in parse(body).walk())


def problems_in(
    workspace: Workspace, body: Any, *, subject: str, preheader: str, kind: str = "email"
) -> list[Problem]:
    """All that is wrong with a document, also when it is none."""
    try:
        plan = compile_in(workspace, body, subject=subject, preheader=preheader, kind=kind)
        return list(plan.problems)
    except Problems as error:
        return error.problems


def refuse_bad_rules(workspace: Workspace, body: Any) -> None:
    """For programs, which are told at once: raises Problems where a rule cannot be read. People may save halves."""
    tree = parse(body)
    if any(node.show_if is not None for node in tree.walk()):
        _targets, problems = read_targets(tree, vocabulary_of(workspace))
        if problems:
            raise Problems(problems)
