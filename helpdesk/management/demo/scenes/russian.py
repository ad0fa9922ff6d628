"""What customers write in Russian."""

from helpdesk.management.demo.script import (
    Scene,
    answers,
    assigns,
    calls_lead,
    closes,
    follows,
    holds,
    likes,
    links,
    notes,
    rates,
    says,
    solves,
    tags,
)

SCENES = (
    Scene(
        "ru-disk",
        "2 09:30",
        "printer",
        "Сервер S-214: ошибки диска в журнале",
        "Здравствуйте!\n\nНа сервере S-214 со вчерашнего дня ошибки чтения, таблица SMART во "
        "вложении. Диск надо менять? Данные есть в резервной копии от понедельника.\n\nАнна",
        category="server",
        service="dedicated",
        priority=3,
        files=("smartctl.txt",),
        steps=(
            tags("2 09:40", "linus", "disk"),
            answers(
                "2 09:55",
                "linus",
                "Здравствуйте, Анна!\n\nДа, 48 секторов ждут переназначения, диск лучше заменить "
                "сегодня. Нам нужен простой около 30 минут. Какое время вам подходит?",
                minutes=10,
            ),
            says("2 10:20", "Лучше всего завтра в 7 утра."),
            notes("2 10:25", "linus", "Диск заказан на склад, стойка 7, место 14."),
            follows("2 10:26", "linus", "olena"),
            holds("2 10:30", "linus", 2),
        ),
    ),
    Scene(
        "ru-database",
        "-130",
        "developer",
        "Error establishing a database connection",
        "Добрый день. После переезда на новый тариф сайт не видит базу. Скриншот приложил. "
        "Пароль в настройках тот же.",
        category="site-down",
        service="shared",
        priority=3,
        files=("скриншот.png", "ошибка.log"),
        steps=(
            answers(
                "-118",
                "jonas",
                "Здравствуйте!\n\nНа новом тарифе у базы другой адрес: db7.desk.example вместо "
                "localhost. Поменяйте, пожалуйста, DB_HOST в wp-config.php.",
                minutes=5,
            ),
            says("-64", "Поменял, теперь «Access denied for user». Что ещё проверить?"),
        ),
    ),
    Scene(
        "ru-act",
        "10 15:00",
        "printer",
        "Акт сверки за квартал",
        "Пришлите, пожалуйста, акт сверки за прошлый квартал с печатью.",
        category="invoice",
        steps=(
            answers(
                "9 09:30",
                "ada",
                "Здравствуйте, Анна! Акт во вложении, оригинал отправили почтой.",
                "акт сверки.pdf",
                then="solved",
            ),
            likes("9 10:00"),
            rates("9 10:01", 5),
            closes("2 10:30"),
        ),
    ),
    Scene(
        "ru-trace",
        "5 16:10",
        "developer",
        "Потери пакетов до сервера по вечерам",
        "С 19 до 22 часов потери до 20 %. Traceroute приложил, обратный снять не могу.",
        category="network",
        service="dedicated",
        files=("traceroute.txt",),
        steps=(
            tags("5 16:30", "jonas", "slow"),
            notes("5 16:40", "jonas", "Похоже на шестой узел, это магистраль соседа."),
            calls_lead("5 16:45", "jonas", "Нужен звонок магистральному оператору."),
            answers(
                "4 10:00",
                "olena",
                "Здравствуйте!\n\nПерегружен стык нашего оператора. Сегодня ночью трафик перевели "
                "на другой канал. Посмотрите, пожалуйста, вечером и напишите.",
                minutes=40,
            ),
        ),
    ),
    Scene(
        "ru-tariff",
        "-310",
        "printer",
        "Скидка при оплате за год",
        "Есть ли скидка, если оплатить выделенный сервер сразу за год?",
        category="order",
        service="dedicated",
        steps=(assigns("-300", "marta", "jonas"),),
    ),
    Scene(
        "ru-ftp",
        "7 11:20",
        "developer",
        "FTP обрывается на больших файлах",
        "Файлы больше 2 ГБ обрываются на 98 %. SFTP работает.",
        service="shared",
        channel="web",
        steps=(
            answers(
                "7 12:40",
                "jonas",
                "Обрыв давал межсетевой экран: контрольное соединение молчит дольше пяти минут. "
                "Увеличили до получаса. Но SFTP всё равно надёжнее.",
                then="solved",
            ),
            rates("6 09:00", 4),
        ),
    ),
    Scene(
        "ru-follow-up",
        "28 10:00",
        "printer",
        "Сервер S-214 недоступен",
        "Сервер не отвечает с 9:50, сайт и почта не работают.",
        category="server",
        service="dedicated",
        priority=4,
        steps=(
            answers(
                "28 10:12",
                "olena",
                "Сгорел блок питания, заменили. Сервер загружается, проверьте через пять минут.",
                minutes=20,
            ),
            says("28 10:30", "Всё работает, спасибо!"),
            solves("28 10:31"),
            closes("23 10:40"),
            says("-75", "Добрый день. Сервер опять перезагрузился сам, сегодня в 6:12."),
        ),
    ),
    Scene(
        "ru-php",
        "4 13:10",
        "developer",
        "Когда будет PHP 8.4?",
        "Планируете ли вы PHP 8.4 на виртуальном хостинге?",
        service="shared",
        channel="web",
        steps=(
            answers(
                "4 14:00", "linus", "Да, до конца месяца: в панели появится сам.", then="solved"
            ),
            likes("4 15:00", "Хотелось бы точную дату.", good=False),
            rates("4 15:01", 3, "Ответ есть, даты нет."),
        ),
    ),
    Scene(
        "ru-link",
        "3 12:00",
        "printer",
        "Письма с сервера попадают в спам",
        "Уведомления с S-214 у многих в спаме. Обратная запись DNS, кажется, старая.",
        category="mail",
        service="dedicated",
        steps=(
            tags("3 12:20", "linus", "dns", "spf"),
            answers(
                "3 12:40",
                "linus",
                "Здравствуйте, Анна!\n\nОбратную запись исправили. Добавьте ещё DKIM: ключ в "
                "панели, "
                "раздел «Почта».",
            ),
            links("2 10:28", "linus", "ru-disk"),
        ),
    ),
)
