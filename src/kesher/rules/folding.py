"""How text is compared: NFC, then lower case letter by letter. The same in SQL, in Python and in the browser.

Letter by letter (Unicode's simple mapping) because that is what PostgreSQL's `lower` does under its built-in
and C locales: no final sigma, no dotted i of two code points. Niqqud counts: שָׁלוֹם is not שלום.
"""

from __future__ import annotations

import re
import unicodedata

# The one letter whose simple lower case differs from Python's: İ becomes i, not i with a dot above.
_DOTTED_I = "\u0130"


def folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed.lower()
    return "".join("i" if letter == _DOTTED_I else letter.lower() for letter in composed)


# Letters without case, digits, the space and signs that no other character is composed to. Left out: ; and `,
# which U+037E and U+1FEF become under NFC.
_ITSELF = re.compile(r"[\u05d0-\u05ea0-9 !\"#$%&'()*+,\-./:<=>?@\[\\\]^_{|}~]+")


def folds_from_itself(text: str) -> bool:
    """Whether no other text folds to this one, so that comparing with it needs no folding: Hebrew without niqqud."""
    return _ITSELF.fullmatch(text) is not None


def folded_sql(text: str) -> str:
    """The SQL that folds the SQL expression `text`."""
    return f"lower(normalize({text}, NFC))"


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
