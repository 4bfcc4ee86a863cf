"""What a recipe is: what it needs in a workspace and the journeys it draws there, in Hebrew and in English.

A recipe is one file beside this one, named in the package's `__init__`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from kesher.journeys.recipes.kit import Drawn, Kit, Words
from kesher.lib.registry import Registry


@dataclass(frozen=True)
class NewField:
    """A field by the name that the recipe calls it. `choices`: key and words of each; options may be in words, too."""

    name: str
    label: Words
    type: str
    choices: tuple[tuple[str, Words], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewList:
    name: str
    label: Words


@dataclass(frozen=True)
class Recipe:
    """`before` says what is to be filled in or known before publishing; None when nothing is."""

    key: str
    icon: str
    tone: str
    title: Words
    summary: Words
    draw: Callable[[Kit], Sequence[Drawn]]
    fields: tuple[NewField, ...] = ()
    lists: tuple[NewList, ...] = ()
    before: Words | None = None


def here(words: Words) -> str:
    """The words in the language of whoever looks."""
    return words.in_language((get_language() or "en")[:2])


RECIPES: Registry[Recipe] = Registry("recipe")
