"""What letters come wrapped in: winmail.dat, rich text, invitations, signatures."""

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.parsing import parse, rtf, tnef

RTF_OF_HTML = (
    rb"{\rtf1\ansi\ansicpg1251\fromhtml1 {\fonttbl{\f0 Arial;}}{\*\htmltag19 <p>}"
    rb"\htmlrtf {\htmlrtf0 \'cf\'f0\'e8\'e2\'b3\'f2 "
    rb"\u8364?5{\*\htmltag27 </p>}\htmlrtf }\htmlrtf0 }"
)


def attribute(name, content, level=1):
    return struct.pack("<BHHI", level, name, 0, len(content)) + content + b"\0\0"


def properties(*pairs):
    data = struct.pack("<I", len(pairs))
    for name, content in pairs:
        data += struct.pack("<HHII", 258, name, 1, len(content)) + content
        data += b"\0" * (-len(content) % 4)
    return data


def winmail(*attributes):
    return tnef.SIGNATURE + b"\0\0" + b"".join(attributes)


def rich(text):
    """RTF the way Outlook stores it, not compressed."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text


def file_in(name, content):
    return (
        attribute(0x9002, b"\0", 2)
        + attribute(0x8010, name.encode("cp1251") + b"\0", 2)
        + attribute(0x800F, content, 2)
    )


def letter(kind, body, *, before=b""):
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + before
        + b"--b\r\nContent-Type: "
        + kind
        + b"\r\n\r\n"
        + body
        + b"\r\n--b--\r\n"
    )


def test_winmail_dat_gives_its_files_and_stays_a_file_itself():
    data = winmail(attribute(0x9007, struct.pack("<II", 1251, 0)), file_in("Акт.txt", b"act"))
    email = parse(letter(b"application/ms-tnef; name=winmail.dat", data))
    assert [(one.name, one.content) for one in email.files] == [
        ("winmail.dat", data),
        ("Акт.txt", b"act"),
    ]


def test_the_words_in_winmail_dat_are_read_where_there_are_no_others():
    data = winmail(attribute(0x9003, properties((0x1009, rich(RTF_OF_HTML)))))
    alone = parse(letter(b"application/ms-tnef", data))
    assert alone.text == "Привіт €5"
    assert "<p>Привіт €5</p>" in alone.html
    words = b"--b\r\n\r\nOther words\r\n"
    assert parse(letter(b"application/ms-tnef", data, before=words)).text == "Other words"


def test_a_file_in_winmail_dat_cannot_leave_its_directory():
    email = parse(letter(b"application/ms-tnef", winmail(file_in("../../etc/passwd", b"x"))))
    assert email.files[1].name == "passwd"


@pytest.mark.parametrize(
    "data",
    [
        winmail(b"\x01\x03\x90" + b"\0" * 8) * 50_000,
        winmail(attribute(0x9003, struct.pack("<I", 0xFFFFFFFF) + b"\x02\x10\0\0" * 50_000)),
        winmail(attribute(0x9003, properties((0x1009, b"\xff" * 12)))),
        winmail(*[file_in("a", b"")] * 10_000),
        winmail(b"\x01\x03\x90\0\0\xff\xff\xff\xff"),
    ],
    ids=["many objects", "many values", "bad rich text", "many files", "endless object"],
)
def test_a_hostile_winmail_dat_is_only_a_file(data):
    began = time.process_time()
    email = parse(letter(b"application/ms-tnef", data))
    assert email.files[0].content == data
    assert time.process_time() - began < 2


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=60))
def test_no_envelope_raises(data, rest):
    tnef.unpack(tnef.SIGNATURE + data)
    tnef.unpack(winmail(attribute(0x9003, properties((0x1009, data))), attribute(0x9005, rest)))
    text, html = rtf.read(b"{\\rtf1\\fromhtml" + data)
    (text + html).encode()


def test_compressed_rich_text_is_opened():
    # "{\\rtf1 WXYZWXYZ" with a reference back, as the specification packs it.
    packed = struct.pack("<II4sI", 0, 0, b"LZFu", 0)
    assert tnef._decompressed(packed) == b""
    start = tnef._RTF_START
    place = len(start)
    body = bytes([0b00010000]) + b"WXYZ" + struct.pack(">H", place << 4 | 2)
    packed = struct.pack("<II4sI", len(body) + 12, 8, b"LZFu", 0) + body
    assert tnef._decompressed(packed) == b"WXYZWXYZ"


INVITATION = """\
BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Planning\\, at last
DTSTART;TZID=Europe/Kyiv:20260303T120000
DTEND;TZID=Europe/Kyiv:20260303T130000
LOCATION:Office
ORGANIZER;CN=Carla:mailto:carla@example.com
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()


def test_an_invitation_is_a_file_and_a_few_lines_to_read():
    email = parse(letter(b"text/calendar; charset=utf-8", INVITATION))
    assert [one.name for one in email.files] == ["invite.ics"]
    assert email.method == "REQUEST"
    assert email.text.splitlines() == [
        "Planning, at last",
        "2026-03-03 12:00 Europe/Kyiv – 2026-03-03 13:00 Europe/Kyiv",
        "Office",
        "carla@example.com",
    ]


def test_an_invitation_beside_words_is_only_a_file():
    email = parse(letter(b"text/calendar", INVITATION, before=b"--b\r\n\r\nPlease come\r\n"))
    assert email.text == "Please come"


def wrapped(kind, second):
    return (
        b"Content-Type: %s; boundary=b\r\n\r\n--b\r\n\r\nWords\r\n"
        b"--b\r\nContent-Type: %s\r\n\r\nAAAA\r\n--b--\r\n" % (kind, second)
    )


def test_a_signed_letter_is_read_and_its_signature_is_a_file():
    email = parse(wrapped(b"multipart/signed", b"application/pgp-signature"))
    assert (email.text, email.protection) == ("Words", "signed")
    assert [one.name for one in email.files] == ["signature.asc"]


def test_an_encrypted_letter_is_a_file_and_says_so():
    email = parse(wrapped(b"multipart/encrypted", b"application/octet-stream; name=encrypted.asc"))
    assert email.protection == "encrypted"
    opaque = parse(b"Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIA=")
    assert (opaque.protection, opaque.files[0].name) == ("encrypted", "smime.p7m")
    in_text = parse(b"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n")
    assert in_text.protection == "encrypted"


def test_a_sealed_letter_is_known_by_its_bytes_where_it_does_not_say():
    der = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
    assert parse(b"Content-Type: application/pkcs7-mime\r\n\r\n" + der).protection == "signed"


def test_enriched_text_is_text():
    raw = b"Content-Type: text/enriched\r\n\r\n<bold>Now</bold>\r\nis << the\r\n\r\ntime"
    assert parse(raw).text == "Now is < the\ntime"


def test_rich_text_is_read_where_a_letter_says_nothing_else():
    email = parse(b"Content-Type: text/rtf\r\n\r\n{\\rtf1\\ansi Hello\\par world}")
    assert email.text == "Hello\nworld"
    assert email.files[0].name == "file-1.rtf"
