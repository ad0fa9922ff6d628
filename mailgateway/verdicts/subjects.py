"""The words by which automatic answers announce themselves, in some thirty languages."""

import re

from mailgateway import quoting

# What answering machines of mail programs and providers put before, around or instead of the
# subject that they answer.
_ANNOUNCED = (
    # English
    r"auto(?:matic|mated)?[- ]?(?:repl(?:y|ies)|respon(?:se|der)|answer)",
    r"out[- ]of[- ](?:the[- ])?office"
    r"(?:[ -]*(?:auto)?[- ]?(?:reply|response|notification|message))?",
    r"(?:vacation|away|absence) (?:auto-?)?(?:message|reply|response|notice|notification)",
    r"i am (?:currently )?(?:out of (?:the )?office|away from (?:the|my) office)",
    # Ukrainian, Russian, Belarusian, Kazakh, Bulgarian, Serbian, Macedonian
    r"авто(?:матична )?відповідь|автовідповідач|(?:я )?поза офісом|відсутн(?:ій|я) на роботі",
    r"автоматический ответ|автоответ(?:чик)?|(?:я )?вне офиса|нет на рабочем месте",
    r"отсутствую (?:на рабочем месте|на работе|в офисе)|я в отпуске|я у відпустці",
    r"аўтаматычны адказ|аўтаадказ|автоматты жауап",
    r"автоматичен отговор|извън офиса|аутоматски одговор|автоматски одговор",
    # German, Dutch
    r"auto(?:matische)?[- ]?(?:antwort|reaktion|rückantwort|rückmeldung|antwoord|reactie)",
    r"automatisch antwoord|afwezigheids?(?:bericht|melding|assistent)|niet op kantoor",
    r"abwesenheits?(?:notiz|meldung|benachrichtigung|nachricht|assistent|mitteilung|info)",
    # French, Spanish, Catalan, Portuguese, Italian, Romanian
    r"réponse automatique|(?:message|notification|avis|notice) d['’]absence|absente? du bureau",
    r"(?:respuesta|resposta|risposta) autom[áàa]tica|fuera de (?:la )?oficina|fora do escritório",
    r"fuera de la oficina|ausente (?:de la oficina|do escritório)|fuori (?:sede|ufficio)",
    r"risposta automatica|assenza dall['’]ufficio|răspuns automat|în afara biroului",
    # Polish, Czech, Slovak, Slovenian, Croatian, Hungarian
    r"odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|poza biurem",
    r"nieobecność w biurze|informacja o nieobecności|automatick(?:á|é) odpove[ďd]|mimo kancelář",
    r"automatická odpověď|automatické odpověď|samodejni odgovor|automatski odgovor",
    r"automatikus válasz|házon kívül",
    # Swedish, Danish, Norwegian, Finnish, Estonian, Latvian, Lithuanian
    r"auto(?:matiskt? )?svar|frånvaromeddelande|fravær(?:smelding|smeddelelse)|ikke på kontoret",
    r"automaattinen vastaus|automaattivastaus|poissaolo(?:ilmoitus|viesti)",
    r"automaat(?:ne )?vastus|automātisk[āa] atbilde|automatinis atsakymas",
    # Turkish, Greek, Hebrew, Arabic, Japanese, Chinese, Korean
    r"otomatik (?:yanıt|cevap)|ofis dışında|αυτόματη απάντηση|εκτός γραφείου",
    r"תשובה אוטומטית|(?:ال)?رد (?:ال)?تلقائي|자동 ?(?:회신|응답)",
    r"自動(?:応答|返信|回覆|回复)(?:メール)?|不在(?:通知|応答|届)|自动(?:回复|答复)",
)
_WORDS = "|".join(_ANNOUNCED)
# `Automatic reply: Invoice`, `[Automatyczna odpowiedź] faktura`, `Автоответ: счёт`.
_BEFORE_A_SUBJECT = re.compile(rf"\s*(?:(?:{_WORDS})\s*[:：]|[\[(【](?:{_WORDS})[\])】])", re.I)
# `Abwesenheitsnotiz`, `Out of office!`, `Автоответ - отпуск`, `Autoreply Re: Invoice`.
_AS_SUBJECT = re.compile(rf"\s*(?:{_WORDS})\s*(?:$|[.!…*(\[-]|[–—]|re\b)", re.I)
# `Re: Invoice (Automatic response)`.
_BEHIND_A_SUBJECT = re.compile(rf"[\[(](?:{_WORDS})[\])]\s*$", re.I)
# `*** Automatic reply ***` as the first line.
_AS_LINE = re.compile(rf"[\W_]{{0,20}}(?:{_WORDS})[\W_]{{0,20}}", re.I)
# Lotus Notes: `AUTO: Carla Bondar is out of the office (returning 12/01/2026)`.
_OF_NOTES = re.compile(
    r"AUTO: .{0,150}?(?:out of (?:the )?office|returning|abwesend|außer haus|nicht im (?:büro|haus)"
    r"|wieder|absente?|retour|ausente|regres|fuori|rientro|nieobecn|powr)",
    re.I,
)
_SOMEBODY_IS_OUT = re.compile(
    r"\s*(?:i am|i'm) (?:currently )?(?:out of (?:the )?office|away)\b"
    r"|\s*ich bin (?:derzeit |zur zeit |momentan )?(?:nicht im (?:büro|haus)|abwesend|im urlaub)\b"
    r"|\s*я (?:в отпуске|у відпустці|поза офісом|вне офиса)\b|\s*ooo\s*(?::|$)"
    # A word that people use as well, before what it answers.
    r"|\s*(?:auto|vacation|away|urlaub|abwesend|absence|absent|відпустка|отпуск|urlop|ferie|vakantie"
    r"|dovolená|semester|férias|vacaciones)\s*:\s*(?:re|aw|ha|fwd?|wg|відп|отв|odp|sv|antw)\s*:"
    r"|\s*(?:abwesend|absence|absente?)\s*:|"
    r"[^:?]{2,80} (?:is|will be) (?:currently )?out of (?:the )?office\b|"
    r"[^:?]{2,80} ist (?:außer haus|nicht im (?:büro|haus)|abwesend)\b",
    re.I,
)
# What the text of such a letter speaks of, or it is a person who writes about automatic answers.
_ABSENCE = re.compile(
    r"out of (?:the )?office|on (?:annual |sick |parental )?(?:leave|vacation|holiday)|\baway\b"
    r"|be back|will return|return(?:ing)? (?:on|to)|limited access|automatic(?:ally|ed)?|automated"
    r"|received your|thank(?:s| you) for (?:your|contacting|writing)"
    r"|відпуст|відсутн|повернусь|повертаюс|отримали ваш|отримано|автоматичн"
    r"|отпуск|отсутств|вернусь|получили ваше|получено|автоматическ|командиров|відряджен"
    r"|urlaub|abwesen|nicht (?:im büro|im haus|erreichbar)|außer haus|zurück|eingegangen"
    r"|congés?\b|vacances|absen[tc]|de retour|vacaciones|ausen[tc]|fuera de|férias|regresso"
    r"|ferie|assen[tz]|rientr|urlop|nieobecn|dovolen|nepřítom|neprítom|szabads|concediu"
    r"|vakantie|afwezig|semester|frånvar|tillbaka|fravær|tilbake|tilbage|lomalla|poissa|palaan"
    r"|puhkus|atvaļinājum|atostog|izin|izni|διακοπ|άδεια|不在|休暇|休假|外出|휴가|부재",
    re.I,
)
_READ_AT_MOST = 2_000


def announces_answer(subject: str, text: str) -> bool:
    """Does an answering machine speak?

    Words before a colon or in brackets at the very beginning decide alone; not behind a `Re:`, for
    so answers a person to the machine. As the whole subject they do if the text says more of it and
    asks nothing.
    """
    if _BEFORE_A_SUBJECT.match(subject) or _OF_NOTES.match(subject):
        return True
    alone = _AS_SUBJECT.match(subject) or _SOMEBODY_IS_OUT.match(subject)
    if not (alone or _BEHIND_A_SUBJECT.search(subject[-100:])):
        return False
    beginning = quoting.fold(text[:_READ_AT_MOST]).visible
    return "?" not in beginning and bool(_ABSENCE.search(beginning))


_SAYS_SO = re.compile(
    r"[\s*_\"'(\[-]*(?:this is an? (?:automatic|automated|auto[- ]?(?:generated|reply|response))"
    r"|this (?:e-?mail|message|letter|reply|response) (?:was|is|has been) (?:automatically"
    r"|auto-?generated|generated automatically|sent automatically)"
    r"|(?:це|цей лист|це повідомлення|даний лист)\b.{0,30} автомат(?:ичн|ом)"
    r"|(?:это|данное письмо|данное сообщение)\b.{0,30} автомат(?:ичес|ом)"
    r"|(?:dies|das) ist eine (?:automatisch|autom\.|automatisierte)"
    r"|diese (?:nachricht|e-?mail|antwort) (?:wurde|wird|ist) automatisch"
    r"|ceci est (?:une réponse|un message|un e-?mail) automati"
    r"|(?:este|esta|esto) es (?:una respuesta|un mensaje|un correo) autom"
    r"|(?:esta é uma resposta|esta é uma mensagem|este é um e-?mail) autom"
    r"|quest[oa] è (?:una risposta|un messaggio|un'?e-?mail) automatic"
    r"|to jest (?:automatyczn|wiadomość (?:wygenerowana )?automatyczn)"
    r"|dit is een automatisch|detta är ett automat|dette er (?:et|en) automat"
    r"|tämä on automaatti|toto je automatick|ez egy automatikus|bu otomatik bir)",
    re.I,
)


def says_it_is_automatic(text: str) -> bool:
    """Does one of the first three lines say that a machine wrote this, or is the first a title?"""
    lines = [line[:300] for line in text[:_READ_AT_MOST].splitlines() if line.strip()][:3]
    return any(map(_SAYS_SO.match, lines)) or any(map(_AS_LINE.fullmatch, lines[:1]))
