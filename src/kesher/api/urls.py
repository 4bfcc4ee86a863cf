"""/api/v1/: every resource of the API."""

from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path

from kesher.api import (
    ab_tests,
    campaigns,
    changes,
    contacts,
    desk,
    documents,
    imports,
    journeys,
    journeys_live,
    lists,
    messages,
    recipes,
    rehearsals,
    rules,
    segments,
    visitors,
    windows,
)
from kesher.api.app import api as api  # who describes the API needs its resources too
from kesher.api.problems import Problem, problem_response

for module in (
    changes,
    contacts,
    lists,
    segments,
    rules,
    imports,
    journeys,
    journeys_live,
    desk,
    rehearsals,
    recipes,
    documents,
    campaigns,
    ab_tests,
    messages,
    visitors,
    windows,
):
    api.add_router("", module.router)


def _nothing(request: HttpRequest, rest: str) -> HttpResponse:
    return problem_response(
        Problem(404, "no-such-address", "There is nothing here; see /api/v1/docs.")
    )


urlpatterns = [path("v1/", api.urls), path("<path:rest>", _nothing)]
# This module is loaded late (kesher.project.lazy_urls): names collected before lack these.
clear_url_caches()
