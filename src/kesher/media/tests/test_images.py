"""Pictures: drawn again without their hidden data, served safely, everything else refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.http import Http404
from PIL import Image

from kesher.media.actions import store_image
from kesher.media.errors import BadImage
from kesher.media.images import redraw
from kesher.media.models import File
from kesher.media.queries import url
from kesher.media.views import serve


def drawn(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, (200, 30, 30, 128)[: len(mode)]).save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_a_photo_is_turned_and_loses_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"

    picture = redraw(drawn("JPEG", exif=exif))

    assert (picture.width, picture.height) == (40, 60)
    assert b"SecretCamera" not in picture.data
    assert not opened(picture.data).getexif()


@pytest.mark.parametrize(
    ("kind", "mode", "expected"),
    [
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
        ("BMP", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("JPEG", "RGB", "image/jpeg"),
        ("TIFF", "RGB", "image/jpeg"),
    ],
)
def test_what_mail_programs_cannot_show_becomes_what_they_can(
    kind: str, mode: str, expected: str
) -> None:
    assert redraw(drawn(kind, mode=mode)).content_type == expected


def test_a_large_picture_is_made_smaller() -> None:
    picture = redraw(drawn("JPEG", (5000, 1000)))

    assert (picture.width, picture.height) == (2000, 400)


def test_an_animation_keeps_moving() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)

    picture = redraw(out.getvalue())

    assert picture.content_type == "image/gif"
    assert opened(picture.data).n_frames == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.4",
        drawn("JPEG")[:120],
        drawn("PNG")[:60],
        b"GIF89a<script>alert(1)</script>",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage):
        redraw(data)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadImage):
        redraw(drawn("PNG", (20_000, 20_000), mode="L"))


@pytest.fixture
def stored(access: Any, settings: Any, tmp_path: Any) -> File:
    settings.MEDIA_ROOT = str(tmp_path)
    return store_image(access, upload=drawn("PNG"), name="../../etc/לוגו.png")


@pytest.mark.django_db
def test_a_file_keeps_its_name_but_not_its_folders(stored: File) -> None:
    assert stored.name == "לוגו.png"
    assert url(stored).endswith(f"/m/{stored.token}")


@pytest.mark.django_db
def test_the_same_picture_twice_is_one_file(stored: File, access: Any) -> None:
    assert store_image(access, upload=drawn("PNG"), name="again.png") == stored


@pytest.mark.django_db
def test_a_file_is_served_for_ever_and_never_as_anything_else(stored: File, rf: Any) -> None:
    answer = serve(rf.get("/m/x"), stored.token)

    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    body = b"".join(answer)  # type: ignore[arg-type]
    assert len(body) == stored.size_bytes
    again = serve(rf.get("/m/x", headers={"If-None-Match": answer["ETag"]}), stored.token)
    assert again.status_code == 304


@pytest.mark.django_db
def test_an_unknown_token_is_not_found(rf: Any) -> None:
    with pytest.raises(Http404):
        serve(rf.get("/m/x"), "nothing")
