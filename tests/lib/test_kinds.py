"""What a file is, by its content."""

import codecs

import pytest
from django.utils import translation

from helpdesk.lib.kinds import kind_of, words_for

LOG = "2026-03-02 12:00 помилка 500\r\n"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\nstartxref\n9\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (LOG.encode(), "text"),
        (codecs.BOM_UTF8 + LOG.encode(), "text"),
        (LOG.encode("cp1251"), "text"),
        # Windows: Notepad's "Unicode", and whatever PowerShell writes by ">".
        (LOG.encode("utf-16"), "text"),
        (codecs.BOM_UTF16_BE + LOG.encode("utf-16-be"), "text"),
        (b"\x1b[31merror\x1b[0m: disk full\n", "text"),
        (b"<34>Oct 11 22:14:15 vps-17 su: failed\n", "text"),
        (b"a < b, and no tag\n", "text"),
        (b"downloading\b\b\b" + b"." * 400, "text"),
        (PDF, "pdf"),
        (PDF + b"\n" * 1000, "pdf"),
    ],
)
def test_known_by_its_content(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HTML,
        b"\n \t<!-- x --><script>",
        b"<?xml version='1.0'?><svg/>",
        codecs.BOM_UTF8 + HTML,
        HTML.decode().encode("utf-16"),
        # Nothing between its marks; only the first mark; its mark not at the beginning.
        b"%PDF-1.4\n" + HTML + b"\n%%EOF",
        b"%PDF-1.4\n1 0 obj\n" + HTML * 400,
        HTML + PDF,
        b"text" * 20_000 + b"\0",
        LOG.encode("utf-16-le"),
        b"\xff\xfe\x00\x00\x01\x02\x00\x00" * 40,
        bytes(range(1, 32)) * 3,
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"PK\x03\x04\x14\x00\x00\x00",
        b"MZ\x90\x00",
    ],
)
def test_none_of_ours(content):
    assert kind_of(content) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "PNG, PDF, and plain text"), ("de", "PNG, PDF und ")],
)
def test_kinds_are_listed_in_the_readers_language(language, said):
    with translation.override(language):
        assert words_for({"text", "png", "pdf"}).startswith(said)
