"""All that reads files."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from kesher.accounts.models import Workspace
from kesher.media.models import File


def url(file: File) -> str:
    """The public address of a file, as it stands in mails."""
    return f"{settings.BASE_URL.rstrip('/')}/m/{file.token}"


def images_of(workspace: Workspace, *, text: str = "") -> QuerySet[File]:
    """The workspace's pictures, newest first."""
    found = File.objects.filter(workspace=workspace, content_type__startswith="image/")
    if text.strip():
        found = found.filter(name__icontains=text.strip())
    return found.order_by("-created_at", "-id")


def file_of(token: str) -> File | None:
    return File.objects.filter(token=token).first()
