"""Sending windows: at which hours messages may leave, and what waits for them (T21).

`deciding` answers when, `rests` when Shabbat and holidays are, `moving` lets messages wait, `actions` changes them.
"""
