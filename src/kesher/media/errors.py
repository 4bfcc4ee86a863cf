"""Why a file is not taken. Apart from `images`, so that only who redraws one loads Pillow."""

from __future__ import annotations


class BadImage(Exception):
    """The file is no picture that mail can show; the text says why and what would do."""
