"""The help pages of the demo desk: sections, and short articles in up to four languages."""

from collections.abc import Mapping
from typing import Final

from departments.models import Category, User
from knowledge import actions
from knowledge.models import Article, Section

Texts = dict[str, str]

SECTIONS: Final[dict[str, tuple[Texts, Texts, str]]] = {
    "mail": (
        {
            "uk": "Пошта та домени",
            "ru": "Почта и домены",
            "en": "Mail and domains",
            "de": "E-Mail und Domains",
        },
        {
            "uk": "Скриньки, поштові програми, записи DNS.",
            "ru": "Ящики, почтовые программы, записи DNS.",
            "en": "Mailboxes, mail programs, DNS records.",
            "de": "Postfächer, Mailprogramme, DNS-Einträge.",
        },
        "mail",
    ),
    "sites": (
        {
            "uk": "Сайти та сервери",
            "ru": "Сайты и серверы",
            "en": "Websites and servers",
            "de": "Websites und Server",
        },
        {
            "uk": "Коли щось не відкривається або працює повільно.",
            "ru": "Когда что-то не открывается или работает медленно.",
            "en": "When something does not open, or is slow.",
            "de": "Wenn etwas nicht erreichbar oder langsam ist.",
        },
        "site-down",
    ),
    "payment": (
        {
            "uk": "Рахунки та оплата",
            "ru": "Счета и оплата",
            "en": "Invoices and payment",
            "de": "Rechnungen und Zahlung",
        },
        {
            "uk": "Як платити й де взяти документи.",
            "ru": "Как платить и где взять документы.",
            "en": "How to pay, and where the documents are.",
            "de": "Wie Sie zahlen und wo Sie Belege finden.",
        },
        "invoice",
    ),
}
"""Short name of each section: its names, sentences, and category."""

MAILBOX: Final = {
    "uk": (
        "Як налаштувати скриньку в поштовій програмі",
        """
<p>Вам потрібні адреса скриньки та її пароль. Пароль можна змінити в панелі керування, розділ
«Пошта».</p>
<h2>Вхідна пошта</h2>
<ul>
<li>Сервер: <strong>imap.desk.example</strong></li>
<li>Порт 993, шифрування SSL/TLS</li>
<li>Ім’я користувача: повна адреса</li>
</ul>
<h2>Вихідна пошта</h2>
<ul>
<li>Сервер: <strong>smtp.desk.example</strong></li>
<li>Порт 465, шифрування SSL/TLS</li>
<li>Автентифікація: ті самі ім’я та пароль</li>
</ul>
<p>Якщо програма каже «пароль неправильний», спробуйте увійти з ним у вебпошту: так видно, чи
справа в паролі, чи в налаштуваннях.</p>
""",
    ),
    "ru": (
        "Как настроить ящик в почтовой программе",
        """
<p>Вам нужны адрес ящика и его пароль. Пароль можно сменить в панели управления, раздел
«Почта».</p>
<h2>Входящая почта</h2>
<ul>
<li>Сервер: <strong>imap.desk.example</strong></li>
<li>Порт 993, шифрование SSL/TLS</li>
<li>Имя пользователя: полный адрес</li>
</ul>
<h2>Исходящая почта</h2>
<ul>
<li>Сервер: <strong>smtp.desk.example</strong></li>
<li>Порт 465, шифрование SSL/TLS</li>
<li>Аутентификация: те же имя и пароль</li>
</ul>
""",
    ),
    "en": (
        "How do I set up my mailbox in a mail program?",
        """
<p>You need the address of the mailbox and its password. You can change the password in the
control panel, under “Mail”.</p>
<h2>Incoming mail</h2>
<ul>
<li>Server: <strong>imap.desk.example</strong></li>
<li>Port 993, encryption SSL/TLS</li>
<li>User name: the whole address</li>
</ul>
<h2>Outgoing mail</h2>
<ul>
<li>Server: <strong>smtp.desk.example</strong></li>
<li>Port 465, encryption SSL/TLS</li>
<li>Authentication: the same name and password</li>
</ul>
<p>If the program says that the password is wrong, try it in the web mail: then you know whether
it is the password or the settings.</p>
""",
    ),
    "de": (
        "Wie richte ich mein Postfach in einem Mailprogramm ein?",
        """
<p>Sie brauchen die Adresse des Postfachs und das Passwort. Das Passwort ändern Sie im Kundenpanel
unter „E-Mail“.</p>
<h2>Posteingang</h2>
<ul>
<li>Server: <strong>imap.desk.example</strong></li>
<li>Port 993, Verschlüsselung SSL/TLS</li>
<li>Benutzername: die vollständige Adresse</li>
</ul>
<h2>Postausgang</h2>
<ul>
<li>Server: <strong>smtp.desk.example</strong></li>
<li>Port 465, Verschlüsselung SSL/TLS</li>
<li>Anmeldung: derselbe Name, dasselbe Passwort</li>
</ul>
""",
    ),
}
SPAM: Final = {
    "uk": (
        "Мої листи потрапляють у спам: що таке SPF і DKIM",
        """
<p>Сервери отримувачів перевіряють, чи має ваш сервер право надсилати пошту від імені домену. Для
цього потрібні два записи DNS.</p>
<ol>
<li>Відкрийте в панелі керування розділ «Домени», потім «Записи».</li>
<li>Додайте запис TXT: <code>v=spf1 include:_spf.desk.example -all</code></li>
<li>У розділі «Пошта» увімкніть DKIM: запис з’явиться сам.</li>
</ol>
<p>Зміни стають видимими за кілька годин. Потім надішліть листа на скриньку в іншого
провайдера.</p>
""",
    ),
    "en": (
        "My letters are taken for spam: what are SPF and DKIM?",
        """
<p>Receiving servers check whether your server may send mail for your domain. Two DNS records say
so.</p>
<ol>
<li>In the control panel open “Domains”, then “Records”.</li>
<li>Add a TXT record: <code>v=spf1 include:_spf.desk.example -all</code></li>
<li>Under “Mail” switch DKIM on: its record is made for you.</li>
</ol>
<p>It takes some hours until everybody sees them.</p>
""",
    ),
}
PING: Final = {
    "uk": (
        "Як виміряти з’єднання: ping і traceroute",
        """
<p>Обидві програми показують, де губляться пакети. У Linux програму traceroute іноді треба спершу
встановити.</p>
<h2>Windows</h2>
<pre>ping -n 50 desk.example
tracert desk.example</pre>
<h2>Linux і macOS</h2>
<pre>ping -c 50 desk.example
traceroute desk.example</pre>
<p>Надішліть нам обидва результати текстом, разом із вашою зовнішньою IP-адресою та часом
вимірювання.</p>
""",
    ),
    "ru": (
        "Как измерить соединение: ping и traceroute",
        """
<p>Обе программы показывают, где теряются пакеты. В Linux программу traceroute иногда нужно сначала
установить.</p>
<h2>Windows</h2>
<pre>ping -n 50 desk.example
tracert desk.example</pre>
<h2>Linux и macOS</h2>
<pre>ping -c 50 desk.example
traceroute desk.example</pre>
<p>Пришлите нам оба результата текстом, вместе с вашим внешним IP-адресом и временем
измерения.</p>
""",
    ),
    "en": (
        "How do I measure the connection with ping and traceroute?",
        """
<p>Both programs show where packets get lost. On Linux, traceroute sometimes has to be installed
first.</p>
<h2>Windows</h2>
<pre>ping -n 50 desk.example
tracert desk.example</pre>
<h2>Linux and macOS</h2>
<pre>ping -c 50 desk.example
traceroute desk.example</pre>
<p>Send us both as text, with your public IP address and the time.</p>
""",
    ),
    "de": (
        "Wie messe ich die Verbindung mit ping und traceroute?",
        """
<p>Beide Programme zeigen, wo Pakete verloren gehen. Unter Linux muss traceroute manchmal erst
installiert werden.</p>
<h2>Windows</h2>
<pre>ping -n 50 desk.example
tracert desk.example</pre>
<h2>Linux und macOS</h2>
<pre>ping -c 50 desk.example
traceroute desk.example</pre>
<p>Schicken Sie uns beides als Text, mit Ihrer öffentlichen IP-Adresse und der Uhrzeit.</p>
""",
    ),
}
ERRORS: Final = {
    "uk": (
        "Сайт показує помилку 500 або 502: що перевірити спершу",
        """
<ol>
<li>Подивіться останні рядки журналу помилок: панель керування, «Сайти», «Журнали».</li>
<li>Якщо там «Allowed memory size», збільште <code>memory_limit</code> у налаштуваннях PHP.</li>
<li>Вимкніть плагін, який оновлювали останнім.</li>
<li>Якщо помилка зникла й повернулася, напишіть нам час і адресу сторінки.</li>
</ol>
""",
    ),
    "ru": (
        "Сайт показывает ошибку 500 или 502: что проверить сначала",
        """
<ol>
<li>Посмотрите последние строки журнала ошибок: панель управления, «Сайты», «Журналы».</li>
<li>Если там «Allowed memory size», увеличьте <code>memory_limit</code> в настройках PHP.</li>
<li>Отключите плагин, который обновляли последним.</li>
</ol>
""",
    ),
}
INVOICES: Final = {
    "uk": (
        "Коли приходять рахунки і як їх оплатити",
        """
<p>Рахунок приходить першого робочого дня місяця на адресу для документів. Його копія завжди є в
панелі керування, розділ «Рахунки».</p>
<ul>
<li>Картка: кнопка «Оплатити» біля рахунка.</li>
<li>Переказ: вкажіть номер рахунка в призначенні платежу.</li>
</ul>
<p>Гроші, переказані з банку, видно наступного робочого дня.</p>
""",
    ),
    "ru": (
        "Когда приходят счета и как их оплатить",
        """
<p>Счёт приходит в первый рабочий день месяца на адрес для документов. Его копия всегда есть в
панели управления, раздел «Счета».</p>
<ul>
<li>Карта: кнопка «Оплатить» у счёта.</li>
<li>Перевод: укажите номер счёта в назначении платежа.</li>
</ul>
""",
    ),
    "en": (
        "When do invoices come, and how can I pay them?",
        """
<p>An invoice comes on the first working day of the month, to your address for documents. Its copy
is always in the control panel, under “Invoices”.</p>
<ul>
<li>By card: the button “Pay” beside the invoice.</li>
<li>By transfer: please give the number of the invoice.</li>
</ul>
<p>We see a transfer on the next working day.</p>
""",
    ),
    "de": (
        "Wann kommen Rechnungen und wie kann ich sie bezahlen?",
        """
<p>Eine Rechnung kommt am ersten Werktag des Monats an Ihre Adresse für Belege. Eine Kopie finden
Sie jederzeit im Kundenpanel unter „Rechnungen“.</p>
<ul>
<li>Mit Karte: „Bezahlen“ neben der Rechnung.</li>
<li>Per Überweisung: bitte die Rechnungsnummer angeben.</li>
</ul>
""",
    ),
}
DISKS: Final = {
    "en": (
        "Before a disk is exchanged",
        """
<ol>
<li>Ask for the SMART table and keep it on the ticket.</li>
<li>Agree on a time in writing.</li>
<li>Have the customer confirm that a backup exists.</li>
</ol>
""",
    ),
    "de": (
        "Bevor eine Festplatte getauscht wird",
        """
<ol>
<li>SMART-Tabelle erbitten und am Ticket ablegen.</li>
<li>Einen Zeitpunkt schriftlich vereinbaren.</li>
<li>Bestätigen lassen, dass es eine Sicherung gibt.</li>
</ol>
""",
    ),
}
PHP: Final = {
    "uk": (
        "Як змінити версію PHP",
        """
<p>Панель керування, «Сайти», «PHP». Після зміни перевірте сайт і журнал помилок.</p>
""",
    ),
}
ARTICLES: Final[tuple[tuple[str, str, Mapping[str, tuple[str, str]]], ...]] = (
    ("mail", Article.Audience.EVERYBODY, MAILBOX),
    ("mail", Article.Audience.EVERYBODY, SPAM),
    ("sites", Article.Audience.EVERYBODY, PING),
    ("sites", Article.Audience.EVERYBODY, ERRORS),
    ("payment", Article.Audience.EVERYBODY, INVOICES),
    ("sites", Article.Audience.AGENTS, DISKS),
)


def write_articles(people: dict[str, User]) -> None:
    """Sections with what is published on them, and a draft."""
    writer, lead = people["linus"], people["grace"]
    for order, (slug, (names, sentences, category)) in enumerate(SECTIONS.items(), start=1):
        Section.objects.create(
            slug=slug,
            name=names,
            about=sentences,
            category=Category.objects.get(slug=category),
            order=order * 10,
        )
    for slug, audience, texts in ARTICLES:
        _write(slug, audience, texts, by=writer, published_by=lead)
    _write("sites", Article.Audience.EVERYBODY, PHP, by=writer, published_by=None)


def _write(
    slug: str,
    audience: str,
    texts: Mapping[str, tuple[str, str]],
    *,
    by: User,
    published_by: User | None,
) -> None:
    article = None
    # English gives the address, where there is English.
    for language in sorted(texts, key=lambda code: code != "en"):
        title, html = texts[language]
        if article is None:
            section = Section.objects.get(slug=slug)
            text = actions.start_article(
                section, language=language, title=title, html=html.strip(), audience=audience, by=by
            )
            article = text.article
        else:
            text = actions.save_text(
                article, language=language, title=title, html=html.strip(), seen=0, by=by
            )
        if published_by is not None:
            actions.publish_text(text, seen=text.version, by=published_by)
