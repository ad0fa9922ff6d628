"""What customers write in English."""

from helpdesk.management.demo.script import (
    Scene,
    answers,
    assigns,
    bounces,
    closes,
    is_spam,
    likes,
    moves,
    notes,
    rates,
    says,
    solves,
    splits,
    tags,
)

SCENES = (
    Scene(
        "en-certificate",
        "1 13:15",
        "designer",
        "“Your connection is not private” on studio.example",
        "Hello,\n\nsince this morning visitors see a certificate warning (screenshot attached). "
        "It also affects www. Can you renew it?\n\nSusan",
        category="site-down",
        service="shared",
        priority=3,
        files=("screenshot.png",),
        steps=(
            tags("1 13:20", "jonas", "ssl"),
            answers(
                "1 13:40",
                "jonas",
                "Hello Susan,\n\nthe renewal failed because the domain pointed elsewhere for a few "
                "hours. A new certificate is in place; please reload the page.",
                minutes=8,
            ),
            says("1 14:05", "Perfect, thank you!"),
            solves("1 14:06"),
            likes("1 14:07", "Twenty minutes. Wow."),
            rates("1 14:08", 5),
        ),
    ),
    Scene(
        "en-two-things",
        "1 15:10",
        "shopkeeper",
        "Mailbox full",
        "Hi, my mailbox tom@corner-shop.example is full and I can't delete anything.",
        category="mail",
        service="mail",
        steps=(
            answers(
                "1 15:40",
                "linus",
                "Hi Tom,\n\nI have raised the limit by 1 GB for a week, so that deleting works "
                "again. The folder “Sent” alone holds 3.8 GB.",
                minutes=5,
            ),
            says(
                "-120",
                "Works, thanks! By the way: can I pay the next invoice by bank transfer instead of "
                "card?",
            ),
            splits("-105", "linus", "Paying by bank transfer"),
            answers("-102", "linus", "Good to hear. A colleague answers your other question."),
        ),
    ),
    Scene(
        "en-offer",
        "6 10:30",
        "designer",
        "Offer for a dedicated server",
        "We would like an offer: 8 cores, 64 GB, 2 × 1 TB NVMe, 12 months.",
        category="order",
        service="dedicated",
        channel="web",
        steps=(
            assigns("6 10:40", "marta", "ada"),
            answers("6 13:00", "ada", "Hello Susan,\n\nour offer is attached.", "offer.pdf"),
            says("5 09:20", "Thanks. Could you add daily backups?"),
            notes(
                "5 09:40", "ada", "Marta, may I give the backups for free for a year's contract?"
            ),
            notes("5 10:05", "marta", "Yes, up to 500 GB."),
            answers(
                "5 10:20",
                "ada",
                "Daily backups up to 500 GB are included for a contract of a year.",
            ),
        ),
    ),
    Scene(
        "en-login",
        "-33",
        "mallory",
        "Cannot sign in to the control panel",
        "The panel says that my account is locked. I did not do anything.",
        service="panel",
        channel="web",
    ),
    Scene(
        "en-migration",
        "9 14:00",
        "shopkeeper",
        "Moving our shop to you",
        "We want to move our shop (WooCommerce, 14 GB) from another provider. How long will it be "
        "offline?",
        category="order",
        service="shared",
        steps=(
            tags("9 14:20", "marta", "migration"),
            answers(
                "9 14:45",
                "marta",
                "Hello Tom,\n\nwe copy everything first and switch at night; the shop is read-only "
                "for about 20 minutes. Which night suits you?",
            ),
            says("8 10:00", "Next Tuesday, please."),
            moves("8 10:15", "ada", "hosting"),
            assigns("8 10:16", "olena", "jonas"),
            answers("8 10:40", "jonas", "Noted: Tuesday, 02:00. I will write when it is done."),
            answers("3 08:10", "jonas", "Done at 02:17, all orders are there.", then="solved"),
            rates("3 09:30", 5, "Smooth. My customers noticed nothing."),
        ),
    ),
    Scene(
        "en-vat",
        "13 12:00",
        "designer",
        "VAT number on invoices",
        "Please add our VAT number to future invoices.",
        category="invoice",
        steps=(
            answers("13 13:10", "ada", "Done, from the next invoice on.", then="solved"),
            closes("6 13:30"),
        ),
    ),
    Scene(
        "en-bounce",
        "4 11:00",
        "shopkeeper",
        "Opening hours on Saturday?",
        "Is somebody there on Saturdays?",
        steps=(
            answers("4 11:20", "linus", "Technical support is, from 8 to 20. Billing is not."),
            bounces("4 11:22", "552 5.2.2 Mailbox full"),
        ),
    ),
    Scene(
        "en-spam",
        "2 08:12",
        "stranger",
        "YOU HAVE WON",
        "Claim your prize now: http://prizes.example/claim",
        steps=(is_spam("2 08:30", "linus"),),
    ),
    Scene(
        "en-memory",
        "-260",
        "designer",
        "PHP memory exhausted during import",
        "Our nightly import dies since yesterday, see the log. Nothing changed on our side.",
        category="site-down",
        service="shared",
        files=("error.log",),
        steps=(assigns("-240", "olena", "jonas"),),
    ),
    Scene(
        "en-cancel",
        "18 10:00",
        "mallory",
        "Cancel the second domain",
        "Please cancel elsewhere-two.example at the end of its term.",
        category="order",
        service="domain",
        steps=(
            answers("18 11:30", "marta", "Cancelled; it ends with the year.", then="solved"),
            rates("18 12:00", 2, "I had to ask twice by phone before."),
            closes("11 12:00"),
        ),
    ),
)
