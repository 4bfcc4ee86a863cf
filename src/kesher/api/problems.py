"""Errors as RFC 9457 problem details (application/problem+json)."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse

TYPES = "urn:kesher:problem:"


class Problem(Exception):
    """`kind` is stable, for programs; `detail` says what to do, for people. `errors`: [{"path", "message"}]."""

    def __init__(self, status: int, kind: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.more = {key: value for key, value in more.items() if value is not None}


TITLES = {
    400: "Bad request",
    401: "Unauthorised",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    422: "Cannot be processed",
    429: "Too many requests",
    503: "Unavailable",
}


def problem_response(problem: Problem) -> JsonResponse:
    body = {
        "type": TYPES + problem.kind,
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    return JsonResponse(body, status=problem.status, content_type="application/problem+json")
