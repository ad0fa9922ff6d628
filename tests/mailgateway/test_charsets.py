from email.header import Header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.charsets import codec_for, decode, decode_header

CYRILLIC = ["utf-8", "cp1251", "koi8-u", "koi8-r", "iso-8859-5", "mac-cyrillic", "cp866"]
SENTENCES = [
    "Не працює сайт",
    "Привет, у меня не открывается панель",
    "Проблема з оплатою рахунку",
    "Рахунок № 1234",
    "ПОМОГИТЕ! СРОЧНО",
    "Добрый день! Не могу войти в панель управления",
    "Перенос домена",
    "VPS не отвечает",
    "Ошибка 502 на example.com",
    "Акт звірки.pdf",
]


def encodable(text, codec):
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None


READINGS = [(text, codec) for text in SENTENCES for codec in CYRILLIC if encodable(text, codec)]


@pytest.mark.parametrize(("text", "codec"), READINGS)
def test_cyrillic_without_a_label_is_recognised(text, codec):
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize(("text", "codec"), READINGS)
@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "utf-8", "unknown-8bit"])
def test_cyrillic_is_recognised_behind_a_label_that_lies(text, codec, label):
    assert decode(text.encode(codec), label).text == text


SHORT = ["Ціна", "Тест", "Домен", "Привіт", "ДЯКУЮ", "СРОЧНО", "Їжак", "Отчёт", "Львів", "ПОЧТА"]


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("codec", CYRILLIC)
def test_a_true_label_is_believed_for_one_word(text, codec):
    if encodable(text, codec):
        assert decode(text.encode(codec), codec).text == text


@pytest.mark.parametrize("codec", ["cp1251", "koi8-u", "iso-8859-5", "cp866"])
@pytest.mark.parametrize("text", ["Тест", "Домен", "Привіт", "СРОЧНО", "Перенос", "Оксана"])
def test_one_word_without_a_label_is_recognised(text, codec):
    if encodable(text, codec):
        assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("text", ["La città è più bella", "c'est à Noël", "Señor, mañana no"])
def test_words_of_one_accented_letter_do_not_make_a_text_cyrillic(text):
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("メールが届きません。よろしくお願いします", "shift_jis"),
        ("メールが届きません。よろしくお願いします", "euc_jp"),
        ("메일이 오지 않습니다 확인 부탁드립니다", "euc_kr"),
        ("我收不到邮件，请帮忙看一下服务器", "gb2312"),
        ("我收不到郵件，請幫忙看一下伺服器的設定", "big5"),
    ],
)
def test_eastern_letters_without_a_label_are_recognised(text, codec):
    assert decode(text.encode(codec)).text == text


def test_japanese_with_the_rows_of_nec_is_read():
    assert decode(b"\x1b$B-!$F$9$H\x1b(B", "iso-2022-jp").text == "①てすと"


@pytest.mark.parametrize(("text", "codec"), READINGS)
def test_a_true_label_is_believed(text, codec):
    assert decode(text.encode(codec), codec).text == text


def test_koi8_and_windows_1251_mistaken_for_each_other_are_told_apart():
    text = "Добрый день! Не могу войти в панель управления"
    assert decode(text.encode("koi8-r"), "windows-1251").text == text
    assert decode(text.encode("cp1251"), "koi8-r").text == text
    assert not decode(text.encode("cp1251"), "koi8-r").certain


def test_ukrainian_letters_survive_the_label_koi8_r():
    assert decode("Їжак і єнот".encode("koi8-u"), "koi8-r").text == "Їжак і єнот"


@pytest.mark.parametrize("text", ["Grüße aus Köln", "Café crème à Noël", "Ärger mit dem Server"])
@pytest.mark.parametrize("label", [None, "iso-8859-1", "windows-1252", "x-unknown"])
def test_western_letters_stay_western(text, label):
    assert decode(text.encode("cp1252"), label).text == text


def test_latin_1_means_windows_1252():
    assert decode(b"\x93quoted\x94 \x80 5", "iso-8859-1").text == "“quoted” € 5"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("CP-1251", "windows-1251"),
        ("win-1251", "windows-1251"),
        ('"koi8r"', "koi8-r"),
        ("koi8", "koi8-r"),
        ("ks_c_5601-1987", "cp949"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("shift_jis", "cp932"),
        ("iso-8859-1", "windows-1252"),
        ("unknown-8bit", None),
        ("rot13", None),
        ("unicode_escape", None),
        ("", None),
        (None, None),
    ],
)
def test_labels_of_mail(label, codec):
    assert codec_for(label) == codec


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("日本語のメール", "iso2022_jp", "iso-2022-jp"),
        ("日本語のメール", "cp932", "shift_jis"),
        ("中文邮件", "gb18030", "gb2312"),
        ("한국어", "cp949", "ks_c_5601-1987"),
        ("Привіт", "utf-7", "utf-7"),
        ("Привіт", "utf-16", None),
        ("Γειά σου", "cp1253", "windows-1253"),
    ],
)
def test_other_alphabets(text, codec, label):
    assert decode(text.encode(codec), label).text == text


def test_utf_8_with_one_broken_letter_is_still_utf_8():
    found = decode("Не працює сайт".encode()[:-1], "utf-8")
    assert found.text == "Не працює сай\ufffd"
    assert not found.certain


def test_there_is_no_nul_in_the_text():
    assert decode(b"a\0b").text == "ab"


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([None, "utf-8", "koi8-u", "utf-16", "utf-7", "gbk"])
)
def test_nothing_raises_and_the_text_can_be_stored(data, label):
    text = decode(data, label).text
    text.encode("utf-8")
    assert "\0" not in text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?B?0J/RgNC4?=\r\n =?utf-8?B?0LLRltGC?=", "Привіт"),
        (b"=?utf-8?B?0J/R?= =?utf-8?B?gNC4?=", "При"),
        (b"=?utf-8?B?0J/RgNC4?= =?utf-8?Q?=D0=B2=D1=96=D1=82?=", "Привіт"),
        (b"=?utf-8?B?0J/RgNC40LI?=", "Прив"),
        (b"=?UTF-8*uk?q?=D0=9F_=D0=BF?=", "П п"),
        (b"=?utf-8?Q?two words =D0=B2?=", "two words в"),
        (b"=?utf-8?B?0J/R\r\n gNC4?=", "При"),
        (b"=?utf-8?Q?=D0=9F=D1=\r\n =80?=", "Пр"),
        (b"=?utf-8?Q?=D0=9F=D1=80=\r\n D0=B8?=", "При"),
        (b"=?utf-8?Q?=D0=9F\r\n =D1=80?=", "Пр"),
        (b"Re:=?utf-8?B?0J/RgNC4?=!", "Re:При!"),
        (b"=?utf-8?Q??= x", "x"),
        (b"=?utf-8?B?0J/RgNC4", "При"),
        (b"=?utf-8?Q?=D0=AF?=D0=BA=D0=BE?=", "Я?ко"),
        (b"=?x-unknown?B?8NLJ18XU?=", "Привет"),
        (b"=?koi8-r?B?8NLJ18XU?= =?windows-1251?Q?=F1=E2=E5=F2?=", "Приветсвет"),
        (b"=?utf-8?B?PT91dGYtOD9CPzBKL1JnTkM0Pz0=?=", "При"),
        (b"a = b? c?= d", "a = b? c?= d"),
        ("Привіт".encode(), "Привіт"),
        ("Рахунок".encode("koi8-u"), "Рахунок"),
    ],
)
def test_encoded_words_in_all_their_broken_forms(raw, text):
    assert decode_header(raw) == text


def test_raw_header_bytes_follow_the_charset_of_the_body():
    assert decode_header("Сайт".encode("mac-cyrillic"), "x-mac-cyrillic") == "Сайт"


def test_a_decoded_word_cannot_begin_a_new_header():
    assert decode_header(b"=?utf-8?Q?a=0D=0ABcc:_b?=") == "a Bcc: b"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_a_word_and_its_quoted_form_say_the_same(text):
    clean = " ".join(text.split())
    if not clean.isprintable() or "=?" in clean:
        return
    coded = Header(clean, "utf-8", maxlinelen=40).encode()
    assert decode_header(coded.encode()) == decode_header(clean.encode())
