"""What every screen's template needs: the access, the navigation, the theme."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"access": getattr(request, "access", None)}
