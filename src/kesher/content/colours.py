"""Colours of a mail: what is readable on what (WCAG 2.2, contrast), and mixing two."""

from __future__ import annotations


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green, blue from #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2 §dfn-relative-luminance."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(background: str) -> str:
    """White where it can be read (4.5 : 1), else near-black."""
    return "#ffffff" if contrast("#ffffff", background) >= 3.6 else "#14211f"


def mix(one: str, other: str, share: float) -> str:
    """`share` of `one`, the rest of `other`."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
