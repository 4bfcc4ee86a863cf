"""SMS and WhatsApp texts: from blocks to a plan with a text face, and what is done to a text once it is filled in.

Pure. `content.text_sizes` counts them for an audience; `messages.texts` sends them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kesher.contacts.vocabulary import FieldInfo
from kesher.content.blocks import BLOCKS, TEXT_KINDS, Node
from kesher.content.blocks.sms_text import JOINS
from kesher.content.compile import problems_of_targets
from kesher.content.document import Tree, parse
from kesher.content.mail import MailContext
from kesher.content.plan import Address, Part, Plan, Span, merged
from kesher.content.problems import ERROR, Problem
from kesher.content.tags import Tag, split, tidy
from kesher.content.targeting import needs_of
from kesher.rules.vocabulary import Vocabulary

TEXT_CHANNELS = ("sms", "whatsapp")
CONTEXT = "sms"
# An address in running text; a merge tag in it is part of it, a full stop or bracket behind it is not.
_URL = re.compile(r"https?://(?:\[\[[^\[\]\n]{1,300}\]\]|[^\s\[\]<>\"״])+", re.IGNORECASE)
_BEHIND_URL = ".,;:!?)'\"…"
SAMPLE_TOKEN = "4hT9kQ2mX0000b"  # noqa: S105  (no secret: as a real one looks, and as long)
LINK = "{link}"  # where the way out stands in Frame.after


@dataclass(frozen=True)
class Frame:
    """What stands around an advertising text: the word the law asks for, and the way out."""

    before: str = ""
    after: str = ""


def compile_text(body: Any, fields: Sequence[FieldInfo], words: Vocabulary | None = None) -> Plan:
    """The plan of a document as a text. Raises Problems when the JSON is no document. `words` as in compile_document."""
    tree = parse(body)
    context = MailContext(tree, fields)
    parts = merged(list(_whole(context, tree)))
    problems = [*_problems(tree), *context.problems, *context.vocabulary.problems]
    if words is not None:
        problems += problems_of_targets(tree, words)
    return Plan(
        language=tree.language,
        direction=tree.direction,
        values=tuple(context.vocabulary.specs),
        needs=needs_of(tree, context.truth),
        rules=tuple(context.rules),
        subject=(),
        html=(),
        text=parts,
        links=tuple(context.links),
        problems=tuple(dict.fromkeys(problems)),
    )


def _whole(context: MailContext, tree: Tree) -> Iterator[Part]:
    for node in tree.blocks:
        if node.kind not in TEXT_KINDS or not node["text"].strip():
            continue
        piece = merged([JOINS[node["join"]], *_piece(context, node)])
        if node.show_if is None:
            yield from piece
        else:
            yield Span(context.truth(node), piece)


def _piece(context: MailContext, node: Node) -> Sequence[Part]:
    text, end = node["text"].strip(), 0
    parts: list[Part] = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(_BEHIND_URL)
        parts += _words(context, text[end : match.start()], node)
        parts += context.link(url, block_id=node.id, label=url, context=CONTEXT)
        end = match.start() + len(url)
    return tidy([*parts, *_words(context, text[end:], node)])


def _words(context: MailContext, text: str, node: Node) -> Iterator[Part]:
    for piece in split(text):
        if isinstance(piece, str):
            yield piece
            continue
        part = _tag(context, piece, node)
        if part != "":
            yield part


def _tag(context: MailContext, tag: Tag, node: Node) -> Part:
    path = f"blocks.{node.id}.text"
    part = context.vocabulary.part(tag, CONTEXT, path=path, block=node.id)
    if not isinstance(part, Address):
        return part
    if part.key == "view":
        message = _("A text has no view in a browser")
        context.problems.append(Problem(path, message, ERROR, node.id))
        return ""
    return Address("stop")


def _problems(tree: Tree) -> list[Problem]:
    found = []
    if not any(node.settings.get("text", "").strip() for node in tree.blocks):
        found.append(Problem("blocks", _("The text is empty"), ERROR))
    for node in tree.walk():
        if node.kind in TEXT_KINDS:
            found += BLOCKS.get(node.kind).problems(node)
        else:
            message = _("A text message holds pieces of text only")
            found.append(Problem(f"blocks.{node.id}.kind", message, ERROR, node.id))
    return found


def opening(body: Any, most: int = 80) -> str:
    """The first words of a text document, by which people know it, merge tags as they were written."""
    said = " ".join(str(block.get("text", "")) for block in body.get("blocks", ()))
    words = " ".join(said.split())
    if len(words) <= most:
        return words
    cut = words[:most]
    return f"{cut[: cut.rfind('[[')] if cut.count('[[') > cut.count(']]') else cut}…"


_BLANKS_AT_EDGE = re.compile(r"[ \t]*\n[ \t]*")
_EMPTY_LINES = re.compile(r"\n{3,}")
_BLANKS = re.compile(r"[ \t]{2,}")


def joined(text: str) -> str:
    """Without the blanks that pieces which are not shown leave behind."""
    lines = _BLANKS_AT_EDGE.sub("\n", text)
    return _BLANKS.sub(" ", _EMPTY_LINES.sub("\n\n", lines)).strip()


def framed(text: str, frame: Frame, link: str) -> str:
    """The text as it travels; nothing is said twice. `link`: the way out of this message."""
    before = "" if text.startswith(frame.before.rstrip(" :")) else frame.before
    after = "" if link in text else frame.after.replace(LINK, link)
    whole = f"{before} {text}" if before else text
    return f"{whole}\n{after}" if after else whole


def way_out(base_url: str, token: str) -> str:
    return f"{base_url.rstrip('/')}/s/{token}/u"
