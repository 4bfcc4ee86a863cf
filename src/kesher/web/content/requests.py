"""Reading the editor's JSON, and saying no to it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from kesher.content.problems import Problems


class BadRequest(Exception):
    """The request's JSON is not of the expected shape."""


def read_json(request: HttpRequest) -> dict[str, Any]:
    """Raises BadRequest."""
    try:
        data = json.loads(request.body)
    except ValueError as error:
        raise BadRequest from error
    if not isinstance(data, dict):
        raise BadRequest
    for key in ("subject", "preheader", "name"):
        if not isinstance(data.get(key, ""), str):
            raise BadRequest
    return data


def not_understood() -> JsonResponse:
    return JsonResponse(
        {"message": _("The request was not understood; load the page again")}, status=400
    )


def refused(error: Problems) -> JsonResponse:
    first = error.problems[0]
    return JsonResponse({"message": first.message, "problems": error.to_json()}, status=422)
