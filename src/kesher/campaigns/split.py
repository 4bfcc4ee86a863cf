"""Who gets which variant of an A/B test, which one wins, and how sure that is. Pure: numbers in, an answer out.

A contact's place is drawn from a hash of campaign and contact: it looks random, yet is the same whoever asks and
however often, so that planning may be killed anywhere and a report can tell sample and rest apart later.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 4
PLACES = 10_000
SURE_BELOW = 0.05  # two-sided p, the usual measure of "hardly chance"
FEWEST_EXPECTED = 5  # Cochran's rule: with fewer expected, the test of two shares says nothing


def in_sample_sql(contact: str) -> str:
    """Whether a contact belongs to the sample. Parameters: split_campaign (text), split_sample (percent)."""
    return f"{_drawn_sql(contact, 1)} < %(split_sample)s * {PLACES // 100}"


def variant_sql(contact: str) -> str:
    """The number of a contact's variant, from 0. Parameters: split_campaign, split_variants (how many)."""
    return f"mod({_drawn_sql(contact, 9)}, %(split_variants)s)"


def _drawn_sql(contact: str, start: int) -> str:
    digest = f"md5(%(split_campaign)s || ':' || {contact})"
    return f"mod(('x' || substr({digest}, {start}, 8))::bit(32)::bigint, {PLACES})"


def place_of(campaign_id: int, contact_id: int, *, percent: int, variants: int) -> tuple[bool, int]:
    """The same as the two statements above: in the sample or not, and which variant if so."""
    digest = hashlib.md5(f"{campaign_id}:{contact_id}".encode(), usedforsecurity=False).hexdigest()
    first, second = (int(digest[start : start + 8], 16) % PLACES for start in (0, 8))
    return first < percent * (PLACES // 100), second % variants


@dataclass(frozen=True)
class Score:
    """What a variant achieved in the sample: `hits` people of those who `got` it opened or clicked."""

    number: int
    got: int
    hits: int

    @property
    def rate(self) -> float:
        return self.hits / self.got if self.got else 0.0


@dataclass(frozen=True)
class Decision:
    """`how`: "rate" the best share, "tie" the first of equals, "nothing" nobody did anything, so the first."""

    number: int
    how: str


def decide(scores: Sequence[Score]) -> Decision:
    """The variant with the best share. Of equals, and when nobody opened or clicked at all, the first."""
    best = max(scores, key=lambda score: (score.rate, -score.number))
    if not any(score.hits for score in scores):
        return Decision(min(score.number for score in scores), "nothing")
    equal = [score for score in scores if score.hits * best.got == best.hits * score.got]
    return Decision(best.number, "tie" if len([one for one in equal if one.got]) > 1 else "rate")


def is_clear(scores: Sequence[Score]) -> bool:
    """Whether the leader's lead over the next is hardly chance: a test of two shares, Bonferroni for more than two."""
    if len(scores) < 2:
        return False
    first, second = sorted(scores, key=lambda score: -score.rate)[:2]
    if not first.got or not second.got:
        return False
    share = (first.hits + second.hits) / (first.got + second.got)
    smaller = min(first.got, second.got)
    if min(smaller * share, smaller * (1 - share)) < FEWEST_EXPECTED:
        return False
    error = math.sqrt(share * (1 - share) * (1 / first.got + 1 / second.got))
    chance = math.erfc((first.rate - second.rate) / error / math.sqrt(2))
    return chance * (len(scores) - 1) < SURE_BELOW
