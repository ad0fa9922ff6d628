"""Pictures that people upload, and what passes for one."""

import io

import pytest
from PIL import Image

from helpdesk.lib import pictures
from helpdesk.lib.pictures import FACE_SIDE, NoPicture, face_of, look_at


def drawn(size=(400, 300), kind="PNG", mode="RGB", colour="red", **more):
    made = io.BytesIO()
    Image.new(mode, size, colour).save(made, kind, **more)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG", "WEBP"])
def test_a_face_is_a_small_square_whatever_it_was(kind):
    made = look_at(face_of(drawn(kind=kind)))

    assert made == pictures.Picture("image/jpeg", FACE_SIDE, FACE_SIDE)


def test_what_is_transparent_becomes_white():
    face = Image.open(io.BytesIO(face_of(drawn(mode="RGBA", colour=(255, 0, 0, 0)))))

    assert all(part > 250 for part in face.getpixel((5, 5)))


def test_a_face_stands_upright_and_tells_nothing_of_the_camera():
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010F] = "Camera 4711"
    upside_down = Image.new("RGB", (200, 200), "red")
    upside_down.paste("blue", (0, 0, 200, 100))
    made = io.BytesIO()
    upside_down.save(made, "JPEG", exif=exif)

    face = face_of(made.getvalue())

    assert b"Camera" not in face
    red, _green, blue = Image.open(io.BytesIO(face)).getpixel((96, 20))
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", drawn()[:200]]
)
def test_what_is_no_picture_gives_no_face(content):
    with pytest.raises(NoPicture):
        face_of(content)


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_UNPACKED", 100)

    with pytest.raises(NoPicture):
        face_of(drawn())
