"""An uploaded picture, drawn again: turned the right way up, without its hidden data, small enough for mail.

Pure: bytes in, bytes out. SVG and everything else that can carry script is refused.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from kesher.media.errors import BadImage

LONGEST_SIDE = 2000
MOST_PIXELS = 50_000_000  # what a camera makes; more is a bomb
MOST_FRAMES = 200
MOST_ANIMATED_BYTES = 5 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")


@dataclass(frozen=True)
class Picture:
    data: bytes
    content_type: str
    width: int
    height: int


def redraw(data: bytes) -> Picture:
    """The picture as it will be served: JPEG, PNG or (if it moves) GIF. Raises BadImage."""
    image = _opened(data)
    if getattr(image, "is_animated", False) and image.format == "GIF":
        return _animated(image, data)
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _still(turned, image.format or "")


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise BadImage(_("The picture has too many pixels; make it smaller first"))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(_("The picture has too many pixels; make it smaller first")) from error
    except UnidentifiedImageError as error:
        raise BadImage(
            _("This is not a picture that mail can show; use JPEG, PNG or GIF")
        ) from error
    except (OSError, ValueError, SyntaxError) as error:  # Pillow's ways of saying "broken file"
        raise BadImage(_("The picture is damaged and cannot be read")) from error
    return image


def _still(image: Image.Image, source: str) -> Picture:
    """PNG where there is transparency or few colours, else JPEG: every mail program shows both."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if has_alpha:
        clear = image.convert("RGBA")
        if clear.getchannel("A").histogram()[255] < clear.width * clear.height:
            return _as_png(clear)
        image = clear
    if source in ("PNG", "GIF", "BMP"):
        plain = image.convert("RGB")
        drawn = _as_png(plain)
        photo = _as_jpeg(plain)
        return drawn if len(drawn.data) <= len(photo.data) * 1.5 else photo
    return _as_jpeg(image.convert("RGB"))


def _as_png(image: Image.Image) -> Picture:
    out = BytesIO()
    _without_hidden_data(image).save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), "image/png", *image.size)


def _as_jpeg(image: Image.Image) -> Picture:
    out = BytesIO()
    _without_hidden_data(image).save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return Picture(out.getvalue(), "image/jpeg", *image.size)


def _without_hidden_data(image: Image.Image) -> Image.Image:
    """Only the pixels: no EXIF, place, comments or embedded text."""
    image.info = {}
    return image


def _animated(image: Image.Image, data: bytes) -> Picture:
    """A moving GIF, its frames drawn again. Too long or too heavy ones are refused, not cut."""
    frames = getattr(image, "n_frames", 1)
    if frames > MOST_FRAMES or len(data) > MOST_ANIMATED_BYTES:
        raise BadImage(_("The animation is too long for a mail; use a shorter one"))
    if image.width * image.height * frames > 4 * MOST_PIXELS:
        raise BadImage(_("The animation has too many pixels; make it smaller first"))
    size = (image.width, image.height)
    scale = min(1.0, 1200 / max(size))
    target = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    drawn, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration", 100)) or 100)
        drawn.append(frame.convert("RGBA").resize(target) if scale < 1 else frame.convert("RGBA"))
    out = BytesIO()
    drawn[0].info = {}
    drawn[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=drawn[1:],
        duration=durations,
        loop=int(image.info.get("loop", 0)),
        disposal=2,
        optimize=True,
    )
    return Picture(out.getvalue(), "image/gif", *target)
