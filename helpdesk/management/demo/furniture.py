"""Departments and everything an administrator would set up for them."""

import os
from datetime import date, time

from django.conf import settings
from django.utils import timezone

from departments.models import (
    Brand,
    Category,
    Department,
    Holiday,
    OpeningHours,
    OpeningSlot,
    Service,
    User,
)
from mailgateway.models import Mailbox, Security
from tickets.coach import Topic
from tickets.lifecycle import Priority, Status
from tickets.models import (
    CannedReply,
    CoachRule,
    EscalationRule,
    EscalationStep,
    Tag,
    Target,
    Workspace,
)

Texts = dict[str, str]

HOLIDAYS = ((1, 1, "Новий рік"), (8, 24, "День Незалежності"), (12, 25, "Різдво"))
PLACES: dict[str, tuple[str, Texts]] = {
    "hosting": (
        "Hosting",
        {
            "uk": "Технічна підтримка",
            "ru": "Техническая поддержка",
            "en": "Technical support",
            "de": "Technischer Support",
        },
    ),
    "billing": (
        "Billing",
        {"uk": "Бухгалтерія", "ru": "Бухгалтерия", "en": "Billing", "de": "Buchhaltung"},
    ),
    "sales": (
        "Sales",
        {"uk": "Відділ продажу", "ru": "Отдел продаж", "en": "Sales", "de": "Vertrieb"},
    ),
}
SIGNATURE = "{agent}\n{department}, desk.example"

# department: {priority: (first answer, next answers, solution) in working minutes}
TARGETS: dict[str, dict[int | None, tuple[int, int, int | None]]] = {
    "hosting": {None: (480, 600, None), Priority.URGENT: (60, 60, 480)},
    "billing": {None: (540, 540, None)},
    "sales": {None: (540, 600, None)},
}

# slug: (department, names, wanted evidence)
TOPICS = {
    "site-down": Topic.SITE,
    "server": Topic.HARDWARE,
    "network": Topic.NETWORK,
    "mail": Topic.MAIL,
    "invoice": Topic.BILLING,
}
CATEGORIES: dict[str, tuple[str, Texts, Texts]] = {
    "site-down": (
        "hosting",
        {
            "uk": "Сайт не працює",
            "ru": "Сайт не работает",
            "en": "Website is down",
            "de": "Website nicht erreichbar",
        },
        {
            "uk": "Адреса сторінки, час, знімок екрана, рядки з журналу помилок.",
            "ru": "Адрес страницы, время, снимок экрана, строки из журнала ошибок.",
            "en": "Address of the page, the time, a screenshot, lines of the error log.",
            "de": "Adresse der Seite, Uhrzeit, Bildschirmfoto, Zeilen aus dem Fehlerprotokoll.",
        },
    ),
    "server": (
        "hosting",
        {
            "uk": "Сервер або диск",
            "ru": "Сервер или диск",
            "en": "Server or disk",
            "de": "Server oder Festplatte",
        },
        {
            "uk": "Номер сервера, таблиця SMART, останні рядки dmesg.",
            "ru": "Номер сервера, таблица SMART, последние строки dmesg.",
            "en": "Number of the server, SMART table, last lines of dmesg.",
            "de": "Nummer des Servers, SMART-Tabelle, letzte Zeilen von dmesg.",
        },
    ),
    "network": (
        "hosting",
        {
            "uk": "Мережа та швидкість",
            "ru": "Сеть и скорость",
            "en": "Network and speed",
            "de": "Netz und Geschwindigkeit",
        },
        {
            "uk": "Ваша IP-адреса, ping і traceroute в обидва боки.",
            "ru": "Ваш IP-адрес, ping и traceroute в обе стороны.",
            "en": "Your IP address, ping and traceroute in both directions.",
            "de": "Ihre IP-Adresse, ping und traceroute in beide Richtungen.",
        },
    ),
    "mail": (
        "hosting",
        {
            "uk": "Пошта та домени",
            "ru": "Почта и домены",
            "en": "Mail and domains",
            "de": "E-Mail und Domains",
        },
        {
            "uk": "Адреса, поштова програма, повний текст повернутого листа.",
            "ru": "Адрес, почтовая программа, полный текст вернувшегося письма.",
            "en": "Address, mail program, the whole text of the returned letter.",
            "de": "Adresse, Mailprogramm, der ganze Text der zurückgekommenen E-Mail.",
        },
    ),
    "invoice": (
        "billing",
        {
            "uk": "Рахунки та оплата",
            "ru": "Счета и оплата",
            "en": "Invoices and payment",
            "de": "Rechnungen und Zahlung",
        },
        {
            "uk": "Номер рахунка або договору.",
            "ru": "Номер счёта или договора.",
            "en": "Number of the invoice or contract.",
            "de": "Nummer der Rechnung oder des Vertrags.",
        },
    ),
    "order": (
        "sales",
        {
            "uk": "Замовлення та тарифи",
            "ru": "Заказы и тарифы",
            "en": "Orders and plans",
            "de": "Bestellungen und Tarife",
        },
        {},
    ),
}
SERVICES: dict[str, Texts] = {
    "shared": {
        "uk": "Віртуальний хостинг",
        "ru": "Виртуальный хостинг",
        "en": "Shared hosting",
        "de": "Webhosting",
    },
    "dedicated": {
        "uk": "Виділений сервер",
        "ru": "Выделенный сервер",
        "en": "Dedicated server",
        "de": "Dedizierter Server",
    },
    "mail": {"uk": "Пошта", "ru": "Почта", "en": "Mail", "de": "E-Mail"},
    "domain": {"uk": "Домен", "ru": "Домен", "en": "Domain", "de": "Domain"},
    "panel": {
        "uk": "Панель керування",
        "ru": "Панель управления",
        "en": "Control panel",
        "de": "Kundenpanel",
    },
}
TAGS = ("dns", "ssl", "disk", "panel", "spf", "refund", "slow", "migration")


WELCOME: Texts = {
    "uk": "Відповідаємо з понеділка до п’ятниці з 9 до 18, щодо серверів — із понеділка до суботи "
    "з 8 до 20.",
    "ru": "Отвечаем с понедельника по пятницу с 9 до 18, по серверам — с понедельника по субботу "
    "с 8 до 20.",
    "en": "We answer Monday to Friday from 9 to 18, about servers Monday to Saturday from 8 to 20.",
    "de": "Wir antworten montags bis freitags von 9 bis 18 Uhr, zu Servern montags bis samstags "
    "von 8 bis 20 Uhr.",
}
BEFORE_WRITING: Texts = {
    "uk": "Якщо сервер не відповідає, назвіть його, будь ласка: тоді ми одразу перевіримо.",
    "ru": "Если сервер не отвечает, назовите его, пожалуйста: тогда мы сразу проверим.",
    "en": "If a server does not answer, please name it: then we look at it at once.",
    "de": "Wenn ein Server nicht antwortet, nennen Sie ihn bitte: Dann sehen wir sofort nach.",
}


def dress() -> None:
    """How the company looks to its customers."""
    Brand.objects.create(
        name="desk.example",
        accent="#1f5c46",
        welcome=WELCOME,
        before_writing=BEFORE_WRITING,
        imprint_url="https://desk.example/imprint",
        privacy_url="https://desk.example/privacy",
    )


def furnish() -> dict[str, Department]:
    """Departments with hours, targets, categories, services and tags; {short name: department}."""
    office = _hours("Office", time(9), time(18), days=range(5))
    watch = _hours("Technical support", time(8), time(20), days=range(6))
    places = {}
    for order, (slug, (name, public)) in enumerate(PLACES.items(), start=1):
        places[slug] = Department.objects.create(
            name=name,
            slug=slug,
            public_name=public,
            opening_hours=watch if slug == "hosting" else office,
            signature=SIGNATURE,
            is_triage=slug == "hosting",
            order=order * 10,
        )
        for priority, (first, following, solution) in TARGETS[slug].items():
            Target.objects.create(
                department=places[slug],
                priority=priority,
                first_answer=first,
                next_answer=following,
                solution=solution,
            )
    for order, (slug, (place, names, evidence)) in enumerate(CATEGORIES.items(), start=1):
        category = Category.objects.create(
            slug=slug,
            name=names,
            department=places[place],
            wanted_evidence=evidence,
            order=order * 10,
        )
        if topic := TOPICS.get(slug):
            CoachRule.objects.create(category=category, topic=topic)
    for order, (slug, names) in enumerate(SERVICES.items(), start=1):
        Service.objects.create(slug=slug, name=names, order=order * 10)
    Tag.objects.bulk_create(Tag(name=name) for name in TAGS)
    rule = EscalationRule.objects.create(name="Answer is due")
    EscalationStep.objects.create(
        rule=rule, offset_minutes=-30, tells_lead=False, tells_assignee=True
    )
    EscalationStep.objects.create(rule=rule, offset_minutes=0, tells_lead=True)
    return places


def _hours(name: str, opens: time, closes: time, *, days: range) -> OpeningHours:
    hours = OpeningHours.objects.create(name=name, time_zone=settings.TIME_ZONE)
    OpeningSlot.objects.bulk_create(
        OpeningSlot(hours=hours, weekday=day, opens=opens, closes=closes) for day in days
    )
    year = timezone.localdate().year
    Holiday.objects.bulk_create(
        Holiday(hours=hours, date=date(each, month, day), name=title)
        for each in (year, year + 1)
        for month, day, title in HOLIDAYS
    )
    return hours


def open_mailboxes(places: dict[str, Department]) -> None:
    """An address for each department at the trial mail server; switched off where there is none."""
    imap, smtp = os.environ.get("DESK_TRIAL_IMAP_PORT"), os.environ.get("DESK_TRIAL_SMTP_PORT")
    password = os.environ.get("DESK_TRIAL_PASSWORD", "")
    for name, place in (("support", "hosting"), ("billing", "billing"), ("sales", "sales")):
        address = f"{name}@desk.example"
        Mailbox.objects.create(
            name=name.capitalize(),
            address=address,
            department=places[place],
            is_active=bool(imap and smtp and password),
            imap_host="127.0.0.1",
            imap_port=int(imap or 143),
            imap_security=Security.NONE,
            imap_user=address,
            imap_password=password,
            smtp_host="127.0.0.1",
            smtp_port=int(smtp or 25),
            smtp_security=Security.NONE,
            smtp_user=address,
            smtp_password=password,
        )


def write_canned_replies(places: dict[str, Department], people: dict[str, User]) -> None:
    """A shared one, one of a department that also changes the ticket, and a personal one."""
    CannedReply.objects.create(
        title="Thanks, we look into it",
        body={
            "uk": "Добрий день, {customer.name}!\n\nДякуємо за звернення {ticket.number}. Ми вже "
            "перевіряємо й напишемо, щойно матимемо відповідь.",
            "ru": "Здравствуйте, {customer.name}!\n\nСпасибо за обращение {ticket.number}. Мы уже "
            "проверяем и напишем, как только будет ответ.",
            "en": "Hello {customer.name},\n\nthank you for writing ({ticket.number}). We are "
            "looking into it and will write as soon as we know more.",
            "de": "Guten Tag {customer.name},\n\nvielen Dank für Ihre Nachricht {ticket.number}. "
            "Wir prüfen das und melden uns, sobald wir mehr wissen.",
        },
    )
    evidence = CannedReply.objects.create(
        title="Please send ping and traceroute",
        department=places["hosting"],
        body={
            "uk": "Добрий день!\n\nНадішліть, будь ласка, результати ping і traceroute до сервера "
            "та вашу зовнішню IP-адресу.",
            "ru": "Здравствуйте!\n\nПришлите, пожалуйста, результаты ping и traceroute до сервера "
            "и ваш внешний IP-адрес.",
            "en": "Hello,\n\nplease send us ping and traceroute to the server and your public IP "
            "address.",
            "de": "Guten Tag,\n\nbitte schicken Sie uns ping und traceroute zum Server und Ihre "
            "öffentliche IP-Adresse.",
        },
        sets_status=Status.PENDING,
    )
    evidence.adds_tags.set(Tag.objects.filter(name="slow"))
    CannedReply.objects.create(
        title="Invoice attached",
        department=places["billing"],
        body={
            "uk": "Добрий день!\n\nРахунок у вкладенні. Гарного дня!\n{agent.name}",
            "ru": "Здравствуйте!\n\nСчёт во вложении. Хорошего дня!\n{agent.name}",
            "en": "Hello,\n\nthe invoice is attached. Have a good day!\n{agent.name}",
            "de": "Guten Tag,\n\ndie Rechnung finden Sie im Anhang.\n{agent.name}",
        },
        sets_status=Status.SOLVED,
    )
    CannedReply.objects.create(
        title="My goodbye",
        owner=people["linus"],
        body={
            "uk": "Радий, що все працює. Якщо щось знадобиться, просто напишіть.",
            "ru": "Рад, что всё работает. Если что-то понадобится, просто напишите.",
            "en": "Glad that it works again. If anything comes up, just write.",
            "de": "Schön, dass alles wieder läuft. Schreiben Sie einfach, wenn etwas ist.",
        },
    )


def save_workspaces(places: dict[str, Department], people: dict[str, User]) -> None:
    """A personal view and a shared one."""
    Workspace.objects.create(
        name="Urgent", owner=people["linus"], query=f"priority={Priority.URGENT}"
    )
    Workspace.objects.create(
        name="Waiting for us",
        owner=people["grace"],
        shared_with=places["billing"],
        query="status=ours",
    )
