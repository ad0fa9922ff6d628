"""A request that carries too much is read to its end and leaves nothing behind."""

from io import BytesIO, RawIOBase

import pytest
from django.test import RequestFactory

from helpdesk.lib.uploading import TurnedAway

MB = 1024 * 1024
HEAD = b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nHello\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'


class Stream(RawIOBase):
    """Bytes that come one piece after the other and are nowhere whole."""

    def __init__(self, pieces):
        self.pieces = iter(pieces)
        self.rest = BytesIO()

    def read(self, size=-1):
        found = self.rest.read(size)
        while not found and (piece := next(self.pieces, None)) is not None:
            self.rest = BytesIO(piece)
            found = self.rest.read(size)
        return found


def posted(*files):
    """What comes of a form with `files`, each (name, pieces)."""
    pieces = [HEAD]
    for name, content in files:
        pieces += [FILE % name, *content, b"\r\n"]
    pieces.append(b"--b--\r\n")
    return RequestFactory().request(
        **{
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "CONTENT_LENGTH": str(sum(map(len, pieces))),
            "wsgi.input": Stream(pieces),
        }
    )


@pytest.fixture(autouse=True)
def _small_limit(settings, tmp_path):
    settings.DESK_MAX_FILE_MB = 1
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024


def test_two_gigabytes_are_not_written_down(tmp_path):
    request = posted((b"film.png", [b"x" * MB] * 200), (b"log.txt", [b"ping"]))

    film, log = request.FILES.getlist("files")

    assert isinstance(film, TurnedAway)
    assert (film.name, film.size, film.read()) == ("film.png", 200 * MB, b"")
    assert log.read() == b"ping"
    assert request.POST["body"] == "Hello"
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= MB + 4


def test_all_files_together_are_bounded_as_well(tmp_path):
    request = posted(*((b"%d.txt" % at, [b"x" * MB]) for at in range(6)))

    kept = [not isinstance(one, TurnedAway) for one in request.FILES.getlist("files")]

    assert kept == [True, True, True, True, False, False]
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= 5 * MB
