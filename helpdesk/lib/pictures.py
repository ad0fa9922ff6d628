"""Pictures: what a file really is, and small faces and logos made of what people upload. The only
door to Pillow."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

PICTURES: Final = {
    "PNG": "image/png",
    "GIF": "image/gif",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
}
"""What we show, by Pillow's name."""
# A picture that unpacks to more than this is a bomb, not a screenshot.
MAX_PIXELS: Final = 80_000_000
# What is unpacked whole takes a hundred megabytes at most; most cameras make fewer pixels.
MAX_UNPACKED: Final = 30_000_000
FACE_SIDE: Final = 192
# Four times as large as it is shown, for screens with small pixels.
LOGO_SIZE: Final = (720, 160)
PAGE_SIDE: Final = 1600


@dataclass(frozen=True)
class Picture:
    """What Pillow found."""

    content_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Drawn(Picture):
    """A picture made of another one."""

    content: bytes


class NoPicture(ValueError):
    """Not a picture, or a bomb."""


class TooManyPixels(NoPicture):
    """A picture, by its head, that unpacks to more than we unpack."""


@contextmanager
def _opened(content: bytes, formats: Iterable[str], most: int) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(formats)) as image:
                if image.size[0] * image.size[1] > most:
                    raise TooManyPixels
                yield image
    except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except Exception as error:  # Pillow raises what its decoders raise: "not a picture"
        raise NoPicture from error


def look_at(content: bytes) -> Picture | None:
    """The picture in `content`, or None if it is none that we show (png, gif, jpg, webp)."""
    try:
        with _opened(content, PICTURES, MAX_PIXELS) as image:
            width, height = image.size
            image.verify()
            return Picture(PICTURES[str(image.format)], width, height)
    except NoPicture:
        return None


def has_too_many_pixels(content: bytes) -> bool:
    """Does its head promise more than `MAX_PIXELS`? Nothing is unpacked."""
    try:
        with _opened(content, PICTURES, MAX_PIXELS):
            return False
    except NoPicture as error:
        return isinstance(error, TooManyPixels)


def is_whole(content: bytes) -> bool:
    """Is the picture in `content` there to its end, as far as can be told within `MAX_UNPACKED`?
    PNG and WebP are told by their checksums and lengths, without being unpacked."""
    try:
        with _opened(content, PICTURES, MAX_PIXELS) as image:
            if image.format in {"PNG", "WEBP"} or image.width * image.height > MAX_UNPACKED:
                image.verify()
            else:
                image.draft("L", (1, 1))
                image.load()
    except NoPicture:
        return False
    return True


def face_of(content: bytes) -> bytes:
    """A square JPEG of `FACE_SIDE` pixels from the middle of the picture in `content`, upright and
    without anything that the camera wrote beside it. Raises NoPicture."""
    with _opened(content, PICTURES, MAX_UNPACKED) as image:
        image.draft("RGB", (FACE_SIDE * 2, FACE_SIDE * 2))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
        square = ImageOps.fit(upright, (FACE_SIDE, FACE_SIDE))
        paper = Image.new("RGBA", square.size, "white")
        paper.alpha_composite(square)
        made = io.BytesIO()
        paper.convert("RGB").save(made, "JPEG", quality=85)
        return made.getvalue()


def logo_of(content: bytes) -> bytes:
    """The picture in `content` as WebP without loss, at most `LOGO_SIZE`, with what is transparent
    in it and nothing else that its file carried. Raises NoPicture."""
    with _opened(content, PICTURES, MAX_UNPACKED) as image:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
        upright.thumbnail(LOGO_SIZE)
        made = io.BytesIO()
        upright.save(made, "WEBP", lossless=True)
        return made.getvalue()


def small_of(content: bytes, side: int, *, most: int) -> bytes | None:
    """The picture in `content` as WebP, upright, at most `side` pixels wide and high; None if it is
    none, or unpacks to more than `most` pixels."""
    made = io.BytesIO()
    try:
        with _opened(content, PICTURES, MAX_PIXELS) as image:
            image.draft("RGB", (side, side))  # JPEG only: it is decoded at an eighth at least
            if image.width * image.height > most:
                return None
            plain = image if image.mode in {"RGB", "RGBA", "L"} else image.convert("RGBA")
            upright = ImageOps.exif_transpose(plain)
            upright.thumbnail((side, side))
            upright.save(made, "WEBP", quality=80)
    except NoPicture:
        return None
    return made.getvalue()


def drawn_for_pages(content: bytes) -> Drawn | None:
    """The picture in `content` for pages that many read: upright, at most `PAGE_SIDE` pixels wide
    and high, without anything that the camera wrote beside it. GIFs may move and stay as they are.
    None if it is none that we show."""
    found = look_at(content)
    if found is None:
        return None
    if found.content_type == PICTURES["GIF"]:
        return Drawn(found.content_type, found.width, found.height, content)
    made = small_of(content, PAGE_SIDE, most=MAX_UNPACKED)
    if made is None:
        return None
    with _opened(made, ["WEBP"], MAX_UNPACKED) as image:
        return Drawn("image/webp", *image.size, made)
