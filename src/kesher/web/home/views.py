"""The dashboard, and what the command palette finds."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view


@workspace_view("viewer")
def home(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "home/index.html", {"nav": "home"})


@workspace_view("viewer")
def palette(request: WorkspaceRequest) -> JsonResponse:
    return JsonResponse({"found": []})
