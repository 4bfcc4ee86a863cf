"""Header fields as bytes: encoded words, addresses, folding. No header can hold a line break of the caller's.

RFC 5322 §2.2.3 (folding), RFC 2047 (encoded words), RFC 2231 (file names), RFC 5890 (domains).
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache
from urllib.parse import quote

# "=?utf-8?B?" + 52 letters of base64 + "?=" is 64; with the longest name before it ("List-Unsubscribe: ") a line
# stays within the 76 of RFC 2047 §2. 39 bytes make 52 letters.
_WORD_BYTES = 39
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SPACES = re.compile(rb"[ \t]+")
_PLAIN = re.compile(r"[!-~](?:[ -~]{0,58}[!-~])?\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})\Z")


class BadAddress(ValueError):
    """An address that cannot stand in a header or an envelope. The text is the address."""


def clean(text: str) -> str:
    """The text on one line: control characters and line separators become spaces, lone surrogates go."""
    if text.isprintable():  # none of them, which is the quickest to see
        return text.strip()
    return _CONTROL.sub(" ", text).encode("utf-8", "ignore").decode().strip()


def relaxed(fields: bytes) -> bytes:
    """Header fields, their names in small letters, as RFC 6376 §3.4.2 wants them: unfolded, spaces joined."""
    if b"\r\n " in fields:
        fields = fields.replace(b"\r\n ", b" ")
    return _SPACES.sub(b" ", fields) if b"  " in fields else fields


@lru_cache(maxsize=512)  # of a mailing, most have the same or begin with one of a few names
def unstructured(text: str) -> bytes:
    """A header's value for a subject: as it is when short and plain, else encoded words folded."""
    line = clean(text)
    if _PLAIN.match(line) and "=?" not in line:
        return line.encode()
    return encoded_words(line)


def encoded_words(line: str) -> bytes:
    """RFC 2047 words of whole characters in UTF-8, folded one to a line. Empty for an empty text."""
    raw = line.encode()
    if 0 < len(raw) <= _WORD_BYTES:
        return b"=?utf-8?B?" + binascii.b2a_base64(raw, newline=False) + b"?="
    words = []
    start = 0
    while start < len(raw):
        end = min(start + _WORD_BYTES, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        words.append(b"=?utf-8?B?" + binascii.b2a_base64(raw[start:end], newline=False) + b"?=")
        start = end
    return b"\r\n ".join(words)


@lru_cache(maxsize=4096)
def plain_address(address: str) -> str:
    """The address in ASCII, its domain in Punycode. Raises BadAddress."""
    local, at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError as error:
            raise BadAddress(address) from error
    found = local + at + domain
    if not _ADDRESS.match(found) or ".." in found:
        raise BadAddress(address)
    return found


def mailbox(name: str, address: str) -> bytes:
    """`"Name" <address>` as a header's value. Raises BadAddress."""
    spec = plain_address(address).encode()
    line = clean(name)
    if not line:
        return spec
    if len(line) <= 40 and line.isascii() and "=?" not in line:
        if _ATOMS.match(line):
            return line.encode() + _before(spec, len(line))
        quoted = '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return quoted.encode() + _before(spec, len(quoted))
    return encoded_words(line) + b"\r\n <" + spec + b">"


def _before(spec: bytes, used: int) -> bytes:
    return (b" <" if used + len(spec) < 60 else b"\r\n <") + spec + b">"


@lru_cache(maxsize=512)
def cached_mailbox(name: str, address: str) -> bytes:
    """`mailbox` for senders, who repeat."""
    return mailbox(name, address)


def parameter(name: str, text: str) -> bytes:
    """`name="text"`, or RFC 2231 when the text is not plain ASCII."""
    line = clean(text).replace("/", "_")
    if re.fullmatch(r"[A-Za-z0-9 ._()-]{1,50}", line):
        return f'{name}="{line}"'.encode()
    encoded = quote(line, safe="")
    pieces = _pieces(encoded)
    if len(pieces) == 1:
        return f"{name}*=utf-8''{encoded}".encode()
    numbered = [f"{name}*0*=utf-8''{pieces[0]}"]
    numbered += [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces[1:], 1)]
    return ";\r\n ".join(numbered).encode()


def _pieces(encoded: str, longest: int = 50) -> list[str]:
    """Percent-encoded text cut without splitting a %XX."""
    found, start = [], 0
    while start < len(encoded):
        end = min(start + longest, len(encoded))
        while end < len(encoded) and "%" in encoded[end - 2 : end]:
            end -= 1
        found.append(encoded[start:end])
        start = end
    return found or [""]
