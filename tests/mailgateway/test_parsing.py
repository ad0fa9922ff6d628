import base64
import hashlib
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib import html
from mailgateway.parsing import Address, parse
from mailgateway.parsing.fields import addresses, message_ids, moment
from mailgateway.parsing.files import safe_name
from mailgateway.quoting import fold, fold_html
from mailgateway.verdicts import kind_of

LETTERS = sorted((Path(__file__).parent / "emails").glob("*.eml"))


def read(path):
    """A letter in the shape of the .json beside it: every key there is a question answered here."""
    email = parse(path.read_bytes())
    answers = asdict(email)
    shown = fold(email.text)
    assert "".join(part.text for part in shown.parts) == email.text
    cleaned = fold_html(html.clean(email.html))
    answers["visible"] = shown.visible.strip()
    answers["html_visible"] = html.to_text(cleaned.visible).strip()
    answers["html_folded"] = html.to_text(cleaned.folded)
    answers["is_bounce_report"] = email.is_bounce_report
    answers["verdict"] = kind_of(email).kind
    answers["date"] = email.date and email.date.isoformat()
    answers["file_names"] = [file.name for file in email.files]
    answers["files"] = [
        {
            "name": file.name,
            "content_type": file.content_type,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "inline": file.inline,
        }
        for file in email.files
    ]
    return email, answers


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_is_read_as_written_beside_it(path):
    email, answers = read(path)
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    for name, values in wanted.pop("headers", {}).items():
        assert email.headers_all(name) == values
    if "html_has" in wanted:
        assert wanted.pop("html_has") in email.html
    if "html_folded" in wanted:
        assert wanted.pop("html_folded") in answers["html_folded"]
    assert {key: answers[key] for key in wanted} == wanted
    assert "=?" not in email.subject


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_every_inline_picture_finds_its_place_on_the_page(path):
    email = parse(path.read_bytes())
    inline = {file.content_id: f"/files/{file.content_id}" for file in email.files if file.inline}
    shown = html.replace_cids(html.clean(email.html), inline)
    assert shown.count('src="/files/') == len(inline)
    assert "cid:" not in shown


def test_there_are_letters_to_read():
    assert len(LETTERS) >= 25
    assert all(path.with_suffix(".json").exists() for path in LETTERS)


def letter(*headers, body="x"):
    return ("\r\n".join(headers) + "\r\n\r\n" + body).encode()


def emails_of(raw):
    return [(one.name, one.email) for one in addresses(raw)]


def test_groups_comments_and_stray_signs_still_give_the_people():
    assert emails_of(b"undisclosed-recipients:;") == []
    assert emails_of(b'"Carla <carla@example.com>') == [("Carla", "carla@example.com")]
    assert emails_of(b"'Carla' <carla@example.com>; ada@example.net") == [
        ("Carla", "carla@example.com"),
        ("", "ada@example.net"),
    ]
    assert emails_of(b"[mailto:carla@example.com]") == [("", "carla@example.com")]
    assert emails_of(b"carla@example.com <carla@example.com>")[0][1] == "carla@example.com"
    assert emails_of(b'"odd \\" name" <carla@example.com>') == [('odd " name', "carla@example.com")]
    assert emails_of(b'"carla.smith"@example.com') == [("", "carla.smith@example.com")]


def test_a_decoded_comma_does_not_split_a_name():
    raw = b"=?utf-8?Q?Doe=2C_Carla_=3Cx=40example.com=3E?= <carla@example.com>"
    assert emails_of(raw) == [("Doe, Carla <x@example.com>", "carla@example.com")]


def test_the_sender_is_looked_for_in_four_headers():
    assert parse(letter("From: ", "Reply-To: carla@example.com")).sender == Address(
        "", "carla@example.com"
    )
    assert parse(letter("Return-Path: <carla@example.com>")).sender == Address(
        "", "carla@example.com"
    )
    nobody = parse(letter("From: MAILER-DAEMON", "Return-Path: <>"))
    assert nobody.sender is None
    assert "no-sender" in nobody.problems


def test_message_ids_are_found_in_everything_that_is_written_for_them():
    assert message_ids(b"<a@b>\r\n <c@d>,<a@b>") == ["a@b", "c@d"]
    assert message_ids(b"a@b") == ["a@b"]
    assert message_ids(b'Message from "Carla" of Tuesday <[x@y]>') == ["[x@y]"]
    assert message_ids(b"<long\r\n .id@example.com>") == ["long.id@example.com"]
    assert message_ids(b"") == []


def test_an_id_of_one_word_without_a_sign_is_still_an_id():
    assert message_ids(b"13909-771306") == ["13909-771306"]
    assert message_ids(b"not an id") == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tue, 03 Mar 26 12:00:00 +0200", "2026-03-03T10:00:00"),
        ("Tue, 03 Mar 126 12:00:00 +0000", "2026-03-03T12:00:00"),
        ("Tue, 03 Mar 2026 12:00:00 EEST (Kyiv)", "2026-03-03T09:00:00"),
        ("Tue, 03 Mar 2026 24:00:00 +0000", "2026-03-04T00:00:00"),
        ("Tue, 03 Mar 2026 23:59:60 +0000", "2026-03-04T00:00:00"),
        ("Tue, 03 Mar 2026 1:05:00 PM -0800", "2026-03-03T21:05:00"),
        ("Tue, 03-Mar-2026 12:00:00 GMT", "2026-03-03T12:00:00"),
        ("Tue Mar  3 12:00:05 EET 2026", "2026-03-03T10:00:05"),
        ("Tue, 03 Mar 2026 12.00.00 +0200", "2026-03-03T10:00:00"),
        ("Tue,03Mar2026 12:00:00 GMT+0200", "2026-03-03T10:00:00"),
        ("вт, 03 бер. 2026 12:00:00 +0200", "2026-03-03T10:00:00"),
        ("3 марта 2026 г., 12:00:00 +0300", "2026-03-03T09:00:00"),
        ("Di, 03 Mär 2026 12:00:00 +0100", "2026-03-03T11:00:00"),
        ("mar, 03 mar 2026 12:00:00 +0100", "2026-03-03T11:00:00"),
        ("03.03.2026 12:00", "2026-03-03T12:00:00"),
        ("2026-03-03 12:00:00.123+02:00", "2026-03-03T10:00:00"),
        ("Tue, 03 Mar 2026 12:00:00 +9999", "2026-03-03T12:00:00"),
    ],
)
def test_dates_in_all_their_broken_forms(written, meant):
    assert moment(written.encode()).isoformat() == f"{meant}+00:00"


RECEIVED_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("claim", ["Wed, 01 Jan 2036 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00"])
def test_a_date_that_cannot_be_true_gives_way_to_the_servers(claim):
    email = parse(
        letter("Received: by b; Tue, 03 Mar 2026 11:00:00 +0000", f"Date: {claim}"), RECEIVED_AT
    )
    assert email.date.isoformat() == "2026-03-03T11:00:00+00:00"
    assert email.claimed_date.isoformat()[:4] == claim.split()[3]
    assert "date-doubtful" in email.problems
    assert parse(letter("Subject: x"), RECEIVED_AT).date == RECEIVED_AT


def test_dates_are_aware_and_nonsense_is_none():
    assert moment(b"Tue, 03 Mar 2026 12:00:00 +0200").isoformat() == "2026-03-03T10:00:00+00:00"
    assert moment(b"Tue, 03 Mar 2026 12:00:00").isoformat() == "2026-03-03T12:00:00+00:00"
    assert moment(b"2026-03-03T12:00:00Z").isoformat() == "2026-03-03T12:00:00+00:00"
    assert moment(b"Tue, 99 Foo 99999 12:00") is None
    assert moment(b"") is None


def test_a_letter_without_a_date_is_dated_by_its_last_server():
    email = parse(letter("Received: from a by b; Tue, 03 Mar 2026 12:00:00 +0000", "Subject: x"))
    assert email.date.isoformat() == "2026-03-03T12:00:00+00:00"
    assert "no-date" in email.problems


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C:\\new\\temp.txt", "temp.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\x00a\nb.txt", "ab.txt"),
        ("..", ""),
        ("и\u0306.txt", "й.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("console.txt", "console.txt"),
        ("Акт" * 100 + ".pdf", ("Акт" * 42)[:125] + ".pdf"),
    ],
)
def test_file_names_are_made_safe(name, safe):
    assert safe_name(name) == safe
    assert len(safe_name(name).encode()) <= 255


def test_the_name_of_a_file_takes_no_long_time():
    began = time.process_time()
    assert safe_name("a" + "\u0301\u0323" * 50_000 + ".txt").endswith(".txt")
    assert time.process_time() - began < 1


def test_two_files_of_one_name_stay_two():
    part = (
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n"
    )
    email = parse(
        letter("Content-Type: multipart/mixed; boundary=b", body=f"{part}1\r\n{part}2\r\n--b--")
    )
    assert [(file.name, file.content) for file in email.files] == [("a.txt", b"1"), ("a.txt", b"2")]


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*1*=%82.pdf; filename*0*=utf-8''%D0%90%D0%BA%D1",  # out of order
        "attachment; filename*=utf-8''%D0%90%D0%BA%D1%82.pdf",
        "attachment; filename*=%D0%90%D0%BA%D1%82.pdf",  # no charset
        "attachment; filename=utf-8''%D0%90%D0%BA%D1%82.pdf",  # no star
        "attachment; filename=%D0%90%D0%BA%D1%82.pdf",
        'attachment; filename*0="=?utf-8?B?0JDQ"; filename*1="utGC?=.pdf"',
        'attachment; filename="=?utf-8?B?0JDQutGC?=.pdf"',
        "attachment; filename=Акт.pdf",
        'attachment filename="Акт.pdf"',  # no semicolon
        'filename="Акт.pdf"',  # no value
        'attachment; filename="C:\\Docs\\Акт.pdf"',
    ],
)
def test_file_names_in_all_their_broken_forms(disposition):
    email = parse(
        letter("Content-Type: application/pdf", f"Content-Disposition: {disposition}", body="%PDF")
    )
    assert [file.name for file in email.files] == ["Акт.pdf"]


def parts(*bodies, kind="mixed", more=""):
    inside = "".join(f"--b\r\n{body}\r\n" for body in bodies)
    return letter(f"Content-Type: multipart/{kind}; boundary=b{more}", body=f"{inside}--b--\r\n")


def test_texts_in_a_row_are_one_text_line_under_line():
    email = parse(parts("\r\nOne", "Content-Type: text/plain\r\n\r\nTwo"))
    assert email.text == "One\nTwo"
    twice = parse(parts("\r\nOne", "\r\nTwo", kind="alternative"))
    assert twice.text == "One\nTwo"


def test_what_stands_behind_the_last_boundary_is_no_part():
    raw = parts("\r\nWords") + parts("\r\nWords").partition(b"\r\n\r\n")[2]
    assert parse(raw).text == "Words"


def test_a_named_text_is_a_file_unless_it_comes_first_without_asking_to_be_one():
    named = "Content-Type: text/plain; name=note.txt\r\n\r\nWords"
    assert parse(parts(named)).text == "Words"
    second = parse(parts("\r\nHello", named))
    assert (second.text, [file.name for file in second.files]) == ("Hello", ["note.txt"])


def test_the_part_that_starts_a_related_set_is_the_one_it_names():
    email = parse(
        parts(
            "Content-Type: text/plain\r\nContent-ID: <a>\r\n\r\nLegend",
            "Content-Type: text/html\r\nContent-ID: <b>\r\n\r\n<p>Words</p>",
            kind="related",
            more='; start="<b>"',
        )
    )
    assert email.text == "Words"
    assert [file.content for file in email.files] == [b"Legend"]


def test_a_picture_named_by_its_whole_address_stands_in_the_text():
    email = parse(
        parts(
            'Content-Type: text/html\r\n\r\n<img src="http://example.com/a.png">',
            "Content-Type: image/png\r\nContent-Location: http://example.com/a.png\r\n\r\nx",
            kind="related",
        )
    )
    assert email.files[0].inline
    assert f'src="cid:{email.files[0].content_id}"' in email.html


def test_a_multipart_that_was_coded_as_a_whole_is_opened():
    inner = base64.encodebytes(b"--b\r\n\r\nWords\r\n--b--\r\n").decode()
    email = parse(
        letter(
            "Content-Type: multipart/mixed; boundary=b",
            "Content-Transfer-Encoding: base64",
            body=inner,
        )
    )
    assert email.text == "Words"


def test_headers_go_on_behind_junk_and_a_first_line_that_is_set_in():
    email = parse(b" From: carla@example.com\r\njunk\r\n folded junk\r\nSubject: x\r\n\r\nbody")
    assert (email.sender.email, email.subject, email.text) == ("carla@example.com", "x", "body")


def test_routes_quoted_names_and_apostrophes_of_people():
    assert emails_of(b"Carla <@a.example,@b.example:carla@example.com>") == [
        ("Carla", "carla@example.com")
    ]
    assert emails_of(b'"carla smith"@example.com') == [("", '"carla smith"@example.com')]
    assert emails_of(b"Smiths' <carla@example.com>") == [("Smiths'", "carla@example.com")]


def test_more_text_than_anybody_reads_is_cut_with_a_word_about_it():
    email = parse(letter("Subject: x", body="words\r\n" * 700_000))
    assert "text-cut" in email.problems
    assert len(email.text) < 5_000_000


def test_a_multipart_without_a_boundary_is_still_read():
    guessed = parse(
        letter("Content-Type: multipart/mixed", body="--q\r\n\r\nHello\r\n--q--\r\n"),
    )
    assert guessed.text == "Hello"
    assert "no-boundary" in guessed.problems
    assert parse(letter("Content-Type: multipart/mixed; boundary=b", body="Hello")).text == "Hello"


def test_base64_with_a_footer_of_a_list_keeps_both():
    email = parse(
        letter(
            "Content-Transfer-Encoding: base64", body="0J/RgNC40LLRltGC\r\n_____\r\nThe list\r\n"
        )
    )
    assert email.text == "Привіт\n_____\nThe list\n"


def test_text_that_only_claims_to_be_base64_is_kept():
    email = parse(letter("Content-Transfer-Encoding: base64", body="Hello, this is no base64!"))
    assert email.text == "Hello, this is no base64!"


def test_a_deep_letter_is_cut_with_a_word_about_it():
    raw = b""
    for depth in range(150):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
    email = parse(raw + b"\r\nthe core")
    assert "depth-cut" in email.problems
    assert "the core" in email.text


def test_a_letter_of_very_many_parts_is_cut_with_a_word_about_it():
    body = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 3000
    email = parse(letter("Content-Type: multipart/mixed; boundary=b", body=body))
    assert "parts-cut" in email.problems
    assert len(email.files) <= 2000


def test_endless_headers_are_cut_and_the_body_is_still_found():
    email = parse(letter(*[f"X-{n}: {'a' * 900}" for n in range(400)], body="the body"))
    assert "headers-cut" in email.problems
    assert email.text == "the body"


def test_headers_cannot_carry_line_breaks_or_nul():
    email = parse(b"Subject: =?utf-8?Q?a=0D=0ABcc:_x=00?=\r\n\r\nb\0c")
    assert email.subject == "a Bcc: x"
    assert email.text == "bc"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_nothing_raises(raw):
    email = parse(raw)
    assert "\0" not in email.text


PIECES = [
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: text/html; charset=",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%D0;filename*1=",
    b'From: "a, (b <c@d>\r\n',
    b"Subject: =?utf-8?B?0J?= =?x?q?=D0?=\r\n",
    b"Date: Tue, 31 Feb 2026 25:61:00 +9999\r\n",
    b"\r\n--b\r\n",
    b"--b--",
    b"\r\n\r\n",
    b"begin 644 a\r\n#0V%T\r\n`\r\nend\r\n",
    b"\xd0\xcf\xff\x00",
    b"<img src='cid:x'><a href=",
    b"message/delivery-status\r\n\r\nAction: failed\r\n",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=10), max_size=25))
def test_nothing_that_looks_like_a_letter_raises(pieces):
    email = parse(b"".join(pieces))
    assert all(file.name and len(file.name.encode()) <= 255 for file in email.files)


@pytest.mark.parametrize(
    "raw",
    [
        b"To: " + b"a," * 100_000 + b"\r\n\r\n",
        b"To: " + b"(" * 200_000 + b"\r\n\r\n",
        b"To: " + b'"\\"' * 60_000 + b"@x\r\n\r\n",
        b"Content-Type: text/plain; " + b'\\"' * 100_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\n",
        b"References: " + b"<a" * 100_000 + b"\r\n\r\n",
        b"\r\n\r\n" + b"begin 644 x\r\n" * 20_000 + b"end\r\n",
        b"Content-Type: text/html\r\n\r\n" + b"--><" + b"<!--" * 100_000 + b">",
        b"Content-Type: text/html\r\n\r\n<" + b"a" * 300_000 + b">",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_hostile_letters_take_no_longer_than_others(raw):
    began = time.process_time()
    parse(raw)
    assert time.process_time() - began < 4


def test_a_letter_is_read_in_the_charset_somebody_chose():
    words = "Їжак і ґудзик".encode("koi8-u")
    coded = "".join(f"={byte:02X}" for byte in words)
    raw = (
        b"From: carla@customer.example\nTo: \xff@customer.example\n"
        b"Subject: Re: " + words + b" =?us-ascii?Q?" + coded.replace(" ", "_").encode() + b"?="
        b" =?utf-8?Q?=D1=84?=\n"
        b"Content-Type: text/plain; charset=windows-1252\n\n" + words + b"\n"
    )

    email = parse(raw, charset="KOI8U")

    assert email.text == "Їжак і ґудзик\n"
    assert email.subject == "Re: Їжак і ґудзик Їжак і ґудзикф"
    assert email.charset == "koi8-u"
    assert parse(raw, charset="no such charset") == parse(raw)
