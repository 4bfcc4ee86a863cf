"""What goes to a provider and what comes back: values, with no database and no network in them.

They are made for every mail, so they are not frozen, which would make that three times slower. Nobody changes them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class OutgoingMail:
    """One message ready for the wire. `sender` is the envelope's, `raw` is RFC 5322 with CRLF.

    `is_dotless`: the maker knows that no line of it begins with a dot (base64 bodies), so nobody need look.
    """

    message_id: int
    recipient: str
    sender: str
    raw: bytes
    subject: str = ""
    is_dotless: bool = False


@dataclass(slots=True)
class OutgoingText:
    """One SMS or WhatsApp text. `recipient` is E.164; `sender` a number or name, "" for the account's own."""

    message_id: int
    recipient: str
    text: str
    sender: str = ""


Outgoing = OutgoingMail | OutgoingText


@dataclass(slots=True)
class Delivered:
    """The provider took it, and it counts as with its reader until something else is told. `text` is its answer.

    So says SMTP's 250 (decision: a mail is delivered until it bounces), and a phone that is on this machine.
    """

    message_id: int
    text: str = ""


@dataclass(slots=True)
class Accepted:
    """A gateway took it and will try: whether it arrives is told by a receipt (`record_delivered`), or never."""

    message_id: int
    text: str = ""


@dataclass(slots=True)
class Rejected:
    """The provider did not take it: for good when `permanent`, else it may be tried again.

    `enhanced` is the RFC 3463 status ("5.1.1") or empty; a gateway of texts says "5.1.1" of a number that is not
    in use. `code` 0 means that no server answered.
    """

    message_id: int
    permanent: bool
    code: int
    text: str
    enhanced: str = ""
    is_account_problem: bool = False


@dataclass(slots=True)
class InDoubt:
    """All was sent but no answer came: the provider may have it. To be tried again under the same Message-ID."""

    message_id: int
    text: str = ""


Outcome = Delivered | Accepted | Rejected | InDoubt
