import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib import html
from mailgateway.quoting import fold, fold_html, fold_letter

INTROS = [
    "On Tue, 3 Mar 2026 at 12:00, Ada <ada@example.net> wrote:",
    "On Tue, 3 Mar 2026 at 12:00, Ada <ada@example.net>\nwrote:",
    "On Tue, Mar 3, 2026 at 12:00 PM Ada of the Support <\nada.of.the.support@example.net> wrote:",
    "On 3 Mar 2026, 12:00 +0200, Ada <ada@example.net>, wrote:",
    "---- On Tue, 03 Mar 2026 12:00:00 +0200 Ada <ada@example.net> wrote ----",
    "2026-03-03 12:00 GMT+02:00 Ada <ada@example.net>:",
    "Tuesday, March 3, 2026, 12:00:00 PM, you wrote:",
    "Ada <ada@example.net> wrote:",
    "вт, 3 бер. 2026 р. о 12:00 Ada <ada@example.net> пише:",
    "03.03.2026 12:00, Ada написав(-ла):",
    '3 березня 2026, 12:00:00, від "Ada" <ada@example.net>:',
    "Ви писали 3 березня 2026 р., 12:00:00:",
    "--- Оригінальне повідомлення ---\nВід кого: Ada <ada@example.net>\nДата: 3 березня 2026",
    "вт, 3 мар. 2026 г. в 12:00, Ada <ada@example.net>:",
    "3 марта 2026 г., 12:00, Ada написал(а):",
    "Вторник, 3 марта 2026, 12:00 +03:00 от Ada <ada@example.net>:",
    '03.03.2026, 12:00, "Ada" <ada@example.net>:',
    "вторник, 3 марта 2026 г. пользователь Ada <ada@example.net> написал:",
    "Am Di., 3. März 2026 um 12:00 Uhr schrieb Ada <ada@example.net>:",
    "Am 03.03.2026 um 12:00 schrieb Ada:",
    "Ada <ada@example.net> schrieb am Di., 3. März 2026, 12:00:",
    "Am Dienstag, 3. März 2026 um 12:00:00 MEZ hat Ada <ada@example.net> Folgendes geschrieben:",
    "Le mar. 3 mars 2026 à 12:00, Ada <ada@example.net> a écrit :",
    "El mar, 3 mar 2026 a las 12:00, Ada (<ada@example.net>) escribió:",
    "Il giorno mar 3 mar 2026 alle 12:00 Ada ha scritto:",
    "Em ter., 3 de mar. de 2026 às 12:00, Ada <ada@example.net> escreveu:",
    "wt., 3 mar 2026 o 12:00 Ada <ada@example.net> napisał(a):",
    "Op di 3 mrt 2026 om 12:00 schreef Ada <ada@example.net>:",
    "Op 3 mrt. 2026, om 12:00 heeft Ada <ada@example.net> het volgende geschreven:",
    "út 3. 3. 2026 v 12:00 odesílatel Ada <ada@example.net> napsal:",
    "Den tis 3 mars 2026 kl 12:00 skrev Ada <ada@example.net>:",
    "tir. 3. mar. 2026 kl. 12:00 skrev Ada <ada@example.net>:",
    "ti 3. maalisk. 2026 klo 12.00 Ada (ada@example.net) kirjoitti:",
    "Ada <ada@example.net> ezt írta (időpont: 2026. márc. 3., K, 12:00):",
    "În mar., 3 mar. 2026 la 12:00, Ada <ada@example.net> a scris:",
    "Ada <ada@example.net>, 3 Mar 2026 Sal, 12:00 tarihinde şunu yazdı:",
    "Ada <ada@example.net> 于2026年3月3日周二 12:00写道：",
    "2026年3月3日(火) 12:00 Ada <ada@example.net>:",
]
DIVIDERS = [
    "-----Original Message-----",
    "-------- Исходное сообщение --------",
    "-----Ursprüngliche Nachricht-----",
    "-----Вихідне повідомлення-----",
    "-------- Message d'origine --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Wiadomość oryginalna-----",
    "-----Oorspronkelijk bericht-----",
    "------------------ 原始邮件 ------------------",
]
FORWARDS = [
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "---------- Пересилання ----------",
    "-------- Пересылаемое сообщение --------",
    "-------- Weitergeleitete Nachricht --------",
]
HEADERS = [
    "From: Ada\nSent: Tuesday, March 3, 2026 12:00 PM\nTo: Carla\nSubject: RE: Page",
    "*From:* Ada <ada@example.net>\n*Sent:* 3 March 2026 12:00\n*To:* Carla\n*Subject:* Page",
    "Von: Ada\nGesendet: Dienstag, 3. März 2026 12:00\nAn: Carla\nBetreff: Seite",
    "Від: Ada\nНадіслано: 3 березня 2026 р. 12:00\nКому: Carla\nКопія: Linus\nТема: Сайт",
    "От: Ada\nОтправлено: 3 марта 2026 г. 12:00\nКому: Carla\nТема: Сайт",
    "De : Ada\nEnvoyé : mardi 3 mars 2026 12:00\nÀ : Carla\nObjet : Page",
    "Od: Ada\nWysłano: wtorek, 3 marca 2026 12:00\nDo: Carla\nTemat: Strona",
    "Fra: Ada\nSendt: 3. mars 2026 12:00\nTil: Carla\nEmne: Side",
    "From: Ada\nDate: 3 March 2026 12:00\nTo: Carla <carla@example.com>,\n  Linus\nSubject: Page",
    "________________________________\nFrom: Ada\nSent: 3 March 2026\nTo: Carla\nSubject: Page",
]
PROGRAM_LINES = [
    "Sent from my iPhone",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Sent from Mail for Windows",
    "Надіслано з iPhone",
    "Отримати Outlook для iOS",
    "Отправлено с моего Samsung Galaxy",
    "Отправлено из мобильной Почты Mail.ru",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Wysłane z iPhone'a",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "iPhone'umdan gönderildi",
    "发自我的 iPhone",
]


@pytest.mark.parametrize("intro", INTROS)
def test_a_quotation_is_folded_with_the_line_that_introduces_it(intro):
    folded = fold(f"Дякую.\n\n{intro}\n> Check it.\n")
    assert folded.visible.strip() == "Дякую."
    assert folded.folded.startswith(intro)


@pytest.mark.parametrize(
    "intro", [intro for intro in INTROS if "@" in intro and "---" not in intro]
)
def test_a_quotation_without_marks_is_folded_if_its_introduction_says_enough(intro):
    assert fold(f"Дякую.\n\n{intro}\n\nCheck it.\n\nAda\n").visible.strip() == "Дякую."


@pytest.mark.parametrize("divider", DIVIDERS)
def test_all_under_a_divider_is_folded(divider):
    folded = fold(f"See below.\n\n{divider}\nFrom: Ada\n\nCheck it.\n")
    assert folded.visible.strip() == "See below."


@pytest.mark.parametrize("headers", HEADERS)
def test_all_under_the_headers_of_an_earlier_letter_is_folded(headers):
    folded = fold(f"It works.\n\n{headers}\n\nCheck it.\n")
    assert folded.visible.strip() == "It works."
    assert folded.folded.startswith(headers[:9])


@pytest.mark.parametrize("divider", FORWARDS)
def test_what_somebody_forwards_is_to_be_read(divider):
    text = f"Is this from you?\n\n{divider}\nFrom: Eve\nDate: 1.3.2026\nSubject: Win\n\n> Pay now\n"
    assert fold(text).visible == text


@pytest.mark.parametrize("own", ["Order 4711 of 3.3.2026", "可以把发票4711推迟吗", "3 or 4"])
@pytest.mark.parametrize("intro", INTROS)
def test_the_line_above_an_introduction_is_no_part_of_it(own, intro):
    assert fold(f"It works.\n{own}\n{intro}\n> Check it.\n").visible.endswith(f"{own}\n")


def test_answers_between_quotations_stay_visible():
    text = "On 3.3.2026 Ada wrote:\n> One?\n> Two?\nYes, one.\n> Three?\n> Four?\nNo.\n"
    assert fold(text).visible == text


def test_below_the_last_answer_a_quotation_is_folded():
    text = "> One?\n> Two?\nYes, one.\n> Three?\nNo.\n"
    assert fold(f"{text}\n> That was all.\n> Ada\n").visible == f"{text}\n"


@pytest.mark.parametrize("intro", ["On 3.3.2026 12:00 Ada <ada@example.net> wrote:", DIVIDERS[0]])
def test_a_quotation_above_the_answer_is_folded_as_well(intro):
    folded = fold(f"Hello,\n\n{intro}\n> One?\n>\n> Ada\n\nYes.\n\n-- \nCarla\n")
    assert folded.visible.split() == ["Hello,", "Yes."]
    assert "One?" in folded.folded
    assert "-- " in folded.folded


def test_a_quotation_above_the_answer_stays_if_nobody_is_named():
    assert fold("> Which one?\n\nThe second.\n").visible == "> Which one?\n\nThe second.\n"


def test_a_signature_is_folded():
    assert fold("It works.\n\n-- \nCarla\nBakery\n").visible == "It works.\n\n"
    assert fold("It works.\n\n--\nCarla\nBakery\n").visible == "It works.\n\n"


def test_signature_above_and_below_a_quotation_are_folded():
    above = "Text\n-- \nCarla\n\nOn 3.3.2026 Ada wrote:\n> a\n> b\n"
    below = "Text\n\nOn 3.3.2026 Ada wrote:\n> a\n> b\n\n-- \nCarla\n"
    assert fold(above).visible == "Text\n"
    assert fold(below).visible == "Text\n\n"


@pytest.mark.parametrize("line", PROGRAM_LINES)
def test_what_a_telephone_adds_is_folded(line):
    assert fold(f"It works.\n\n{line}\n").visible == "It works.\n\n"
    assert fold(f"It works.\n\n{line}\n\n{INTROS[0]}\n> a\n").visible == "It works.\n\n"


@pytest.mark.parametrize(
    "card",
    [
        "Best regards,\nCarla Bondar\nBakery Ltd\n+44 20 7946 0000",
        "З повагою,\nКарла Бондар\nтел. +380 44 123 45 67",
        "С уважением, Карла Бондарь\nООО «Пекарня»\ncarla@example.com",
        "Mit freundlichen Grüßen\n\nCarla Bondar\nwww.example.com",
    ],
)
def test_a_visiting_card_under_regards_is_folded(card):
    assert fold(f"It works.\n\n{card}\n").visible == "It works.\n\n"


def test_small_print_is_folded():
    small = (
        "This e-mail and its attachments are confidential and only for the person they are\n"
        "intended for. If you are not the addressee, delete it.\n"
    )
    assert fold(f"It works.\n\nCarla\n\n{small}").visible == "It works.\n\nCarla\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> a quotation\n",
        "-----Original Message-----\nFrom: Ada\n\nHello",
        "I run this:\n> C:\\new\\temp",
        "I get this in the shell:\n>>> import html\n>>> html.clean\n",
        "Your colleague told me:\n> Restart it.\n> Twice.\n",
        "My note:\nOn Monday Ada wrote:\nplease restart",
        "Log of today.\nOn 3.3.2026 at 12:00 I wrote to you:\nplease restart",
        "Log of today.\nOn 3.3.2026 at 12:00 your colleague wrote:\nplease restart",
        "For 3.3.2026, please.\n3.3.2026 to Accounting <bills@example.com>:\nthe invoice",
        "I got this spam:\nFrom: x@example.com\nSubject: win\n\nplease block it",
        "I got this spam:\nFrom: x@example.com\nDate: today\nTo: me\nSubject: win\n\nblock it",
        "Please rebook.\n\nFrom: Kyiv\nTo: Lviv\nDate: 3.3.2026\n\nTwo persons.",
        "one\n--\ntwo",
        "Call me.\n\nBest regards,\nCarla",
        "The number is\n\nBest regards\nCarla\n+380 44 123 45 67",
        "Part one.\n\n---\n\nPart two.",
        "Where is it?\n\nSent from the warehouse on Monday.",
        "The letter is here.\n\nSent from my phone 4711000123, is that the reason?",
        "Hello,\n\nThis message is confidential: my PIN is 4711.",
        "",
    ],
)
def test_in_doubt_nothing_is_folded(text):
    assert fold(text).visible == text


LINES = st.lists(
    st.sampled_from(
        [
            *("> q", ">> q", "", "text", "-- ", "--", "From: a", "Sent: b", "To: c", "Subject: d"),
            *("Best regards,", "Carla Bondar", "carla@example.com", "This message", "____________"),
            *(INTROS + DIVIDERS + FORWARDS + HEADERS + PROGRAM_LINES),
        ]
    )
    | st.text(max_size=20),
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_character_is_lost(lines, end):
    text = end.join(lines)
    folded = fold(text)
    assert "".join(part.text for part in folded.parts) == text
    assert folded.visible.strip() or not folded.folded


FRAGMENTS = [
    "<div>",
    "</div>",
    "<p>text",
    "<br>",
    "<hr>",
    "<blockquote>",
    "<blockquote type=cite>",
    "</blockquote>",
    "<b>bold</b>",
    "On 3.3.2026 Ada wrote:",
    '<div class="gmail_quote">',
    '<div class="moz-cite-prefix">',
    '<div class="moz-signature">',
    '<div id="divRplyFwdMsg">',
    '<div style="display:none">',
    "<table><tr><td>cell",
    "</table>",
    "-- <br>",
    "<img src='cid:a'>",
]


def words(text):
    return re.sub(r"<[^>]*>", "", text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text("a<>&;\"' ", max_size=6), max_size=25))
def test_all_parts_of_html_are_well_formed_and_no_word_is_lost(pieces):
    whole = html.clean("".join(pieces))
    folded = fold_html(whole)
    for part in folded.parts:
        assert html.clean(part.text) == part.text
    assert "".join(words(part.text) for part in folded.parts) == words(whole)


def test_html_is_cut_inside_of_what_is_open_and_stays_well_formed():
    whole = '<div><div>Answer</div><blockquote type="cite">one<br>two</blockquote></div>'
    folded = fold_html(whole)
    assert folded.visible == "<div><div>Answer</div></div>"
    assert folded.folded == '<div><blockquote type="cite">one<br>two</blockquote></div>'


def shown(foreign):
    """The words that stay visible of a letter in HTML."""
    return html.to_text(fold_html(html.clean(foreign)).visible).split("\n")


QUOTED = "<p>Please check.</p><p>Ada</p>"
OUTLOOK = (
    "<p><b>From:</b> Ada<br><b>Sent:</b> 3 March 2026<br><b>To:</b> Carla<br>"
    "<b>Subject:</b> Page</p>"
)


@pytest.mark.parametrize(
    "earlier",
    [
        '<div class="gmail_quote"><div class="gmail_attr">Ada wrote</div><blockquote'
        f' class="gmail_quote">{QUOTED}</blockquote></div>',
        f'<div class="moz-cite-prefix">Ada:</div><blockquote type="cite">{QUOTED}</blockquote>',
        f'<br><div><blockquote type="cite"><div>On 3 Mar 2026, at 12:00, Ada wrote:</div>{QUOTED}'
        "</blockquote></div>",
        f'<div style="border:none;border-top:solid #E1E1E1 1.0pt">{OUTLOOK}</div>{QUOTED}',
        f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{OUTLOOK}</div>{QUOTED}',
        f"<div align=center><hr></div>{OUTLOOK}{QUOTED}",
        f'<div id="mail-editor-reference-message-container">{QUOTED}</div>',
        f'<div id="ydp1yahoo_quoted_2" class="yahoo_quoted"><div>Ada wrote</div>{QUOTED}</div>',
        '<div>03.03.2026, 12:00, "Ada" &lt;ada@example.net&gt;:</div>'
        f"<blockquote>{QUOTED}</blockquote>",
        "Вторник, 3 марта 2026, 12:00 +03:00 от Ada &lt;ada@example.net&gt;:<br>"
        f'<blockquote style="border-left:1px solid #0857A6">{QUOTED}</blockquote>',
        '<div class="protonmail_quote">On Tuesday Ada wrote:<br><blockquote'
        f' class="protonmail_quote" type="cite">{QUOTED}</blockquote></div>',
        f'<p id="reply-intro">On 2026-03-03 12:00, Ada wrote:</p><blockquote>{QUOTED}</blockquote>',
        f'<div class="zmail_extra">---- Ada wrote ----{QUOTED}</div>',
        '<div class="gmail_signature_prefix">-- </div><div class="gmail_signature">Carla</div>',
        '<div class="ms-outlook-mobile-signature" id="ms-outlook-mobile-signature">Carla</div>',
        "<div>Sent from my iPhone</div>",
    ],
)
def test_html_is_folded_as_its_mail_program_marks_it(earlier):
    assert shown(f"<div>It works.</div>{earlier}") == ["It works."]


def test_answers_between_html_quotations_stay_visible():
    whole = "<blockquote>a<br>b</blockquote><p>Yes</p><blockquote>c<br>d</blockquote><p>No</p>"
    assert fold_html(whole).visible == whole


def test_an_answer_below_the_html_quotation_is_what_is_shown():
    whole = (
        '<div class="moz-cite-prefix">Am 03.03.26 schrieb Ada:</div>'
        f'<blockquote type="cite">{QUOTED}</blockquote><p>Yes.</p>'
    )
    assert fold_html(whole).visible.endswith("<p>Yes.</p>")
    assert shown(whole) == ["Yes."]


@pytest.mark.parametrize(
    "whole",
    [
        "<p>My list:</p><blockquote><p>one</p><p>two</p></blockquote>",
        '<p>Look:</p><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message'
        " ---------<br>From: Eve</div><p>Pay now</p></div>",
        '<p>Look:</p><div class="moz-forward-container">From: Eve<p>Pay now</p></div>',
        '<div id="mail-Signature">' + "<p>All my letter</p>" * 20 + "</div>",
    ],
)
def test_in_doubt_nothing_of_html_is_folded(whole):
    assert fold_html(html.clean(whole)).folded == ""


def test_the_html_says_where_the_quotation_begins_in_a_text_without_marks():
    text = "It works.\n\nAda, 3 March\n\nPlease check the page again.\nAda\n"
    quoted = "<div>Ada, 3 March</div><div>Please check the page again.</div><div>Ada</div>"
    whole = html.clean(f'<p>It works.</p><div class="yahoo_quoted">{quoted}</div>')
    assert fold(text).visible == text
    assert fold_letter(text, whole).visible == "It works.\n\n"
    assert fold_letter(text, whole).folded == text.removeprefix("It works.\n\n")


def test_the_html_knows_a_signature_that_the_text_does_not_mark():
    text = f"It works.\n\nCarla Bondar\nBakery Ltd\n\n{INTROS[0]}\n> a\n> b\n"
    whole = html.clean(
        '<p>It works.</p><div class="gmail_signature">Carla Bondar<br>Bakery Ltd</div>'
        f'<p>{INTROS[0]}</p><blockquote class="gmail_quote">a<br>b</blockquote>'
    )
    assert fold_letter(text, whole).visible == "It works.\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "It works.\n\nQuite another text than in the HTML.\n",
        "Please check the page again.\n\nIt works.\n",
        "It works.\nPlease check the page again.\nPlease check the page again.\n",
    ],
)
def test_in_doubt_the_html_folds_nothing_of_the_text(text):
    whole = '<p>It works.</p><div class="yahoo_quoted"><p>Please check the page again.</p></div>'
    assert fold_letter(text, whole).visible == text


HOSTILE = [
    "> ",
    "> a\n",
    "On ",
    "On 1 2026 10:00 a@b\n",
    ":\n",
    "-" * 179 + "\n",
    "From: a\nDate: b\n",
    "\n",
    "-- \n",
    "Ada Ada Ada Ada <a@b> wrote\n",
    "A " * 140 + ":\n",
    "A." * 140 + " 2026 10:00:\n",
    "On 1.1.2026 10:00 " + "i x " * 60 + "wrote wrote:\n",
    "Best regards,\nCarla\n",
    "This message is confidential\n",
    "x\n-----Original Message-----\n> a\n",
    "> a\nb\n",
    "spam:\nFrom: a\nDate: b\nTo: c\n",
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_twice_the_letter_takes_twice_the_time(piece):
    def once(text):
        began = time.process_time()
        fold(text)
        return time.process_time() - began

    def seconds(size):
        # The best of three: what else this machine does costs time as well.
        return min(once(piece * (size // len(piece))) for _try in range(3))

    assert seconds(200_000) < 4 * max(seconds(100_000), 0.1)


def test_a_letter_of_a_hundred_thousand_lines_is_shown_whole():
    text = "a\n" * 100_001
    assert fold(f"{text}-- \nCarla\n").folded == ""


def test_html_quoted_very_deep_takes_no_longer():
    began = time.process_time()
    fold_html("<blockquote>a" * 5_000 + "</blockquote>" * 5_000)
    assert time.process_time() - began < 4
