"""The word that Israeli law wants before an advertising subject, and a subject without it."""

from __future__ import annotations

from kesher.accounts.models import Workspace

ADVERTISING_MARK = "פרסומת"
# U+2066 … U+2069 (Unicode UAX 9): what they hold keeps its own direction.
_LTR, _END = "\u2066", "\u2069"


def marked_subject(
    subject: str, *, workspace: Workspace, message_class: str, direction: str = "rtl"
) -> str:
    """The subject with "פרסומת" before it where Israeli law asks for it (Communications Law §30A(e)(1)).

    The word stays the first of the header, as the law and people's filters want it. It also makes mail programs
    take the whole subject for Hebrew, which would throw an English sentence's full stop to its beginning: so what
    follows is isolated as left to right.
    """
    needed = workspace.country == "IL" and message_class == "advertising"
    if not needed or subject.strip().startswith(ADVERTISING_MARK):
        return subject
    rest = f"{_LTR}{subject}{_END}" if direction == "ltr" else subject
    return f"{ADVERTISING_MARK}: {rest}"


def unmarked(subject: str) -> str:
    """The subject as it was written, without what `marked_subject` put around it."""
    rest = subject.strip().removeprefix(f"{ADVERTISING_MARK}:").strip()
    return rest.removeprefix(_LTR).removesuffix(_END).strip()
