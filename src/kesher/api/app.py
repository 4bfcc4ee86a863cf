"""The API itself: who may come in, how errors look, which resources there are.

Each resource is a module with a `router`, added in `urls`. Errors are RFC 9457
problem details; every operation names the scope that its key needs.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kesher.accounts.actions import NotAllowed
from kesher.api.problems import Problem, problem_response
from kesher.contacts.changes import BadChanges
from kesher.contacts.errors import Refused
from kesher.content.problems import Problems
from kesher.rules.problems import BadRule

log = structlog.get_logger(__name__)


class KesherAPI(NinjaAPI):
    """Says of every error that it is a problem (RFC 9457), as the handlers below answer it."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(*args, **kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        content = answer["content"]
                        content["application/problem+json"] = content.pop("application/json")
        return schema


api = KesherAPI(
    title="Kesher",
    version="1",
    description=(
        "Everything that the screens do, for programs. A key belongs to one workspace and has scopes. "
        "Lists are paged by cursor; errors are RFC 9457 problem details; a POST may carry an Idempotency-Key."
    ),
    urls_namespace="api-1",
    docs_url="/docs",
    openapi_url="/openapi.json",
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(error)


@api.exception_handler(AuthenticationError)
def _unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    problem = Problem(
        401, "unknown-key", "Send Authorization: Bearer <key>, with a key that is not revoked."
    )
    response = problem_response(problem)
    response["WWW-Authenticate"] = 'Bearer realm="kesher"'
    return response


@api.exception_handler(OperationalError)
def _away(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.error("api_without_database", path=request.path, exc_info=error)
    text = "The database does not answer just now; try again in a few seconds."
    response = problem_response(Problem(503, "database-away", text))
    response["Retry-After"] = "5"
    return response


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(Problem(404, "not-found", "There is nothing here under this id."))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"path": ".".join(str(part) for part in found["loc"][1:]), "message": found["msg"]}
        for found in error.errors
    ]
    return problem_response(
        Problem(422, "invalid", "The request is not of the expected shape.", errors=errors)
    )


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(Problem(error.status_code, "bad-request", str(error)))


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    status = 409 if error.code == "duplicate" else 422
    errors = [{"path": f"fields.{error.field}" if error.field else "", "message": error.reason}]
    return problem_response(
        Problem(
            status,
            error.code.replace("_", "-"),
            error.reason,
            errors=errors,
            contact_id=error.contact_id,
        )
    )


@api.exception_handler(Problems)
def _bad_document(request: HttpRequest, error: Problems) -> HttpResponse:
    errors = [{"path": found.path, "message": found.message} for found in error.problems]
    return problem_response(
        Problem(422, "invalid-document", "The document cannot be taken as it is.", errors=errors)
    )


@api.exception_handler(BadRule)
def _bad_rule(request: HttpRequest, error: BadRule) -> HttpResponse:
    errors = [{"path": found.path, "message": found.words} for found in error.problems]
    return problem_response(
        Problem(
            422, "invalid-rule", "The rule cannot be read; see GET /rules/schema.", errors=errors
        )
    )


@api.exception_handler(BadChanges)
def _bad_changes(request: HttpRequest, error: BadChanges) -> HttpResponse:
    errors = [{"path": found.path, "message": found.words} for found in error.problems]
    return problem_response(
        Problem(
            422,
            "invalid-changes",
            "The changes cannot be read; see GET /contacts/changes/schema.",
            errors=errors,
        )
    )


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return problem_response(Problem(409, "not-allowed", str(error)))
