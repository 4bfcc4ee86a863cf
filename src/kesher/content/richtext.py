"""Text as people type it: control characters dropped, rich text brought to the small subset of FORMATS.

Written once, when a document is saved; what is stored is safe to put into a mail or a page.
"""

from __future__ import annotations

import re

import nh3

TAGS = {"p", "br", "strong", "em", "u", "s", "a", "ul", "ol", "li", "span"}
_ATTRIBUTES = {"a": {"href"}, "span": {"dir"}, "p": {"dir"}, "li": {"dir"}}
_DIRECTIONS = {"rtl", "ltr", "auto"}
_SCHEMES = {"http", "https", "mailto", "tel", "sms", "whatsapp"}
_SYNONYMS = (("<b>", "<strong>"), ("</b>", "</strong>"), ("<i>", "<em>"), ("</i>", "</em>"))
# C0 and C1 controls but tab and line breaks; the bidi overrides that let text pretend to be another.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff\ud800-\udfff]"
)
_TAG_IN_HREF = re.compile(r"\[\[(.*?)\]\]")

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=lambda tag, name, value: _attribute(name, value),
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)


def _attribute(name: str, value: str) -> str | None:
    if name == "dir":
        return value if value in _DIRECTIONS else None
    return value


def clean_text(text: str) -> str:
    """Plain text without control characters and bidi overrides."""
    return _CONTROLS.sub("", text)


def clean_rich(html: str) -> str:
    """The subset p, br, strong, em, u, s, a, ul, ol, li, span dir; everything else loses its tags.

    Cleaning twice changes nothing.
    """
    for old, new in _SYNONYMS:
        html = html.replace(old, new)
    return _cleaner.clean(clean_text(html))
