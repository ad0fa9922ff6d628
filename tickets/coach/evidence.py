"""What helps us to find a fault, recognised in the text and in the names of the files."""

import re
from collections.abc import Iterable
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tickets.coach.words import any_of


class Evidence(TextChoices):
    """What a topic may want to see; of several that are enough, what comes first is asked for."""

    PING = "ping", _("the output of ping")
    ROUTE = "route", _("the output of traceroute or MTR")
    SOURCE = "source", _("the address you connect from")
    SMART = "smart", _("the SMART table of the disk")
    MEMORY = "memory", _("the result of a memory test")
    HEADERS = "headers", _("the headers of the letter")
    SCREENSHOT = "screenshot", _("a screenshot")
    MESSAGE = "message", _("the words of the error message")
    LOG = "log", _("lines of the log")
    BROWSER = "browser", _("the browser and its version")
    ADDRESS = "address", _("the address of the page or site")
    PAYMENT = "payment", _("how you paid or meant to pay")


class Number(TextChoices):
    """Which number or name tells us what it is about."""

    SERVER = "server", _("the number or name of the server")
    ACCOUNT = "account", _("the number of the account or contract")
    INVOICE = "invoice", _("the number of the invoice")
    DOMAIN = "domain", _("the domain")


_ADDRESS: Final = r"(?:\d{1,3}\.){3}\d{1,3}|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}"
_HOST: Final = (
    r"(?<![\w@.-])(?:[a-zа-яіїєґ0-9](?:[\w-]{0,61}\w)?\.){1,6}[a-zа-яіїєґ]{2,18}(?![\w@])"
)
_URL: Final = rf"https?://\S|www\.\w|{_HOST}"
_NUMBERED: Final = r"[ \t:№#]{0,3}(?:number|номер\w{0,3}|nummer|id|no\.?|nr\.?)?[ \t:№#]{0,4}"

# Pictures are evidence by being there; nobody can read what is on them.
_PICTURE: Final = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp|heic)$", re.IGNORECASE)

IN_TEXT: Final = {
    Evidence.PING: re.compile(
        r"bytes from|байт[аів]{0,2} (?:від|от)|\bttl=\d"
        r"|(?:відповідь від|ответ от|antwort von|reply from) [\d:a-f.]+"
        r"|packets transmitted|пакет\w{0,3}: (?:отправлено|надіслано)|pakete: gesendet"
        r"|(?:ping|пінг|пинг)\w{0,3}\D{0,25}\d+([.,]\d+)?\s?(?:ms|мс)"
        r"|request timed out|zeitüberschreitung der anforderung|превышен интервал ожидания"
        r"|перевищено (?:час|інтервал) очікування|\d ?% packet loss",
        re.IGNORECASE,
    ),
    Evidence.ROUTE: re.compile(
        r"traceroute to|tracing route|трассировка маршрута|трасування маршруту|routenverfolgung"
        r"|my traceroute|^\s{0,8}\d{1,2}[.|\s]\s{0,6}\S.{0,90}\d\s?(?:ms|мс)|loss%.{0,20}snt",
        re.IGNORECASE | re.MULTILINE,
    ),
    Evidence.SOURCE: re.compile(_ADDRESS, re.IGNORECASE),
    Evidence.SMART: re.compile(
        r"smartctl|smart attributes|reallocated_?\s?sector|power_on_hours|current_pending_sector"
        r"|crystaldiskinfo|wear_leveling|media_wearout|percentage used:",
        re.IGNORECASE,
    ),
    Evidence.MEMORY: re.compile(
        r"memtest(?:86|er)?\b|memory diagnostic|edac\b.{0,40}\b(?:ce|ue)\b|ecc error"
        r"|тест\w{0,2} пам.?ят\w{0,3}|тест\w{0,2} памяти|speichertest|speicherdiagnose",
        re.IGNORECASE,
    ),
    Evidence.LOG: re.compile(
        r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|\[\w{3} \w{3} \d\d|^\w{3} [ \d]\d \d\d:\d\d:\d\d "
        r"|traceback \(most recent|\bat [\w.$]{3,80}\([\w.]{1,60}:\d+\)|\" [45]\d\d \d+"
        r"|\[(?:error|warn\w*|crit|notice|fatal)\]|\b(?:error|fatal|panic):\s",
        re.IGNORECASE | re.MULTILINE,
    ),
    Evidence.SCREENSHOT: re.compile(r"https?://\S{4,200}\.(?:png|jpe?g|gif|webp)\b", re.IGNORECASE),
    Evidence.BROWSER: re.compile(
        r"(?:chrom(?:e|ium)|firefox|safari|edge|opera|brave|vivaldi|хром\w{0,3}|файрфокс\w{0,3}"
        r"|сафарі|сафари|опер[аиі])\W{0,3}(?:mobile\W)?"
        r"(?:version|версі[яії]|версии|версия|v\.?)?\W{0,3}\d{2,3}"
        r"|mozilla/5\.0 \(",
        re.IGNORECASE,
    ),
    Evidence.ADDRESS: re.compile(_URL, re.IGNORECASE),
    Evidence.MESSAGE: re.compile(
        r"[\"“„«»'‘][^\"”“«»‘\n]{6,300}[\"”“»’']|\b(?:error|fehler|помилк\w{1,2}|ошибк\w{1,2}|http|"
        r"status|статус|код\w?|code)\b\W{0,4}(?:code|код|nr\.?|№|#)?\W{0,3}[\w-]{0,12}\d{2,}"
        r"|\b[A-Z][A-Z0-9]{2,}_[A-Z0-9_]{3,}\b|\b[45]\d\d (?:[A-Z][a-z]+|[45]\.\d)",
        re.IGNORECASE,
    ),
    Evidence.HEADERS: re.compile(
        r"^\s{0,8}(?:received: from|message-id:|return-path:|dkim-signature:)"
        r"|\b[45]\d\d[ -][45]\.\d\.\d",
        re.IGNORECASE | re.MULTILINE,
    ),
    Evidence.PAYMENT: any_of(
        "card*, visa, mastercard, paypal, stripe, iban, bank transfer, wire transfer, sepa, "
        "direct debit, apple pay, google pay, by invoice, cash, bitcoin, usdt",
        "картк*, переказ*, банк*, приват24, privat24, liqpay, готівк*, моно*, монобанк*",
        "карт*, перевод*, наличн*, qiwi, сбп, безнал*",
        "kreditkarte*, überweis*, lastschrift*, bankeinzug*, bar, klarna, giropay",
    ),
}
IN_NAMES: Final = {
    Evidence.PING: re.compile(r"ping|пінг|пинг", re.IGNORECASE),
    Evidence.ROUTE: re.compile(r"trac(?:e|ert)|mtr|трас", re.IGNORECASE),
    Evidence.SMART: re.compile(r"smart|crystaldisk", re.IGNORECASE),
    Evidence.MEMORY: re.compile(r"memtest|memory|пам.?ят|памят|speicher", re.IGNORECASE),
    Evidence.LOG: re.compile(r"\.log(?:\.|$)|log|журнал|лог|protokoll|dmesg|\.txt$", re.IGNORECASE),
    Evidence.SCREENSHOT: _PICTURE,
    Evidence.HEADERS: re.compile(r"\.eml$|header|заголов", re.IGNORECASE),
    # An error on a picture is an error shown.
    Evidence.MESSAGE: _PICTURE,
}
NUMBERS: Final = {
    Number.SERVER: re.compile(
        rf"\b[a-z]{{1,6}}[a-z0-9]{{0,4}}-?\d{{2,}}\b|{_ADDRESS}|{_HOST}"
        rf"|\b(?:server|сервер\w{{0,2}}|vps|vds)\b{_NUMBERED}[\w-]{{0,10}}\d{{2,}}",
        re.IGNORECASE,
    ),
    Number.ACCOUNT: re.compile(
        r"\b(?:account|customer|client|contract|login|аккаунт\w{0,2}|акаунт\w{0,2}|логін\w{0,2}"
        r"|логин\w{0,2}|договір|договор\w{0,2}|клієнт\w{0,2}|клиент\w{0,2}|абонент\w{0,2}"
        r"|особов\w{2,4} рахун\w{2,3}|лицев\w{2,4} сч[её]т\w{0,2}|kundennummer|kunden-?nr\.?|kunde"
        r"|vertrag\w{0,2}|vertragsnummer|konto|benutzer)"
        rf"{_NUMBERED}[a-z]{{0,6}}[-_]?\d{{3,}}",
        re.IGNORECASE,
    ),
    Number.INVOICE: re.compile(
        r"\b(?:invoice|bill|рахун\w{2,4}(?:-фактур\w{1,2})?|сч[её]т\w{0,2}|фактур\w{1,2}|акт\w{0,2}"
        r"|rechnung\w{0,2}|rechnungsnummer|re|inv)"
        rf"{_NUMBERED}[-/]?[a-zа-яіїє]{{0,4}}[-/]?\d{{2,}}",
        re.IGNORECASE,
    ),
    Number.DOMAIN: re.compile(_HOST.replace("@", "", 1), re.IGNORECASE),
}


def has(evidence: Evidence, text: str, files: Iterable[str]) -> bool:
    """Does the text hold such evidence, or a file look like it?"""
    by_name = IN_NAMES.get(evidence)
    if by_name is not None and any(by_name.search(name) for name in files):
        return True
    return bool(IN_TEXT[evidence].search(text))


def has_number(number: Number, text: str) -> bool:
    """Is such a number or name in the text?"""
    return bool(NUMBERS[number].search(text))


def mask_fits(mask: str, text: str) -> bool:
    """Is something in `text` of the shape `mask`, where # is a digit and ? a letter: cs?-####."""
    signs = {"#": r"\d", "?": r"[^\W\d_]"}
    pattern = "".join(signs.get(sign, re.escape(sign)) for sign in mask.strip()[:40])
    return bool(pattern) and bool(re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))
