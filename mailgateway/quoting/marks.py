"""What mail programs write around an earlier letter, in the languages their users speak.

Each question is about one piece of text of bounded length and takes linear time. What a line says
is never enough to fold it: `lines` looks at where it stands.
"""

import re

from helpdesk.lib.markup import words

LONGEST = 300  # characters of a line that are looked at
_LONGEST_INTRO = 4 * LONGEST

_ODD_SPACES = re.compile(r"[\u200b-\u200f\u202a-\u202f\u2060-\u2069\ufeff\xa0\t ]+")


def plain(text: str) -> str:
    """A line as it is compared: invisible signs gone, one kind of space, bounded."""
    return _ODD_SPACES.sub(" ", text[:LONGEST]).strip()


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


# "On ... wrote": the verb, and how the line may begin.

_VERB = re.compile(
    r"(?<!\w)("
    + _any(
        r"wrote|writes|said|says|sent",
        r"пише|писав|писала|писали|написав|написала|написали",
        r"пишет|писал|писала|писали|написал|написала|сообщает|сообщал|напісаў|піша",
        r"schrieb|schrieben|schreibt|geschrieben",
        r"a écrit|écrit|escribió|escribio|escribía|ha scritto|scrisse|escreveu",
        r"napisał|napisała|napisał\(a\)|pisze|napsal|napsala|napísal|napísala|schreef|skrev",
        r"följande",
        r"đã viết|kirjoitti|ezt írta|írta|a scris|yazdı|написа|je napisao|έγραψε|rašė|rakstīja",
        r"kirjutas",
        r"het volgende|volgende",
    )
    + r")(?!\w)|(?:şunu|şunları) yazdı|写道|寫道|写了|のメール|のメッセージ|님이 작성|작성",
    re.IGNORECASE,
)
_OPENERS = words(
    "on at le el il em op w dnia dne dňa den på am der în pe στις на у в во а a la in вы ви ти ты"
    " du sie 在 於"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d.])\d{1,2}\s?[:.h時点]\s?\d{2}(?!\d|\.\d)|\d\s?[ap]\.?m\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s<>()\[\]]{1,120}@[^\s<>()\[\]]{1,120}")
_ENDS_WITH_SENDER = re.compile(r"[<(\[][^<>()\[\]]{1,120}@[^<>()\[\]]{1,120}[>)\]]\W{0,4}$")
_ENDS_WITH_VERB = re.compile(rf"(?:{_VERB.pattern})$", re.IGNORECASE)
_QUOTING = re.compile(
    r"quoting |zitat von |zitiere |citando |citát |citation de |cytowanie |цитирую |цитата |цитую "
    r"|in (?:message|article) ",
    re.IGNORECASE,
)
_NAME = r"[\"'«“„]?[^\W\d_a-zа-яіїєґё][\w.'’-]{0,40}[\"'»”]?"
_NAME_WROTE = re.compile(
    rf"(?:(?:{_NAME},? ){{1,5}}|\S{{1,40}} (?=via ))(?:(?:via|через|über) (?:{_NAME} ){{1,4}})?"
    rf"(?:[<(\[][^<>()\[\]]{{1,200}}[>)\]],? ?)?(?:\S{{1,20}} )?"
)
_BEGINS_WITH_SENDER = re.compile(
    rf"(?:{_NAME},? ){{0,5}}[<(\[][^<>()\[\]\s]{{1,120}}@[^<>()\[\]\s]{{1,120}}[>)\]]"
)
_NAMES_SOMEBODY = re.compile(
    rf"(?<![\w.'’-])[^\W\d_a-zа-яіїєґё][\w.'’-]{{0,40}}[\"'»”]?,? "
    rf"(?:ha |hat |a |heeft |via .{{1,40}} )?(?:{_VERB.pattern})"
    r"|(?:schrieb|schreef|skrev) [\"'«„]?[^\W\d_a-zа-яіїєґё]"
)
_OWN_VOICE = re.compile(
    r"(?<!\w)(i|we|ich|wir|я|мы|ми|je|j['’]|nous|io|noi|yo|eu|ja|my|ik|wij|jag|vi|jeg) "
    r"(?:have |had |already |уже |вже |habe |haben |ai |ho |he )?(?:\w+ ){0,2}$",
    re.IGNORECASE,
)
_PRONOUN_WROTE = re.compile(r"(you|вы|ви|ти|ты|du|sie|vous|usted|pan|pani) ", re.IGNORECASE)
_DASHES = "-–—_*=> "


def is_intro(text: str, *, alone: bool = False) -> bool:
    """Does this say who wrote what follows, and when?

    With `alone` nothing that follows is marked as a quotation, so that the line must say more: a
    date, and with it the time or the address.
    """
    if not text or len(text) > _LONGEST_INTRO:
        return False
    ruled = text[0] in "-–—_" and text[-1] in "-–—_"
    text = text.lstrip(_DASHES).rstrip("-–—_*= ")
    year, clock = bool(_YEAR.search(text)), bool(_CLOCK.search(text))
    address = bool(_ADDRESS.search(text))
    if not (ruled or text.endswith((":", "："))):
        # Without a colon only what leaves no doubt.
        if alone or not text[:1].isdigit():
            return year and address and bool(_ENDS_WITH_VERB.search(text[-40:]))
        return year and bool(_ENDS_WITH_SENDER.search(text))
    named = bool(_BEGINS_WITH_SENDER.match(text))
    if alone and not (year + clock + address + named >= 2 or (ruled and year)):
        return False
    if alone and not address and not _NAMES_SOMEBODY.search(text):
        return False
    if (year or clock) and (named or _opens_with_date(text)):
        if not alone and named:
            return True
        # Who writes no verb writes the whole date.
        if _ENDS_WITH_SENDER.search(text) and (not alone or (year and clock)):
            return True
        if _verb_near_the_end(text, address=address):
            return True
    if not alone and address and _QUOTING.match(text):
        return True
    return _begins_with_name(text, dated=year or clock or ruled or named, alone=alone)


def may_end_intro(text: str, *, alone: bool) -> bool:
    """A quick look: could "On ... wrote:" end with this line?"""
    return text.endswith((*":：-–—_=", "wrote", "пише", "пишет", "schrieb")) or (
        not alone and "@" in text
    )


def announces(text: str) -> bool:
    """Is this a sentence of the writer ("I get this in the shell:") and no unknown "wrote:"?"""
    return text.endswith(":") and not re.search(r"[\d@]", text) and not _VERB.search(text[-20:])


def ends_sentence(text: str) -> bool:
    """Does a line end here that is none of a wrapped "On ... wrote:"?"""
    return text.endswith((*"!?:！？：。",)) or bool(re.search(r"[^\W\d_]{6}\.$", text[-10:]))


def goes_before(text: str, intro: str) -> bool:
    """Does this line belong to the introduction that could also begin below it?"""
    if intro[:1] in "<([":
        return True
    first = re.match(r"\w+", text.lstrip(_DASHES))
    opened = first is not None and first[0].lower() in _OPENERS
    year, clock = bool(_YEAR.search(text)), bool(_CLOCK.search(text))
    return begins_intro(text) and ((year and clock) or (opened and (year or clock)))


def begins_intro(text: str) -> bool:
    """Could this line be the first of a wrapped "On ... wrote:"?"""
    return bool(text) and _opens_with_date(text.lstrip(_DASHES))


def _opens_with_date(text: str) -> bool:
    """Is a day or a time named among the first words?"""
    found = re.search(r"\d", text[:60])
    if not found:
        return False
    before = re.findall(r"[^\W_]+", text[: found.start()])
    first = before[0].lower() if before else ""
    return len(before) <= (5 if first in _OPENERS else 2)


def _verb_near_the_end(text: str, *, address: bool) -> bool:
    """The verb stands last, or only the writer's name stands behind it: "schrieb Ada <...>:"."""
    verbs = list(_VERB.finditer(text))
    if not verbs:
        return False
    if _OWN_VOICE.search(text[: verbs[-1].start()]):
        return False
    behind = text[verbs[-1].end() :].strip()
    return len(behind) <= (250 if address else 80) and not re.search(r"[.!?] \w", behind)


def _begins_with_name(text: str, *, dated: bool, alone: bool) -> bool:
    """Is it "Ada Lovelace <ada@...> wrote:", the date missing or behind it?"""
    verb = _VERB.search(text)
    if not verb:
        return False
    before = text[: verb.start()]
    if not (_NAME_WROTE.fullmatch(before) or _PRONOUN_WROTE.fullmatch(before)):
        return False
    behind = text[verb.end() :].strip(" :：()/-.")
    if not behind or re.fullmatch(r"\(?-?л?а\)?", behind):
        return not alone or dated
    return dated and bool(re.search(r"\d", behind)) and len(behind) < 80


# "-----Original Message-----"

_RULE = "-–—_=*#> :："
_ORIGINAL = re.compile(
    _any(
        r"original message|original appointment|original mail|original e-?mail|reply message",
        r"replied message|reply above this line",
        r"исходное сообщение|исходное письмо|оригинальное сообщение|исходный текст",
        r"первоначальное сообщение|цитируемое сообщение|ответ на сообщение",
        r"вихідне повідомлення|оригінальне повідомлення|початкове повідомлення|оригінальний лист",
        r"початковий лист|вихідний лист|першоджерело|арыгінальнае паведамленне",
        r"ursprüngliche nachricht|urspr\. nachricht|originalnachricht|originalmeldung",
        r"ursprüngliche mail|original-nachricht|antwort nachricht|ursprünglicher termin",
        r"message d['’]origine|message original|message initial|e-?mail d['’]origine",
        r"mensaje original|messaggio originale|messaggio di origine|mensagem original",
        r"wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|pierwotna wiadomość",
        r"oorspronkelijk bericht|origineel bericht|původní zpráva|původní e-mail|pôvodná správa",
        r"ursprungligt meddelande|originalmeddelande|opprinnelig melding|oprindelig meddelelse",
        r"oprindelig besked|originalmelding|alkuperäinen viesti|eredeti üzenet|mesaj original",
        r"mesajul original|orijinal mesaj|orjinal mesaj|özgün ileti|оригинално съобщение",
        r"izvorna poruka|originalna poruka|originale besked|αρχικό μήνυμα|algne kiri",
        r"原始邮件|原始郵件|原郵件|元のメッセージ|オリジナルメッセージ|원본 메시지|원본 메일",
    ),
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    _any(
        r"forwarded message|forwarded mail|forwarded email|forwarded by .{1,60}|fwd\.msg",
        r"begin forwarded message",
        r"переслан\w{2,3} сообщени\w|пересылаем\w{2,3} сообщени\w|пересланное письмо",
        r"пересылаемое письмо|перенаправленное сообщение|начало переадресованного сообщения",
        r"начало пересылаемого сообщения|конец пересылаемого сообщения",
        r"пересилання|переслане повідомлення|пересланий лист|пересилане повідомлення",
        r"перенаправлене повідомлення|переадресоване повідомлення|пересланого повідомлення",
        r"початок листа, що пересилається|початок пересланого повідомлення",
        r"weitergeleitete nachricht|weitergeleitete e-?mail|weitergeleitete mail",
        r"anfang der weitergeleiteten (?:nachricht|e-?mail)",
        r"message transféré|message transmis|début du message (?:transféré|réexpédié)",
        r"mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato",
        r"inizio (?:del )?messaggio inoltrato|mensagem (?:re)?encaminhada",
        r"início da mensagem (?:re)?encaminhada|przekazana wiadomość|wiadomość przesłana dalej",
        r"treść przekazanej wiadomości|początek przekazywanej wiadomości",
        r"doorgestuurd bericht|begin doorgestuurd bericht|přeposlaná zpráva|preposlaná správa",
        r"začátek přeposílané zprávy|vidarebefordrat meddelande|vidarebefordrat mejl",
        r"videresendt (?:melding|meddelelse|besked)|start på videresendt besked",
        r"välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa|továbbított üzenet",
        r"továbbított levél kezdete|mesaj redirecționat|mesaj redirectionat|iletilmiş mesaj",
        r"iletilen (?:ileti|mesaj)|препратено съобщение|转发邮件|轉寄郵件|転送メッセージ",
        r"转发的邮件|转发信息|전달된 메시지",
    ),
    re.IGNORECASE,
)


def is_original_divider(text: str) -> bool:
    """Is it "-----Original Message-----" or its kin, below which stands the earlier letter?"""
    inner = _ruled(text)
    return bool(inner and _ORIGINAL.fullmatch(inner))


def is_forward_divider(text: str) -> bool:
    """Is it "------ Forwarded message -----", below which stands what the writer wants to show?"""
    inner = _ruled(text) or (text.strip(_RULE) if text.endswith((":", "：")) else "")
    return bool(inner and _FORWARDED.fullmatch(inner))


def _ruled(text: str) -> str:
    """What stands between two rules of at least two signs, or nothing."""
    inner = text.strip(_RULE)
    if not inner or len(inner) > 80:
        return ""
    before, _, behind = text.partition(inner)
    return inner if min(len(before), len(behind)) >= 2 else ""


# The block of headers Outlook and its like write above what they quote.

_HEADERS = {
    "from": "from|von|de|da|od|van|fra|от|от кого|від|від кого|отправитель|відправник|från"
    "|lähettäjä|feladó|kimden|gönderen|expeditor|expeditorul|de la|mittente|nadawca|šalje|από"
    "|absender|remitente|发件人|寄件者|寄件人|差出人|送信元|보낸 사람|ад|saatja|kuo",
    "sent": "sent|sent at|sent on|date sent|received|отправлено|надіслано|відправлено"
    "|дата отправки|gesendet|envoyé|envoyé le|enviado|enviado el|enviada em|enviado em|enviados"
    "|inviato|wysłano|data wysłania|verzonden|verzonden op|sendt|skickat|odesláno|odoslané"
    "|elküldve|lähetetty|gönderildi|gönderme tarihi|trimis|发送时间|发送日期|送信日時|보낸 날짜"
    "|изпратено|адпраўлена",
    "date": "date|дата|datum|fecha|data|dato|dátum|päivämäärä|päiväys|tarih|ημερομηνία|日期|時間"
    "|日時|created|час",
    "to": "to|an|кому|до|à|a|al|para|do|aan|til|till|komu|címzett|vastaanottaja|kime|către|la|pour"
    "|адресат|получатель|одержувач|adresat|empfänger|destinataire|destinatario|destinatarul|prima"
    "|pre|προς|收件人|收件者|宛先|送信先|받는 사람|каму",
    "subject": "subject|тема|betreff|objet|sujet|asunto|oggetto|assunto|temat|onderwerp|předmět"
    "|predmet|emne|ämne|aihe|tárgy|konu|subiect|subiectul|θέμα|naslov|主题|主旨|件名|제목|тэма"
    "|relates to|относно",
    "other": "cc|bcc|copy|копия|копія|kopie|kopia|kopi|reply-to|reply to|antwort an|importance"
    "|важность|важливість|wichtigkeit|priority|attachments|вложения|вкладення|anlagen|organization"
    "|organisation|organisatie|répondre à|responder a|antwoord aan|másolatot kap|bilgi|cci|cco|抄送"
    "|副本|kopio|скрытая копия|прихована копія|pièces jointes|allegati|resent-from|mailed-by"
    "|ответить|list-id|message-id|user-agent",
}
_KIND_OF_HEADER = {name: kind for kind, names in _HEADERS.items() for name in names.split("|")}
_HEADER = re.compile(r"[*_>\s]{0,4}([^\W\d_][\w\s'’.-]{0,24}?)[*_\s]{0,3}[:：][*_\s]{0,3}(.*)")


def header_kind(text: str) -> str:
    """Which header this is: from, sent, date, to, subject, other, or an empty string for none."""
    found = _HEADER.match(text)
    return _KIND_OF_HEADER.get(" ".join(found[1].lower().split()), "") if found else ""


# Signatures

_DEVICE = re.compile(
    r"(?<!\w)(i ?phon\w*|i ?pad\w*|i ?pod|ios|android\w*|samsung\w*|galaxy|huawei|honor|xiaomi"
    r"|redmi|poco|oppo"
    r"|vivo|realme|oneplus|pixel|nokia|lumia|htc|sony|xperia|motorola|blackberry|windows|outlook"
    r"|gmail|yahoo|aol|icloud|proton ?mail|proton|tutanota|tuta|thunderbird|k-9|fairemail|spark"
    r"|airmail|mailbird|mail\.ru|mail for|почта|почты|почти|яндекс|yandex|ukr\.net|i\.ua|meta\.ua"
    r"|gmx|web\.de|zoho|bluemail|mailbox|edison|superhuman|hey|fastmail|smartphone|смартфон\w*"
    r"|телефон\w*|phone|telefon\w*|téléphone|teléfono|telefone|telefono|telefoon|mobil\w*|мобил\w*"
    r"|мобіл\w*|móvil|celular|cellulare|handy|cell|tablet\w*|планшет\w*|пристро\w*|устройств\w*"
    r"|device|gerät|appareil|dispositivo|puhelime\w*|matkapuhelime\w*|urządzeni\w*|tablette|mac"
    r"|macbook|wearable|e-?mail app|mailo|roundcube|zimbra)(?!\w)",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"[<(\[*_«»\"\s-]{0,6}("
    + _any(
        r"sent (?:from|via|with|by|using|on|through)|sent securely|get outlook|download outlook",
        r"from my|posted from|envoyé (?:de|depuis|à partir|par|avec|via)|obtenez|télécharger",
        r"надіслано|відправлено|надсилаю з|послано|отримати outlook|отримайте|завантажити outlook",
        r"відправлений|надісланий|отправлено|отправленно|послано|скачать outlook|получить outlook",
        r"загрузите|с мобильного|адпраўлена|изпратено (?:от|с)|послато",
        r"gesendet (?:von|mit|aus|über|via|per)|von (?:meinem|meiner|unterwegs)|holen sie sich",
        r"diese nachricht wurde|outlook für|laden sie",
        r"enviado (?:desde|con|por|via|do|da|de|a partir)",
        r"enviado (?:pelo|através)|enviada (?:do|de)|obtener outlook|obtén|descargar outlook",
        r"obter o|obtenha|baixar o|baixe o|inviato (?:da|dal|con|tramite)|scarica|ottieni",
        r"wysłan[oey] (?:z|za|ze|od|przy)|pobierz|uzyskaj|verzonden (?:vanaf|met|via|vanuit|door)",
        r"verstuurd (?:vanaf|met|vanuit)|download outlook|outlook voor|odesláno (?:z|ze|pomocí)",
        r"posláno z|získejte|odoslané z|skickat (?:från|med)|skickades|hämta outlook|sendt fra",
        r"sendt med|hent outlook|skaff|få outlook|lähetetty|hanki|küldve|elküldve|trimis",
        r"obțineți|descărcați|εστάλη|στάλθηκε|poslano|poslato|saadetud|nosūtīts|išsiųsta",
    )
    + r")(?!\w)|[^\w\s]{0,2}(?:发自|發自|从我的|從我的|获取|取得|나의)",
    re.IGNORECASE,
)
_SENT_LAST = re.compile(
    r".{0,10}\b(?:iphone|ipad|android|samsung|outlook|huawei|xiaomi)\S{0,12}"
    r"(?: (?:cihazımdan|telefonumdan|gönderilmiştir))?"
    r" ?(?:gönderildi|küldve|から送信|edinin|에서 보냄)\W{0,3}",
    re.IGNORECASE,
)


def is_mobile_line(text: str) -> bool:
    """Is it "Sent from my iPhone" or its kin: a line of the program, not of its user?"""
    if len(text) > 160 or "?" in text.split("http")[0] or re.search(r"\d{5}", text[:80]):
        return False
    if _SENT_LAST.fullmatch(text):
        return True
    said, *link = re.split(r"[<(\[]?https?:", text)
    count = len(re.findall(r"\w+", said))
    return bool(_SENT.match(said)) and (
        (count <= 14 and bool(_DEVICE.search(said))) or (count <= 4 and bool(link))
    )


_CLOSING = re.compile(
    r"[\s*_]{0,3}("
    + _any(
        r"(?:(?:with|my) )?(?:best|kind|kindest|warm|warmest) (?:regards|wishes)|regards|rgds|br",
        r"yours (?:truly|sincerely|faithfully)|sincerely(?: yours)?|respectfully|all the best",
        r"cheers",
        r"з повагою|з найкращими побажаннями|щиро ваш[аі]?|з вдячністю|з пошаною|із повагою",
        r"з наилучшими пожеланиями|с уважением|с наилучшими пожеланиями|искренне ваш[аи]?",
        r"с благодарностью|з павагай",
        r"(?:mit )?(?:freundlichen?|besten?|herzlichen?|lieben?|vielen?|schönen?) "
        r"(?:grüßen?|gruß|grüssen?|gruss)",
        r"mfg|lg|hochachtungsvoll|(?:bien )?cordialement|bien à vous",
        r"(?:meilleures |sincères )?salutations",
        r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|(?:cordiali|distinti) saluti",
        r"atenciosamente|(?:com os melhores )?cumprimentos|att|abraços|pozdrawiam|z poważaniem",
        r"z wyrazami szacunku|(?:met )?vriendelijke groet(?:en)?|groeten|mvg|s pozdravem|s úctou",
        r"s pozdravom|(?:med )?vänlig(?:a)? hälsning(?:ar)?|mvh|(?:med )?venn?lig hilsen|hilsen",
        r"ystävällisin terveisin|terveisin|üdvözlettel|tisztelettel|cu stimă|cu respect",
        r"saygılarımla|saygılarımızla|с уважение|s poštovanjem|με εκτίμηση",
        r"此致|敬礼|よろしくお願いいたします",
    )
    + r")(?!\w)[\s*_,.!:;–—-]{0,6}(.{0,60})",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|https?://|\bwww\.|(?<!\w)(?:tel|phone|mobile|mob|cell|fax|e-?mail|web|skype|telegram|viber"
    r"|whatsapp|тел|моб|факс|телефон|почта|пошта|сайт|адреса|адрес|mobil|telefon|handy|tél|tlf|gsm"
    r"|t|m|e|w|f)(?:\.|:| ?\+|\.:)\s*\S",
    re.IGNORECASE,
)
_PHONE = re.compile(r"[+(]?\d[\d ()./-]{6,24}\d")


def closing_name(text: str) -> str | None:
    """What stands behind "Best regards," on its line, or None if the line is no such closing."""
    found = _CLOSING.fullmatch(text)
    return None if found is None else found[2].strip()


def is_name(text: str) -> bool:
    """One to four capitalised words without a digit."""
    parts = text.strip(" *_,.").split()
    return 1 <= len(parts) <= 4 and all(
        word[:1].isupper() and not re.search(r"\d|[!?:;]", word) for word in parts
    )


def is_contact(text: str) -> bool:
    """An address, a number with a label, or a site."""
    return bool(_CONTACT.search(text))


def is_phone(text: str) -> bool:
    """A telephone number and nothing else."""
    return bool(_PHONE.fullmatch(text.strip(" *_")))


def is_sentence(text: str) -> bool:
    """Too much like speech to be a line of a visiting card."""
    return (
        len(text) > 90
        or "?" in text.split("http")[0]
        or bool(re.search(r"[^\W\d_]{4,}[.!…]$|[.!] [^\W\d_]+ [^\W\d_]+ [^\W\d_]+ ", text))
        or len(re.findall(r"[^\W\d_]{2,}", text)) > 11
    )


_SMALL_PRINT = re.compile(
    r"[\s*_/#=-]{0,6}(?:"
    + _any(
        r"(?:confidentiality|privacy|legal|privileged) (?:notice|note|information|disclaimer)",
        r"(?:e-?mail )?disclaimer\b|vertraulichkeitshinweis|avis de confidentialité",
        r"(?:please )?(?:consider|think (?:about|of)) the environment",
        r"virus-free\b|virenfrei\b|без вирусов|вірусів немає|не содержит вирусов|sans virus\b",
    )
    + r")",
    re.IGNORECASE,
)
_THIS_LETTER = re.compile(
    r"(?:this|the|diese|es|це|цей|данное|это|настоящее|ce|este|questo|il presente|ta|niniejsza)\b"
    r".{1,80}(?:message|e-?mail|communication|повідомлення|лист|сообщение|письмо|nachricht"
    r"|courriel|mensaje|correo|mensagem|messaggio|wiadomość)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"confidential|privileged|конфіденці|конфиденци|vertraulich|confidentiel|confidencial|riservat"
    r"|poufn",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"intended|addressee|recipient|отримувач|одержувач|адресат|получател|empfänger|adressat"
    r"|destinat|adresat|adressé",
    re.IGNORECASE,
)


def is_small_print(text: str) -> bool:
    """Is this paragraph one of lawyers, of a virus scanner or for saving paper?"""
    if _SMALL_PRINT.match(text):
        return True
    return bool(_THIS_LETTER.match(text) and _SECRET.search(text) and _RECIPIENT.search(text))


def is_rule(text: str) -> bool:
    """A line of underscores or dashes."""
    return bool(re.fullmatch(r"[_=*–—-]{5,100}", text))
