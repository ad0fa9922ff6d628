"""Bounces in words: what mail servers write to people where they use no fields.

A letter counts as one if a mail server wrote it and it says that something was not delivered; if
somebody else did, subject and opening must both say so, for people write about bounces as well.
Only what stands above the returned letter is read. Every pattern is tried on a bounded piece.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from mailgateway.parsing.fields import addresses, message_ids
from mailgateway.parsing.values import DeliveryReport, ParsedEmail

_READ_AT_MOST = 20_000
_LONGEST_LINE = 400
_OPENING_LINES = 3
_MOST_FAILED = 100
_LONGEST_DIAGNOSTIC = 1_000

_SERVER_ADDRESS = re.compile(
    r"(?:mailer[-_.]?|mail[-_.]?)?daemon@|mdaemon@|mail[-_.]?delivery|maildelivery"
    r"|mail[-_.]?(?:system|server|service|router|gateway|admin)@|system-?administrator@"
    r"|[\w.-]{0,40}(?:smtp|antivirus)[\w.-]{0,40}@|imss@|mmdf@|bounces?@",
    re.IGNORECASE,
)
_SERVER_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon|administrator|system|server|router)"
    r"|(?:e-?mail )?delivery (?:sub)?system|system ?administrator|internet mail delivery"
    r"|microsoft (?:outlook|exchange)|mail delivery|система доставки|почтовая система",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(r"postmaster\b", re.IGNORECASE)

_PASSED_ON = re.compile(
    r"(?:re|aw|sv|vs|antw|odp|ответ|отв|відповідь|fwd?|wg|tr|rv|пересл\w*)\s*:", re.IGNORECASE
)
_FAILED_SUBJECT = re.compile(
    r"(?:\[[^\]]{1,30}\]\s*)?(?:\W{0,5})(?:"
    r"undeliver(?:ed|able)|non[- ]?deliver|not delivered|returned (?:mail|to sender|message)"
    r"|(?:mail|message|e-?mail|letter) (?:delivery )?(?:system )?(?:failed|failure|error|problem)"
    r"|mail (?:could )?not (?:be )?deliver|(?:permanent )?delivery (?:has )?(?:fail|error|problem)"
    r"|delivery (?:status )?(?:notification|report)s?\W{0,3}(?:failure|failed|error)"
    r"|failure (?:notice|delivery|notification)|failed (?:mail|message|delivery)|failed to deliver"
    r"|(?:message|mail) status - undeliver|delivery status notification$"
    r"|(?:could|can)\W?not deliver|(?:automatically )?rejected mail"
    r"|mail (?:delivery )?failed|address not found|processing error|unable to deliver|unknown user"
    r"|user unknown|your (?:message|mail|e-?mail) .{0,120}(?:could not|couldn.t|was not|wasn.t)"
    r"|rejected(?: mail)?:|message (?:not delivered|blocked|rejected|could not)|bounced? mail"
    r"|unzustellbar|nicht zustellbar|unzustellbare|zustellung (?:fehlgeschlagen|nicht)"
    r"|(?:fehler|fehlgeschlagen).{0,30}zustell|(?:mail|nachricht).{0,30}nicht (?:zu|aus)ge"
    r"|rückläufer|недостав|не ?достав|не вдалося достав|не удалось достав"
    r"|(?:ошибка|помилка|сбой|збій) (?:при |під час )?(?:доставк|відправ|отправ)"
    r"|(?:сообщение|письмо|повідомлення|лист) не (?:было |було )?достав"
    r"|возврат|повернення (?:пошти|листа)|невозможно достав|неможливо достав"
    r"|non (?:remis|distribu|recapitat|livré)|échec (?:de |d')?(?:la )?(?:remise|livraison|envoi)"
    r"|impossible (?:de |d')(?:remettre|distribuer)|message non|remise impossible"
    r"|no (?:se puede|se pudo|se ha podido) (?:entregar|enviar)|no entregado|no se puede entregar"
    r"|correo (?:no entregado|devuelto)|mensaje (?:no entregado|devuelto)|error de entrega"
    r"|mancato recapito|non recapitabile|mancata consegna|impossibile (?:recapitare|consegnare)"
    r"|não (?:entregue|é possível entregar|foi possível)|falha na entrega|não entregue"
    r"|niedostarcz|nie można dostarczyć|niedoręcz|zwrot|błąd dostar"
    r"|onbestelbaar|niet (?:bezorgd|afgeleverd)|kan niet|kunde inte lever|olever|går inte att lev"
    r"|kan ikke (?:leveres|leverer)|ikke levert|uleveret|kan ei toimittaa|toimittaminen epäonn"
    r"|nedoručiteľn|nedoručiteln|nelze doručit|kézbesíthetetlen|sikertelen|nu poate fi livrat"
    r"|teslim edilem|teslimat (?:başarısız|hatası)|ανεπίδοτο|αδύνατη η παράδοση"
    r"|配信不能|配信できません|送信できません|メール.{0,10}エラー|未送達|退信|系统退信|无法(?:投递|送达)"
    r"|無法(?:傳遞|投遞)|邮件传输失败|투달되지|배달되지|전송 실패"
    r")",
    re.IGNORECASE,
)
_FAILED_WORDS = re.compile(
    r"could ?n[o']t be (?:sent|delivered)|cannot be (?:sent|delivered)|was not delivered"
    r"|(?:was|is|were|are) undeliverable|not (?:be )?(?:able|possible) to (?:be )?deliver"
    r"|unable to (?:be )?(?:deliver|relay|send)|wasn't able to deliver|couldn.t be delivered"
    r"|wasn.t delivered|(?:has|have|had) (?:permanent|been) ?(?:fatal|returned|rejected|bounced)"
    r"|permanent fatal|fatal errors|did not reach|has not been delivered|not delivered to"
    r"|delivery (?:to .{0,80})?(?:has )?(?:failed|was aborted|is impossible|not possible)"
    r"|del[ei]very to the following recipients?|delivery failed|failed recipient|failed addresses"
    r"|undeliverable (?:address|to|mail)|could not deliver|can ?not deliver|cannot deliver"
    r"|failed to (?:be )?deliver|addressee unknown|(?:unknown|invalid|no such) (?:local )?user"
    r"|user (?:mailbox )?(?:exceeds|unknown|is unknown|not found)|user's mailbox is full"
    r"|invalid final delivery|delivery problems|mailbox (?:is )?(?:full|unavailable|not found)"
    r"|not a valid user|no such user|recipients? did not receive|failed because"
    r"|was (?:automatically )?rejected"
    r"|error (?:has occurred )?while (?:attempting to deliver|processing|being processed)"
    r"|error was detected while processing|has been returned|recipient address rejected"
    r"|does not exist|no valid recipients|did not exactly match|not accepting|non-delivery report"
    r"|message not delivered|not been delivered|delivery failure|returned to (?:you|sender)"
    r"|the message you sent .{0,60}was (?:not|undeliver)|your e?-?mail .{0,60}was (?:not|undeliver)"
    r"|не (?:может|могло|удалось|было|був|було|вдалося|можемо|можна|смогли) .{0,30}достав"
    r"|не достав|невозможно достав|неможливо достав|не был[аои]? достав|не удается достав"
    r"|не сущест|не існу|недостав|нет такого|немає такого|отклонен[оа]|відхилен"
    r"|nicht (?:zu|aus)gestellt|konnten? .{0,80}nicht .{0,20}(?:zugestellt|übermittelt|gesendet)"
    r"|unzustellbar|zustellung .{0,30}fehlgeschlagen"
    r"|n'(?:a|ont) pas (?:pu|été) .{0,20}(?:remis|distribu|d[ée]livr|livr)|échec de la remise"
    r"|no (?:se )?(?:pud|pued|ha podido|ha sido|fue) ?.{0,30}(?:entreg|enviar|enviad)"
    r"|non .{0,30}(?:recapitat|consegnat)|impossibile (?:recapit|consegn)"
    r"|não .{0,30}(?:entreg|enviad)|nie .{0,30}(?:dostarcz|doręcz)"
    r"|niet .{0,20}(?:bezorgd|afgeleverd)|(?:kunde inte|går inte att|kunne ikke|ikke) .{0,20}lever"
    r"|ei .{0,30}toimit|(?:nelze|nebyl[ao]?|nepodařilo|nebolo) .{0,30}doruč"
    r"|(?:nem|sikertelen) .{0,30}kézbes|nu .{0,30}livrat|teslim edilem|iletilemed"
    r"|δεν .{0,40}παραδο|(?:送信|配信)できません|配信不能|(?:发送|投递|传输)失败|배달하지"
    r"|(?:无法|無法|不能).{0,8}(?:投递|送达|发送|傳遞|投遞)",
    re.IGNORECASE,
)
_DELAYED_SUBJECT = re.compile(
    r".{0,60}(?:\bdelay(?:ed)?\b|still being retried|not yet (?:been )?delivered|could not send"
    r" message for past|delivery warning|verzöger|затрим|задерж|retard|retras|ritard|atras"
    r"|opóźni|vertrag|fördröj|forsinke)",
    re.IGNORECASE,
)
_DELAYED_WORDS = re.compile(
    r"(?:has|have) not yet been delivered|not yet delivered|(?:has|have) been (?:delayed|postponed)"
    r"|this is (?:just )?a warning|this is an advisory|warning message only|warning only"
    r"|do(?:es)? not need to resend|attempts will continue|still being retried|still trying"
    r"|will (?:be retried|keep trying|(?:try|attempt) .{0,40}(?:again|deliver))"
    r"|continue to (?:try|attempt|be retried)"
    r"|noch nicht (?:zu|aus)gestellt|weiterhin versucht|повторн.{0,30}(?:попыт|спроб)"
    r"|(?:ещё|еще|поки|пока) не (?:был[аои]? |було )?достав|попытки.{0,30}продолж"
    r"|спроби.{0,30}(?:триватимуть|продовж)|tentatives.{0,40}(?:continu|poursui)",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(
    r"permanent|given up|giving up|gave up|fatal error|will not be retried|no further|undeliverable"
    r"|expired",
    re.IGNORECASE,
)
_SUCCESS = re.compile(
    r"(?:delivered|relayed|доставлено|zugestellt|übermittelt|delivery receipt|remis|entregado"
    r"|consegnato|entregue|dostarczono)\s*:|.{0,60}\(success\)|successful mail delivery",
    re.IGNORECASE,
)
# Where the letter that came back begins.
_COPY = re.compile(
    r"[\W_]{0,60}(?:(?:\w+ ){0,6}(?:is|here is|are) a? ?copy of|below (?:this|the next) line"
    r"|(?:included is )?a copy of|the (?:headers?|body|text) (?:of|and)|the attached (?:file|copy)"
    r"|original (?:message|mail|e-?mail|headers?|text|letter)|message (?:header|text|headers)"
    r"|(?:start of )?returned (?:message|mail)|headers? of the (?:source|original|message)"
    r"|unsent message|forwarded message|begin forwarded|your message (?:reads|follows|was:)"
    r"|text of (?:your|the) |the first \d+ lines|a summary of the undelivered|the following is"
    r"|(?:исходное|оригинал|копия|текст) (?:сообщ|пись|вашего|первонач)|ниже этой линии"
    r"|(?:вихідн|копія|нижче|оригінал)|(?:die )?kopfzeilen|kopie der|ursprüngliche nachricht"
    r"|message d'origine|mensaje original|mensagem original|messaggio originale"
    r"|oryginalna wiadomość|原信件|附件中的内容)",
    re.IGNORECASE,
)
_HEADER_OF_COPY = re.compile(
    r"[>|\s]{0,4}(?:received:\s*(?:from|by|\()|return-path:\s*<|message-id:\s*<|dkim-signature:"
    r"|mime-version:|x-[\w-]{2,40}:\s)",
    re.IGNORECASE,
)
_ID_OF_COPY = re.compile(r"^[>| \t]{0,4}message-id:\s{0,4}(<[^<>\s]{3,400}>)", re.I | re.M)
_TO_OF_COPY = re.compile(r"^[>| \t]{0,4}to:[ \t]{0,4}(\S[^\n]{0,400})", re.I | re.M)

_ADDRESS = r"[^\s<>()\[\]\",;:'=|*]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_ANY_ADDRESS = re.compile(rf"(?<![\w.@=-])({_ADDRESS})")
# What introduces an address that failed, wherever it stands in a line.
_LABELLED = re.compile(
    r"(?:(?:failed|intended|unknown|invalid|final|original) (?:delivery )?"
    r"(?:recipients?|user(?:id)?|address)|(?:final|original)-recipient|undeliverable (?:address|to)"
    r"|error-for|recipient(?: address)?|generated from|expanded from|addressed to|unknown user"
    r"|user (?:mailbox )?exceeds allowed size|delivery failed \d{1,3} attempts|mailbox is full"
    r"|dda:smtp|rcpt to|получатель|адрес(?:ат)?|отримувач|empfänger|destinataire|destinatario)"
    rf"(?:\W{{1,6}}(?:rfc822|smtp)?\W{{0,4}}){_ADDRESS}",
    re.IGNORECASE,
)
# A line that begins with an address: `<carla@customer.example>:`, `carla@… on Mon`, `* carla@…`.
_LEADING = re.compile(rf"[\s>*•·\"'<\[(|–-]{{0,20}}(?:(?:smtp|to):)?<?({_ADDRESS})", re.IGNORECASE)
_ANSWERED = re.compile(r"[\s<>\"']{0,20}[45]\d\d[ -]")
_A_NAME = re.compile(r"\s{0,20}([\w.+-]{2,64})\s{0,10}")
_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(r"(?<![\w.:])[45]\d\d[ -]|" + _CODE.pattern)
_STAFF = re.compile(r"(?:postmaster|mailer-daemon|abuse|helpdesk|hostmaster)@", re.IGNORECASE)

# "Prove that you are a person": the letter waits for its sender, nothing failed.
_CHALLENGE = re.compile(
    r"guest list|waitlisted|to have your address added|confirm (?:your|this) (?:e-?mail|message)"
    r"|(?:verify|confirm|prove) that you(?:'re| are)|confirm (?:your|this) address"
    r"|challenge[/-]response"
    r"|підтверд\w{1,10},? що ви|подтверд\w{1,10},? что вы|bestätigen sie, dass sie",
    re.IGNORECASE,
)

# (status of RFC 3463, words): what a bounce without a code, or with `5.0.0`, means.
_MEANINGS = (
    (
        "5.2.2",
        r"quota|mailbox (?:is )?full|full mailbox|exceeds allowed size|storage|mail ?box space"
        r"|переполнен|переповнен|postfach (?:ist )?voll",
    ),
    (
        "5.1.1",
        r"(?:user|recipient|address|mailbox|account)\W+(?:is )?(?:unknown|not found|does not exist"
        r"|name is not recognized)|(?:unknown|no such|invalid) (?:local )?(?:user|recipient"
        r"|mailbox|address)|no mailbox here|not listed in|doesn.t have an? .{1,40} account"
        r"|not a (?:known|valid) user|does not like recipient|addressee unknown|нет такого"
        r"|не существует|не існує|unbekannt|address couldn.t be found|n.existe pas|no existe",
    ),
    ("5.1.2", r"host unknown|unknown host|domain (?:not found|does not exist)|no such domain"),
    ("5.3.4", r"too large|exceeds? (?:the )?(?:maximum|size)|exceeded maximum|message size"),
    ("5.7.1", r"\bspam\b|blocked|blacklist|policy|denied|not accepting|unsolicited"),
)


@dataclass(frozen=True)
class Head:
    """What the headers of a letter tell of who wrote it."""

    subject: str
    sender: str
    readers: frozenset[str]
    is_server: bool  # a mail server beyond doubt
    no_way_back: bool  # or an answering machine: `Return-Path: <>`
    is_postmaster: bool  # or the person of that name
    is_passed_on: bool  # `Re:` or `Fwd:`

    @property
    def may_report(self) -> bool:
        """Is it worth while to read what the letter says?"""
        if self.is_server or self.no_way_back or self.is_postmaster:
            return True
        patterns = (_FAILED_SUBJECT, _DELAYED_SUBJECT, _SUCCESS)
        return any(pattern.match(self.subject) for pattern in patterns)

    @classmethod
    def of(cls, letter: ParsedEmail) -> "Head":
        """Read from what the letter's own headers say."""
        name = letter.header("from").strip("\"'<> ")  # "Mail Delivery System" <MAILER-DAEMON>
        address = f"{name.lower()}@"
        if letter.sender and ("@" in name or not name):
            name, address = letter.sender.name, letter.sender.email
        way_back = letter.header("return-path").replace(" ", "").upper()
        readers = {one.email for one in letter.to} | set(letter.headers_all("delivered-to"))
        return cls(
            letter.subject.strip(),
            address,
            frozenset(one.strip("<> ").lower() for one in readers),
            bool(_SERVER_ADDRESS.match(address) or _SERVER_NAME.match(name)),
            way_back == "<>" or "MAILER-DAEMON" in way_back,
            bool(_POSTMASTER.match(address) or _POSTMASTER.match(name)),
            bool(_PASSED_ON.match(letter.subject)),
        )


@dataclass(frozen=True)
class Returned:
    """What is known of the letter that came back."""

    is_there: bool = False
    message_id: str = ""
    people: list[str] = field(default_factory=list)


def returned_in(text: str) -> Returned:
    """The returned letter as it is copied into the text of a bounce."""
    text = text[: _READ_AT_MOST * 3]
    found = _ID_OF_COPY.search(text)
    ids = message_ids(found[1].encode()) if found else []
    explanation = "\n".join(_explanation(text))
    to = _TO_OF_COPY.search(text, len(explanation))
    people = [one.email for one in addresses(to[1].encode())] if to else []
    copied = len(explanation) + 40 < len(text.rstrip())
    return Returned(copied, ids[0] if ids else "", people)


def report(head: Head, text: str, returned: Returned, *, sure: bool) -> DeliveryReport | None:
    """What a mail server says in words; None if it is not one or says nothing of the kind.

    `sure`: other signs prove it already, only what it says is wanted.
    """
    lines = _explanation(text)
    explanation = "\n".join(lines)
    action = _action(head, explanation)
    if not sure and not _is_believed(head, lines, returned, action):
        return None
    answer = next(
        (
            line.strip()
            for line in lines
            if _REPLY.search(line) and not line.lower().startswith("status")
        ),
        "",
    )
    code = _CODE.search(explanation)
    return DeliveryReport(
        failed=_failed(head, lines, returned) if action == "failed" else [],
        action=action,
        status=code[0] if code and action == "failed" else "",
        diagnostic=answer[:_LONGEST_DIAGNOSTIC],
        original_message_id=returned.message_id,
    )


def is_challenge(head: Head, text: str) -> bool:
    """Does a filter ask the sender to prove something first? Then nothing has failed yet."""
    return not head.is_server and bool(_CHALLENGE.search(text[:_READ_AT_MOST]))


def refined_status(status: str, words: str) -> str:
    """`status`; where it is missing or says nothing (x.0.0), what the words mean."""
    if status and not re.fullmatch(r"[245]\.0\.0", status):
        return status
    for known, pattern in _MEANINGS:
        if re.search(pattern, words, re.IGNORECASE):
            return known
    return status


def _action(head: Head, explanation: str) -> str:
    if _SUCCESS.match(head.subject) and not _FAILED_WORDS.search(explanation):
        return "delivered"
    waits = _DELAYED_SUBJECT.match(head.subject) or _DELAYED_WORDS.search(explanation)
    return "delayed" if waits and not _FOR_GOOD.search(explanation) else "failed"


def _is_believed(head: Head, lines: list[str], returned: Returned, action: str) -> bool:
    subject = head.subject
    says = {
        "failed": _FAILED_SUBJECT.match(subject),
        "delayed": _FAILED_SUBJECT.match(subject) or _DELAYED_SUBJECT.match(subject),
        "delivered": _SUCCESS.match(subject),
    }[action]
    words = _DELAYED_WORDS if action == "delayed" else _FAILED_WORDS
    told = words.search("\n".join(lines))
    if head.is_server:
        return bool(says or told)
    if head.is_passed_on and not head.no_way_back:
        return False
    opening = "\n".join([line for line in lines if line.strip()][:_OPENING_LINES])
    if head.is_postmaster or head.no_way_back:
        leading = any(_LEADING.match(line) or _LABELLED.search(line) for line in lines)
        named = returned.is_there or leading or (head.no_way_back and _named(lines))
        return bool((says or told) and named)
    return bool(says and words.search(opening) and (returned.is_there or _named(lines)))


def _explanation(text: str) -> list[str]:
    """The lines above the copy of the returned letter."""
    lines: list[str] = []
    for line in text[:_READ_AT_MOST].split("\n"):
        bounded = line[:_LONGEST_LINE]
        copied = _COPY.match(bounded[:120]) or _HEADER_OF_COPY.match(bounded)
        if copied and any(map(str.strip, lines)):
            break
        lines.append(bounded)
    return lines


def _failed(head: Head, lines: list[str], returned: Returned) -> list[str]:
    """The addresses that failed: those at the beginning of lines or named as such, those in the
    answers of servers, those mentioned; else to whom the returned letter went."""
    leading = [hit[1] for line in lines if (hit := _LEADING.match(line))]
    answers = [line for line in lines if _ANSWERED.match(line)]
    certain = (
        [*leading, *_labelled(lines)],
        [one for line in answers for one in _ANY_ADDRESS.findall(line)],
        _completed_names(head, lines, returned),
    )
    for found in certain:
        if clean := _cleaned(found, head):
            return clean[:_MOST_FAILED]
    written_to = [one for one in returned.people if one not in head.readers]
    mentioned = _cleaned(_ANY_ADDRESS.findall("\n".join([head.subject, *lines])), head)
    if both := [one for one in mentioned if one in written_to]:
        return both
    return mentioned[:1] or (written_to if len(written_to) == 1 else [])


def _labelled(lines: Iterable[str]) -> list[str]:
    hits = (hit[0] for line in lines for hit in _LABELLED.finditer(line))
    return [found[-1] for hit in hits if (found := re.findall(_ADDRESS, hit))]


def _named(lines: list[str]) -> bool:
    return any(_ANY_ADDRESS.search(line) for line in lines)


def _cleaned(found: Iterable[str], head: Head) -> list[str]:
    """Addresses once each, without those of the server's staff and of who was told."""
    emails = [one.email for text in found for one in addresses(text.strip(".").encode())[:1]]
    return [
        one
        for one in dict.fromkeys(emails)
        if one != head.sender and one not in head.readers and not _STAFF.match(one)
    ]


def _completed_names(head: Head, lines: list[str], returned: Returned) -> list[str]:
    """A name alone on the line below "…:" is a mailbox of that server, as America Online wrote."""
    domain = head.sender.rpartition("@")[2]
    names = [
        hit[1].lower()
        for above, line in pairwise(lines)
        if (hit := _A_NAME.fullmatch(line)) and _FAILED_WORDS.search(above)
    ]
    known = [one for one in returned.people if one.partition("@")[0] in names]
    return known or [f"{name}@{domain}" for name in names]
