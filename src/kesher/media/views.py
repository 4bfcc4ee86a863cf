"""Serving files to whoever has their address: mail programs, visitors, the editor."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase

from kesher.media import storage
from kesher.media.queries import file_of


def serve(request: HttpRequest, token: str) -> HttpResponseBase:
    """A file by its token. It never changes under its address, so it may be kept for ever."""
    file = file_of(token)
    if file is None:
        raise Http404
    tag = f'"{file.sha256[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    try:
        data = storage.path_of(file.sha256).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        data,
        content_type=file.content_type,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "ETag": tag,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Length": str(file.size_bytes),
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )
