"""The words by which the coach knows things: Ukrainian, Russian, English and German together.

Words end in `*` where any ending may follow: «працю*» stands for «працює», «працюють», … Every
pattern takes linear time.
"""

import re
from typing import Final


def any_of(*lines: str) -> re.Pattern[str]:
    """A pattern for any of the words and phrases in `lines`, separated by commas."""
    phrases = [one.strip() for line in lines for one in line.split(",") if one.strip()]
    parts = sorted((_phrase(one) for one in phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _phrase(words: str) -> str:
    return re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")


# Words that say nothing of what it is about: a title made of them alone is empty.
NOISE: Final = any_of(
    "help, please, urgent*, asap, important, attention, problem*, issue*, trouble*, question*, "
    "error*, bug*, hi, hello, dear, hey, support, sos, need, i, we, you, my, our, me, us, a, an, "
    "the, is, are, it, this, that, not, does, doesn't, do, don't, isn't, can't, cannot, can, "
    "work*, broken, down, wrong, something, nothing, have, has, with, and, to, for, fix, again, "
    "no, very, good, day, morning, request, ticket, test, some, again, still, what, how, on, in, "
    "at, of",
    "допоможіть, допомога, допоможи, поможіть, будь, ласка, терміново, термінове, негайно, "
    "увага, проблем*, питання, запитання, помилк*, привіт, добр*, день, доброго, дня, вечір, "
    "вітаю, треба, потрібн*, мені, нам, у, в, на, мене, нас, не, працю*, робить, зламал*, щось, "
    "нічого, все, всі, знову, дуже, впав, впало, лежить, висить, і, та, з, із, є, звернення, "
    "заявк*, прошу, підтримк*, шановн*, важливо, я, ми, це, ні, як, що, чому, досі, вже, немає",
    "помогите, помощь, помоги, пожалуйста, срочно*, внимание, вопрос*, ошибк*, привет, "
    "здравствуйте, добрый, доброе, утро, вечер, нужн*, надо, мне, работа*, сломал*, что-то, "
    "ничего, всё, опять, снова, очень, упал*, лежит, висит, и, с, есть, обращение, поддержк*, "
    "уважаем*, важно, мы, это, нет, у, меня, как, что, почему, до, сих, пор, уже, был*",
    "hilfe, bitte, dringend*, eilig, wichtig, achtung, frage*, fehler*, guten, tag, morgen, "
    "abend, hallo, moin, sehr, geehrte*, ich, wir, brauche*, mein*, unser*, das, die, der, ein*, "
    "ist, sind, nicht, nichts, geht, funktioniert, kaputt, defekt, etwas, alles, wieder, und, "
    "mit, es, störung*, anfrage, kein*, noch, immer, wie, was, warum, im, am, bei, zu, hat, "
    "haben, helfen",
)

# When it began or happened.
WHEN: Final = re.compile(
    r"(?<!\w)(?:"
    r"\d{1,2}:\d{2}(?!\d)|(?:о|об|у|в|к|at|um|gegen) \d{1,2}[.:]\d{2}(?!\d)|\d{4}-\d{2}-\d{2}"
    r"|(?<!\.)(?:[012]?\d|3[01])[./](?:0[1-9]|1[0-2])(?:[./]\d{2,4})?(?!\.?\d)"
    r"|\d{1,2}\s?(?:am|pm|uhr|год|час|ч\.|h)(?!\w)"
    r"|(?:since|today|yesterday|tonight|ago|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|this (?:morning|afternoon|evening|week|month)|last (?:night|week|month|\w+day)"
    r"|for (?:\w+ )?(?:minutes?|hours?|days?|weeks?|months?)|every (?:day|night|hour|morning|time)"
    r"|january|february|march|april|june|july|august|september|october|november|december)(?!\w)"
    r"|(?:сьогодні|вчора|учора|позавчора|зранку|вранці|увечері|ввечері|вночі|уночі|щодня|щоночі"
    r"|щогодини|щоразу|кожн\w+ (?:раз|день|ночі|ніч|годин\w*)|тому|(?:з|від|із) (?:ранку|вечора"
    r"|понеділка|вівторка|середи|четверга|п.ятниці|суботи|неділі|минул\w+|учора\w*|вчора\w*)"
    r"|понеділ\w+|вівтор\w+|серед[уи]|четвер\w*|п.ятниц\w+|субот\w+|неділ[юі]"
    r"|минул\w+ (?:тижн\w+|місяц\w+|року)|цього тижня|січня|лютого|березня|квітня|травня|червня"
    r"|липня|серпня|вересня|жовтня|листопада|грудня)(?!\w)"
    r"|(?:сегодня|вчера|позавчера|утром|вечером|ночью|ежедневно|каждый (?:раз|день|час)|каждую ночь"
    r"|назад|с (?:утра|вечера|понедельника|вторника|среды|четверга|пятницы|субботы|воскресенья"
    r"|прошл\w+|вчерашнего)|понедельник\w*|вторник\w*|сред[уы]|пятниц\w+|суббот\w+|воскресень\w+"
    r"|прошл\w+ (?:недел\w+|месяц\w*|год\w*)|на этой неделе|января|февраля|марта|апреля|мая|июня"
    r"|июля|августа|сентября|октября|ноября|декабря)(?!\w)"
    r"|(?:heute|gestern|vorgestern|seit|morgens|nachts|abends|täglich|jeden (?:tag|morgen|abend)"
    r"|jede (?:nacht|stunde|woche)|jedes mal|vor \w+ (?:minuten?|stunden?|tagen?|wochen?|monaten?)"
    r"|(?:am |letzten |diesen |seit )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    r"|sonnabend|sonntag)|letzte (?:woche|nacht)|letzten monat|diese woche|januar|februar|märz"
    r"|juni|juli|oktober|dezember)(?!\w)"
    r")",
    re.IGNORECASE,
)

# What was different just before, or that nothing was.
CHANGED: Final = any_of(
    "changed*, change*, update*, upgrade*, updated, upgraded, installed, moved, migrat*, "
    "switched, replaced, renamed, new version, configured, edited, enabled, nothing changed, "
    "no changes, before that, deployed, added, since we, since i, restored, did not touch, "
    "didn't touch, nobody touched, have not touched",
    "оновл*, онови*, змін*, міня*, заміни, встанов*, перенес*, переїх*, переїзд*, перейш*, "
    "увімкн*, налаштув*, налаштов*, додал*, замін*, редагув*, до того, перед тим, перед цим, "
    "не чіпа*, мігр*, виклал*, поставил*, відновил*",
    "смен*, обнов*, измен*, меня*, помен*, устан*, перенес*, перееха*, переезд*, переш*, включ*, "
    "настро*, добав*, замен*, редактир*, до этого, перед этим, не трога*, мигр*, выложил*, "
    "восстанов*",
    "aktualisier*, update, geändert*, änderung*, installiert*, umgezogen, umzug*, umstellung*, "
    "umgestellt, gewechselt, ersetzt, ausgetauscht, umbenannt, eingerichtet, aktiviert, "
    "hinzugefügt, migriert, vorher, davor, nichts verändert, nichts gemacht, nicht angefasst, "
    "eingespielt, wiederhergestellt",
)

# What the person has tried already.
TRIED: Final = any_of(
    "tried, trying, restarted, rebooted, reinstalled, rebuilt, cleared, checked, tested, reset, "
    "rolled back, disabled, incognito, private window, another browser, other browser*, "
    "another computer, other device*, looked at, ran, without success, did not help, "
    "didn't help, no difference, same result, compared, swapped, unplugged, re-added, logged out, "
    "reseated, re-seated",
    "спроб*, пробув*, пробува*, перезапус*, перезаванта*, перевстанов*, очист*, почист*, "
    "перевірил*, перевірив, вимкн*, скину*, відкот*, інший браузер, іншого браузера, "
    "іншому браузері, інкогніто, не допомогло, не допомага*, те саме, так само, дивил*, "
    "порівня*, переглян*, запуска*, вийшл*, місцями, переткн*",
    "пробов*, попробов*, пытал*, перезапус*, перезагру*, переустан*, очист*, почист*, проверил*, "
    "проверял*, отключил*, сброс*, откат*, другой браузер, другом браузере, другого браузера, "
    "инкогнито, не помогло, не помога*, то же самое, смотрел*, посмотрел*, сравни*, запуска*, "
    "выходил*, местами, переткну*",
    "versucht*, probiert*, ausprobiert, neu gestartet, neugestartet, neustart*, neu installiert, "
    "gelöscht, geleert, geprüft, überprüft, getestet, zurückgesetzt, anderer browser, "
    "anderen browser, anderem browser, inkognito, privaten fenster, hat nicht geholfen, "
    "ohne erfolg, half nicht, hilft nicht, gleiche ergebnis, dasselbe, nachgesehen, verglichen, "
    "getauscht, deaktiviert, ab- und wieder angemeldet",
)

# Something is wrong, missing, or wanted: a text about a problem or a wish of its own.
TROUBLE: Final = any_of(
    "not, no longer, empty, blank, full, can't, cannot, don't, doesn't, isn't, won't, error*, "
    "fail*, broken, missing, lost, slow*, wrong, stopped, refus*, crash*, need*, want*, "
    "would like, please, how, when, why, could you, can you, expire*, charged, blocked",
    "не, немає, нема, порожн*, помилк*, збій, зник*, пропал*, повільн*, гальму*, потріб*, треба, "
    "хочу, хотіли, хотів*, прошу, будь ласка, як, коли, чому, чи, можна, заблок*, падає, "
    "відмов*, закінч*",
    "нет, не, пуст*, ошибк*, сбой, исчез*, пропал*, медленн*, тормоз*, нужен, нужн*, надо, "
    "хотим, хотел*, пожалуйста, как, когда, почему, можно, можете, заблок*, падает, отказ*, "
    "заканчив*, истека*",
    "nicht, kein*, leer*, voll, fehler*, fehlt, fehlen, verschwunden, langsam*, brauche*, "
    "benötig*, möchte*, bitte, wie, wann, warum, können, könnten, gesperrt, abgestürzt, falsch*, "
    "läuft ab",
)

# What begins another matter. At the start of a sentence.
ANOTHER: Final = re.compile(
    r"(?:^|(?<=[.!?…]))[ \t]*+(?P<sign>(?:and |і |й |а |и |und )?(?:"
    r"also|another (?:thing|question|problem|issue)|one more (?:thing|question|problem)|besides"
    r"|by the way|separately|apart from that|in addition|second(?:ly)?|(?:the )?second "
    r"(?:problem|question|issue|thing)|on another note"
    r"|ще одн\w+|ще (?:питання|проблема)|також|ще(?! раз)|крім (?:того|цього)|окрім (?:того"
    r"|цього)|до речі|по-друге|друг[ае] (?:проблема|питання)|окремо|заодно"
    r"|ещ[её] одн\w+|ещ[её] (?:вопрос|проблема)|также|ещ[её](?! раз)|кроме (?:того|этого)"
    r"|помимо (?:того|этого)|кстати|во-вторых|втор(?:ая|ой) (?:проблема|вопрос)|отдельно"
    r"|außerdem|ausserdem|noch (?:etwas|eine frage|ein problem)|zusätzlich|des weiteren"
    r"|darüber hinaus|übrigens|zweitens|(?:das )?zweite (?:problem|frage)|nebenbei|ferner"
    r")(?!\w))",
    re.IGNORECASE | re.MULTILINE,
)

# What makes a numbered list one of steps, not of matters.
STEPS: Final = any_of(
    "step*, did, do, done, tried, reproduce, as follows, log in, click*, open the, opened, press*, "
    "then, "
    "checked, we have, i have",
    "крок*, робив*, робил*, роблю, спроб*, пробув*, зробил*, відтворит*, натиска*, натисн*, "
    "відкриваю, відкриваємо, відкрив, відкрила, відкрили, потім, перевірил*, заходж*, заходим*",
    "шаг*, делал*, делаю, сделал*, пробов*, попробов*, воспроизв*, нажима*, нажал*, открываю, "
    "открываем, открыл, открыла, открыли, "
    "потом, затем, проверил*, захожу, заходим",
    "schritt*, gemacht, versucht, probiert, nachstellen, reproduzier*, klick*, öffne, dann, "
    "danach, geprüft, melde*",
)

# What a matter is about: two matters of different subjects are two problems.
SUBJECTS: Final = {
    "mail": any_of(
        "mail*, e-mail*, email*, smtp, imap, inbox, mailbox*, spam",
        "пошт*, лист*, скриньк*, спам*",
        "почт*, письм*, ящик*, спам*",
        "postfach*, postfächer",
    ),
    "money": any_of(
        "invoice*, payment*, pay, paid, bill, billing, refund*, charged, price*",
        "рахун*, оплат*, платіж*, платеж*, сплат*, повернен*",
        "счет*, счёт*, оплат*, платёж*, платеж*, возврат*",
        "rechnung*, zahlung*, bezahl*, lastschrift*, erstattung*",
    ),
    "domain": any_of("domain*, dns, nameserver*, whois", "домен*", "домен*", "domäne*, domaine*"),
    "certificate": any_of(
        "ssl, tls, https, certificate*", "сертифікат*", "сертификат*", "zertifikat*"
    ),
    "site": any_of(
        "site*, website*, page*, shop*, wordpress, php",
        "сайт*, сторінк*, магазин*",
        "страниц*",
        "webseite*, website*, seite*, onlineshop*",
    ),
    "server": any_of(
        "server*, disk*, raid, memory, ram, cpu, vps, backup*",
        "сервер*, диск*, пам'ят*, пам’ят*, резервн*, бекап*",
        "памят*, бэкап*",
        "festplatte*, speicher*, sicherung*",
    ),
    "access": any_of(
        "password*, login, log in, ssh, ftp, two-factor",
        "парол*, увійти, вхід, доступ*",
        "войти, вход",
        "passwort*, anmelden, zugang*, zugriff*",
    ),
}
