"""Kesher (קשר): self-hosted marketing automation, Hebrew and right-to-left first."""
