"""Which encoding a text file is in, and the same text as UTF-8.

Excel writes UTF-8 with a BOM ("CSV UTF-8"), the Windows code page ("CSV"), UTF-16 ("Unicode text"); other
programs leave BOMs out. All is brought to UTF-8 with one kind of line end, so that the reader can go on from
any byte offset.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path

from kesher.contacts.imports.limits import BLOCK_BYTES, MAX_LINE_BYTES
from kesher.contacts.imports.reasons import Unreadable

SAMPLE_BYTES = 256 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHOICES = ("utf-8", "windows-1255", "utf-16", "windows-1252", "iso-8859-8", "cp862")
# Letters in a row: Hebrew words are runs of high bytes, Western ones single accents among ASCII letters.
_HEBREW_1255 = re.compile(rb"[\xe0-\xfa][\xe0-\xfa\xc0-\xd3\"']*[\xe0-\xfa]")
_HEBREW_862 = re.compile(rb"[\x80-\x9a]{2,}")
_ACCENT = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][a-z]")


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes shows. `lines` counts line ends, so it is at least the number of rows."""

    is_utf8: bool
    has_nul: bool
    has_lone_cr: bool
    lines: int


def detect(path: Path) -> str:
    """The encoding's Python name; utf-8 only when the file has no BOM. Raises Unreadable for an empty file."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip(b"\0\r\n\t ,;\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    for bom, name in BOMS:
        if sample.startswith(bom):
            return name
    return _wide(sample) or _utf8(path, sample) or _single_byte(sample)


def scan(path: Path) -> Scan:
    """One pass in bounded memory. Raises Unreadable for a line over the limit as soon as it is seen."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    good, nul, lone, lines, open_bytes, last = True, False, False, 0, 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            good = good and _decodes(decoder, block)
            nul = nul or b"\0" in block
            crs = block.count(b"\r") - block.count(b"\r\n")
            lone = lone or crs > (1 if block.endswith(b"\r") else 0)
            open_bytes = _check_lines(block, open_bytes)
            lines += max(block.count(b"\n"), block.count(b"\r"))
            last = block[-1:]
    return Scan(good, nul, lone, lines + (last not in (b"\n", b"\r")))


def to_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write the file as UTF-8 with \\n line ends and without NUL. Bytes that are no text become U+FFFD."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)(errors="replace"), translate=True
    )
    with path.open("rb") as file, target.open("wb") as out:
        while block := file.read(BLOCK_BYTES):
            out.write(decoder.decode(block).replace("\0", "").encode("utf-8", "replace"))
        out.write(decoder.decode(b"", final=True).replace("\0", "").encode("utf-8", "replace"))


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _check_lines(block: bytes, open_bytes: int) -> int:
    """The length of the line still open after this block."""
    first = block.find(b"\n")
    first = block.find(b"\r") if first < 0 else first
    if open_bytes + (first if first >= 0 else len(block)) > MAX_LINE_BYTES:
        raise Unreadable("long_line", limit="1 MB")
    if first < 0:
        return open_bytes + len(block)
    return len(block) - max(block.rfind(b"\n"), block.rfind(b"\r")) - 1


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a BOM: the ASCII commas, digits and line ends leave zeros on one side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = max(len(sample) // 40, 3)
    if odd >= enough and odd > 5 * even:
        return "utf-16-le"
    if even >= enough and even > 5 * odd:
        return "utf-16-be"
    return None


def _utf8(path: Path, sample: bytes) -> str | None:
    """UTF-8, also when a few bytes of it were damaged on the way."""
    if sample.isascii() or _is_utf8(path):
        return "utf-8" if _is_utf8(path) else None
    text = sample.decode("utf-8", "replace")
    high = sum(ord(letter) > 127 for letter in text)
    return "utf-8" if text.count("\ufffd") * 20 < high else None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if not _decodes(decoder, block):
                return False
    return True


def _single_byte(sample: bytes) -> str:
    hebrew = sum(map(len, _HEBREW_1255.findall(sample)))
    dos = sum(map(len, _HEBREW_862.findall(sample)))
    western = 2 * len(_ACCENT.findall(sample))
    if dos > hebrew and dos > western:
        return "cp862"
    if hebrew and hebrew >= western:
        return "windows-1255"
    if western and not dos:
        return "windows-1252"
    from charset_normalizer import from_bytes  # here, because only strange files need it

    best = from_bytes(sample).best()
    return best.encoding if best else "windows-1252"
