"""Idempotency-Key: a POST sent twice under one key is done once and answered twice the same.

After draft-ietf-httpapi-idempotency-key-header: another body under the same key is 422, one still being
worked on is 409. Answers are kept for 24 hours; those of 5xx are not, so that they may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kesher.accounts.access import Access, client_ip
from kesher.accounts.actions import access_of_key
from kesher.accounts.models import IdempotentAnswer
from kesher.api.problems import Problem, problem_response
from kesher.lib import clock

PREFIX = "/api/v1/"
KEPT = timedelta(hours=24)
LONGEST_KEY = 255


class IdempotencyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST" or not request.path.startswith(PREFIX):
            return self.get_response(request)
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        now = clock.now()
        access = (
            access_of_key(secret.strip(), ip=client_ip(request), now=now)
            if scheme.lower() == "bearer"
            else None
        )
        if access is None or access.api_key is None:
            return self.get_response(request)  # will be refused there
        if len(key) > LONGEST_KEY or "\x00" in key:
            return problem_response(
                Problem(422, "bad-idempotency-key", "Use at most 255 characters.")
            )
        return self._once(request, access, key, now)

    def _once(
        self, request: HttpRequest, access: Access, key: str, now: datetime
    ) -> HttpResponseBase:
        digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
        mine = {"workspace": access.workspace, "api_key": access.api_key, "key": key}
        IdempotentAnswer.objects.filter(**mine, created_at__lt=now - KEPT).delete()
        answer, is_new = IdempotentAnswer.objects.get_or_create(
            **mine, defaults={"request_hash": digest}
        )
        if not is_new:
            return _again(answer, digest)
        done = False
        try:
            response = self.get_response(request)
            done = _keep(answer, response)
        finally:
            if not done:
                answer.delete()
        return response


def _keep(answer: IdempotentAnswer, response: HttpResponseBase) -> bool:
    """Keep what was answered, unless trying again may answer better."""
    if response.status_code >= 500 or not isinstance(response, HttpResponse):
        return False
    body = json.loads(response.content or b"null")
    IdempotentAnswer.objects.filter(pk=answer.pk).update(status=response.status_code, body=body)
    return True


def _again(answer: IdempotentAnswer, digest: str) -> HttpResponse:
    if answer.request_hash != digest:
        detail = "This Idempotency-Key was used for another request; use a new one for each."
        return problem_response(Problem(422, "idempotency-key-reused", detail))
    if answer.status is None:
        detail = "The first request with this Idempotency-Key is still being worked on; ask again in a moment."
        return problem_response(Problem(409, "in-progress", detail))
    kind = "application/problem+json" if answer.status >= 400 else "application/json"
    response = HttpResponse(
        json.dumps(answer.body, ensure_ascii=False),
        status=answer.status,
        content_type=f"{kind}; charset=utf-8",
    )
    response["Idempotent-Replayed"] = "true"
    return response
