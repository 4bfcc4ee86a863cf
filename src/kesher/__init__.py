"""Kesher (קשר): self-hosted marketing automation, Hebrew and right-to-left first."""

__version__ = "0.1.0"
