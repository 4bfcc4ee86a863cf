"""What a new workspace starts with. Each domain adds its own step: the built-in list, a channel account, …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kesher.accounts.models import Workspace
from kesher.lib.registry import Registry


@dataclass(frozen=True)
class SetupStep:
    """`run` writes its rows for a workspace made in the same transaction."""

    key: str
    run: Callable[[Workspace], object]


SETUP_STEPS: Registry[SetupStep] = Registry("setup step")
