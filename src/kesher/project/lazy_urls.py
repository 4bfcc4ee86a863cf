"""Addresses whose code is loaded by the first request for one of them.

The API's framework takes 16 MB that an installation without programs need not hold. Until then its names
cannot be reversed: screens link to it by path.
"""

from __future__ import annotations

import sys
from typing import Any

from django.urls import URLResolver
from django.urls.resolvers import ResolverMatch, RoutePattern


class LazyInclude(URLResolver):
    """`path(prefix, include(module))`, loaded when it is first asked for."""

    def __init__(self, prefix: str, module: str) -> None:
        super().__init__(RoutePattern(prefix, is_endpoint=False), module)
        self._prefix, self._module = prefix, module

    def resolve(self, path: str) -> ResolverMatch:
        if path.startswith(self._prefix):
            _loaded = self.urlconf_module
        return super().resolve(path)

    @property
    def url_patterns(self) -> Any:
        """None before that: who only collects names does not load it."""
        return super().url_patterns if self._module in sys.modules else []
