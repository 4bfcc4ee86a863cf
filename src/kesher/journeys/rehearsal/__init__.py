"""Rehearsal: the real engine over chosen people, on copies that vanish, with a clock that jumps (DESIGN §6).

`wishes` is what is asked, `shadow` the copies, `outlet` sends nowhere, `behaviour` lets people open and click, `stage`
turns the clock, `telling` reads what came of it; `playing` puts them together, `jobs` does so in the background.
"""
