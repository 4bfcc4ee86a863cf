"""All that writes files."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.media import storage
from kesher.media.errors import BadImage
from kesher.media.models import File

MOST_BYTES = 10 * 1024 * 1024


def store_image(access: Access, *, upload: UploadedFile[bytes] | bytes, name: str) -> File:
    """Keep an uploaded picture, drawn again without its hidden data. Raises BadImage with words.

    The same picture uploaded twice to a workspace is one file.
    """
    most = min(MOST_BYTES, settings.MAX_UPLOAD_BYTES)
    data = upload if isinstance(upload, bytes) else upload.read(most + 1)
    if len(data) > most:
        raise BadImage(
            _("The picture is larger than %(size)s MB") % {"size": most // (1024 * 1024)}
        )
    from kesher.media.images import redraw  # here, because Pillow costs every process 4 MB

    picture = redraw(data)
    sha256 = hashlib.sha256(picture.data).hexdigest()
    known = File.objects.filter(workspace=access.workspace, sha256=sha256).first()
    storage.write(sha256, picture.data)
    if known:
        return known
    file = File.objects.create(
        workspace=access.workspace,
        name=_plain_name(name),
        token=secrets.token_urlsafe(18),
        sha256=sha256,
        content_type=picture.content_type,
        size_bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
        created_by=access.user,
    )
    access.audit("file.uploaded", file, file.name)
    return file


def _plain_name(name: str) -> str:
    """The file's own name without folders and unprintable signs."""
    bare = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in bare if letter.isprintable())[:200] or "image"
