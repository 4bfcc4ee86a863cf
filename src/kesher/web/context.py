"""What every screen's template needs: the access, the navigation, the workspaces, the running work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kesher.accounts.access import Access
from kesher.accounts.models import Membership
from kesher.web import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    access: Access | None = getattr(request, "access", None)
    given: dict[str, Any] = {
        "access": access,
        "languages": settings.LANGUAGES,
        "sign_up_open": settings.SIGN_UP_OPEN,
    }
    if access is None or access.user is None or request.headers.get("HX-Request"):
        return given
    return {
        **given,
        "places": navigation.shown_places(access),
        "memberships": Membership.objects.filter(user=access.user)
        .select_related("workspace")
        .order_by("workspace__name"),
    }
