"""From a document to a render plan, once per version: MJML by mrml, direction resolved, links numbered.

Pure: it reads no database and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import mrml
from django.utils.translation import gettext as _
from django.utils.translation import override

from kesher.contacts.vocabulary import FieldInfo
from kesher.content.bands import check_bands_of
from kesher.content.blocks import BLOCKS, TEXT_KINDS, Node
from kesher.content.blocks.footer import Footer
from kesher.content.document import Tree, parse
from kesher.content.mail import MailContext
from kesher.content.plan import Address, LinkTo, Part, Parts, Plan, Span, merged
from kesher.content.problems import ERROR, WARNING, Problem
from kesher.content.spans import any_of, with_spans
from kesher.content.tags import split, tidy
from kesher.content.targeting import check_targets, needs_of, read_targets
from kesher.content.theme import styles
from kesher.rules.vocabulary import Vocabulary

# Gmail shows no more than this of a mail and hides the rest behind a link.
CLIPPED_AT_BYTES = 102 * 1024
_FILLER = (
    "\u034f\u200c\u00a0" * 70
)  # keeps the mail's first lines out of the preview behind a short preheader


def compile_document(
    body: Any,
    *,
    subject: str,
    preheader: str,
    fields: Sequence[FieldInfo],
    words: Vocabulary | None = None,
    with_footer: bool = True,
) -> Plan:
    """The plan of a document as a mail. Raises Problems when the JSON is no document.

    `words`: what rules may name, by which those of targeted blocks are checked; None takes them as they are.
    `with_footer` adds a footer with the way out where the document has none (advertising must have one).
    What is wrong but can be drawn stands in `plan.problems`, words in the active language.
    """
    tree = parse(body)
    context = MailContext(tree, fields)
    blocks = _with_footer(tree) if with_footer else tree.blocks
    with override(tree.language[:2]):  # the footer's words follow the document, problems the reader
        title = tidy(_header_parts(context, subject, "attr"))
        html = _html(context, blocks, title, preheader)
        text = _plain(context, blocks)
    needs = needs_of(tree, context.truth)
    plan_subject = tidy(_header_parts(context, subject, "header"))
    problems = [*_problems(tree, subject), *context.problems, *context.vocabulary.problems]
    if words is not None:
        problems += problems_of_targets(tree, words)
    if (size := _static_bytes(html)) > CLIPPED_AT_BYTES:
        problems.append(_too_long(size))
    return Plan(
        language=tree.language,
        direction=tree.direction,
        values=tuple(context.vocabulary.specs),
        rules=tuple(context.rules),
        subject=plan_subject,
        html=html,
        text=text,
        links=tuple(context.links),
        problems=tuple(dict.fromkeys(problems)),
        needs=needs,
    )


def problems_of_targets(
    tree: Tree, words: Vocabulary, *, held: Mapping[str, Sequence[Decimal]] | None = None
) -> list[Problem]:
    """All that is wrong with who sees what. `held` as in bands.check_bands_of."""
    targets, problems = read_targets(tree, words)
    problems += check_targets(tree, targets, words)
    return problems + check_bands_of(tree, targets, words, held=held)


def _with_footer(tree: Tree) -> tuple[Node, ...]:
    if any(node.kind == Footer.key or _leads_out(node) for node in tree.walk()):
        return tree.blocks
    defaults = {setting.key: setting.default for setting in Footer.schema}
    return (*tree.blocks, Node(id="footer", kind=Footer.key, settings=defaults, given={}))


def _leads_out(node: Node) -> bool:
    return "[[unsubscribe_url" in f"{node.settings.get('html', '')}{node.settings.get('url', '')}"


def _header_parts(context: MailContext, text: str, kind: str) -> list[Part]:
    """The subject's parts: one line, whatever was typed."""
    line = re.sub(r"\s+", " ", text).strip()
    if kind == "attr":
        return list(context.attribute(line))
    return [
        piece if isinstance(piece, str) else context.vocabulary.part(piece, kind, path="subject")
        for piece in split(line)
    ]


def _html(context: MailContext, blocks: Sequence[Node], title: Parts, preheader: str) -> Parts:
    source = _mjml(context, blocks, title, preheader)
    html = _directed(mrml.to_html(source).content, context.direction)
    html = html.replace(
        "<head>",
        '<head><meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        '<meta name="x-apple-disable-message-reformatting">'
        '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">',
        1,
    )
    html = html.replace("</body>", f"{context.raw(Address('pixel'))}</body>", 1)
    return with_spans(merged(context.unmark(html)))


def _directed(html: str, direction: str) -> str:
    """Direction on every table and cell: mail clients forget that of their parents."""
    html = re.sub(r"<(table|td)(?= |>)", rf'<\1 dir="{direction}"', html)
    if direction == "rtl":
        html = html.replace("direction:ltr", "direction:rtl")
        html = html.replace("text-align:left;direction:rtl", "text-align:right;direction:rtl")
    return html


def _mjml(context: MailContext, blocks: Sequence[Node], title: Parts, preheader: str) -> str:
    theme, tree = context.theme, context.tree
    preview = ""
    if preheader.strip():
        words = context.raw(*context.inline(preheader.strip(), path="preheader"), _FILLER)
        preview = f"<mj-preview>{words}</mj-preview>"
    inside, outside = _parted(blocks)
    top = context.element("mj-section", _column(context, '<mj-spacer height="20px"/>'), padding="0")
    page = context.element(
        "mj-wrapper",
        _sections(context, inside, pad=True) or _empty(context),
        background_color=theme["surface"],
        border_radius="14px",
        padding="0",
        css_class="k-card",
    )
    foot = _sections(context, outside, pad=False) if outside else ""
    return (
        f'<mjml lang="{tree.language}" dir="{tree.direction}"><mj-head>'
        f"<mj-title>{context.raw(*title)}</mj-title>{preview}"
        f'<mj-attributes><mj-all font-family="{theme["family"]}"/></mj-attributes>'
        f"<mj-style>{context.raw(styles(theme, context.dark_colours))}</mj-style></mj-head>"
        f'<mj-body width="600px" background-color="{theme["background"]}" css-class="k-body">'
        f"{top}{page}{foot}{top}</mj-body></mjml>"
    )


def _parted(blocks: Sequence[Node]) -> tuple[Sequence[Node], Sequence[Node]]:
    """The page's blocks, and the footers at its end, which lie below the page."""
    end = len(blocks)
    while end and blocks[end - 1].kind == Footer.key:
        end -= 1
    return blocks[:end], blocks[end:]


def _sections(context: MailContext, blocks: Sequence[Node], *, pad: bool) -> str:
    """Neighbouring blocks share a section; columns have their own."""
    sections: list[str] = []
    run: list[str] = []
    nodes: list[Node | None] = []  # None: room that is always there

    def close() -> None:
        if run:
            inner = _column(context, "".join(run))
            section = context.element("mj-section", inner, direction=context.direction, padding="0")
            sections.append(context.spanned_by(any_of(nodes), section))
            run.clear()
            nodes.clear()

    def add(inner: str, node: Node | None) -> None:
        run.append(inner)
        nodes.append(node)

    if pad and blocks and not _bleeds(blocks[0]):
        add('<mj-spacer height="18px"/>', None)
    for node in blocks:
        inner = context.spanned(node, BLOCKS.get(node.kind).mjml(node, context))
        if node.kind == "columns":
            close()
            sections.append(inner)
        else:
            add(inner, node)
    if pad and blocks and not _bleeds(blocks[-1]):
        add('<mj-spacer height="22px"/>', None)
    close()
    return "".join(sections)


def _column(context: MailContext, inner: str) -> str:
    return context.element("mj-column", inner, direction=context.direction)


def _bleeds(node: Node) -> bool:
    """Whether a block reaches the page's edge, so that no room is left before it."""
    return bool(node.settings.get("full") or node.settings.get("background"))


def _empty(context: MailContext) -> str:
    inner = _column(context, '<mj-spacer height="80px"/>')
    return context.element("mj-section", inner, padding="0")


def _plain(context: MailContext, blocks: Sequence[Node]) -> Parts:
    texts = (
        context.spanned_text(node, f"{context.in_direction(text)}\n\n")
        for node in blocks
        if (text := BLOCKS.get(node.kind).text(node, context))
    )
    return merged(context.text_unmark("".join(texts).rstrip() + "\n"))


def _problems(tree: Tree, subject: str) -> list[Problem]:
    found = []
    if not subject.strip():
        found.append(Problem("subject", _("The subject is empty"), ERROR))
    if not any(node.kind not in ("footer", "spacer", "divider") for node in tree.walk()):
        found.append(Problem("blocks", _("The mail is empty"), ERROR))
    elif not any(node.kind == Footer.key or _leads_out(node) for node in tree.walk()):
        found.append(
            Problem("blocks", _("There is no footer; one with the way out is added"), WARNING)
        )
    for node in tree.walk():
        found += BLOCKS.get(node.kind).problems(node)
        if node.kind in TEXT_KINDS:
            message = _("This block is for text messages, not for mail")
            found.append(Problem(f"blocks.{node.id}.kind", message, ERROR, node.id))
    return found


def _static_bytes(parts: Parts) -> int:
    """About how large the mail will be."""
    sizes = {LinkTo: 60, Address: 60}
    return sum(
        len(part.encode())
        if isinstance(part, str)
        else _static_bytes(part.parts)
        if isinstance(part, Span)
        else sizes.get(type(part), 12)
        for part in parts
    )


def _too_long(size: int) -> Problem:
    message = _(
        "The mail is about %(size)s KB; Gmail shows the first 102 KB and hides the rest"
    ) % {"size": size // 1024}
    return Problem("blocks", message, WARNING)
