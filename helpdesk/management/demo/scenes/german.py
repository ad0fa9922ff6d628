"""What customers write in German."""

from helpdesk.management.demo.script import (
    Scene,
    answers,
    assigns,
    closes,
    holds,
    likes,
    notes,
    raises,
    rates,
    says,
    solves,
    tags,
)

SCENES = (
    Scene(
        "de-imap",
        "1 14:50",
        "publisher",
        "Anmeldung am Posteingang fehlgeschlagen",
        "Guten Tag,\n\nseit heute meldet das Mailprogramm „Anmeldung fehlgeschlagen“, bei allen "
        "drei "
        "Kolleginnen. Im Browser geht es. Bildschirmfoto anbei.\n\nViele Grüße\nHeike",
        category="mail",
        service="mail",
        files=("Bildschirmfoto.png",),
        copies=("editor",),
        steps=(
            assigns("1 15:00", "olena", "linus"),
            answers(
                "1 15:15",
                "linus",
                "Guten Tag Heike,\n\nIhre Büroadresse war nach vielen falschen Passwörtern für "
                "eine "
                "Stunde gesperrt. Ich habe sie freigegeben. Vermutlich fragt ein altes Telefon "
                "noch "
                "mit dem alten Passwort.",
                minutes=10,
            ),
            says("1 15:40", "Das war es, ein Tablet in der Teeküche. Danke!"),
            solves("1 15:41"),
            likes("1 15:42"),
            rates("1 15:43", 5, "Sehr freundlich und schnell."),
        ),
    ),
    Scene(
        "de-invoice",
        "-175",
        "publisher",
        "Rechnung 1187 doppelt erhalten",
        "Guten Tag,\n\nRechnung 1187 kam heute zweimal, mit verschiedenem Datum. Welche gilt?",
        category="invoice",
        files=("Rechnung 1187.pdf",),
        steps=(
            assigns("-160", "grace", "ada"),
            notes("-150", "ada", "Die zweite ist ein Versehen des neuen Versands, Storno folgt."),
        ),
    ),
    Scene(
        "de-disk",
        "-52",
        "musician",
        "Server S-331 antwortet nicht",
        "Guten Tag, der Server antwortet seit zehn Minuten weder auf Ping noch auf SSH. Heute "
        "Abend "
        "ist eine Premiere, bitte dringend!",
        category="server",
        service="dedicated",
        priority=3,
        steps=(
            raises("-50", "olena", 4),
            assigns("-49", "olena", "linus"),
            answers(
                "-40",
                "linus",
                "Guten Tag Jule,\n\nder Server hing nach einem Kernelfehler und startet neu. Ich "
                "bleibe dran und melde mich, sobald die Dienste laufen.",
            ),
            says("-28", "Er antwortet wieder, aber der Stream ruckelt stark."),
        ),
    ),
    Scene(
        "de-dns",
        "7 10:10",
        "editor",
        "DNS-Eintrag für Newsletter",
        "Bitte tragen Sie für newsletter.nordwind.example einen CNAME auf mail.partner.example "
        "ein.",
        category="mail",
        service="domain",
        steps=(
            tags("7 10:20", "jonas", "dns"),
            answers("7 10:30", "jonas", "Ist eingetragen.", then="solved", minutes=3),
            rates("7 11:00", 5),
        ),
    ),
    Scene(
        "de-upgrade",
        "5 13:00",
        "musician",
        "Größerer Tarif ab nächstem Monat",
        "Wir möchten ab nächstem Monat in den größeren Tarif wechseln. Geht das ohne Ausfall?",
        category="order",
        service="dedicated",
        channel="web",
        steps=(
            answers(
                "5 14:10",
                "marta",
                "Guten Tag Jule,\n\nja, der Wechsel dauert wenige Minuten und geschieht nachts. "
                "Ich habe ihn für den Ersten vorgemerkt.",
            ),
            holds("5 14:15", "marta", 6),
        ),
    ),
    Scene(
        "de-backup",
        "15 09:00",
        "publisher",
        "Datei versehentlich gelöscht",
        "Können Sie /manuskripte/herbst.odt von gestern wiederherstellen?",
        service="shared",
        steps=(
            answers(
                "15 09:40",
                "jonas",
                "Liegt wieder am Platz, Stand gestern 23:00.",
                then="solved",
                minutes=12,
            ),
            likes("15 10:00", "Gerettet!"),
            rates("15 10:01", 5, "Gerettet!"),
            closes("8 10:10"),
        ),
    ),
    Scene(
        "de-spam",
        "3 15:00",
        "editor",
        "Viel mehr Spam seit Montag",
        "Seit Montag kommen täglich etwa 80 Spam-Mails durch. Kann man den Filter schärfer "
        "stellen?",
        category="mail",
        service="mail",
        steps=(
            answers(
                "3 15:30",
                "jonas",
                "Guten Tag,\n\nich habe den Filter auf „streng“ gestellt. Bitte sehen Sie die "
                "nächsten "
                "Tage in den Ordner „Verdacht“ und schreiben Sie, wie es aussieht.",
            ),
        ),
    ),
    Scene(
        "de-contract",
        "-380",
        "musician",
        "Vertragskopie",
        "Könnten Sie mir bitte eine Kopie unseres Vertrags schicken?",
        category="invoice",
        channel="web",
    ),
    Scene(
        "de-ipv6",
        "11 14:20",
        "musician",
        "IPv6 am Server",
        "Der Server hat keine IPv6-Adresse. Ist das Absicht?",
        category="network",
        service="dedicated",
        steps=(
            answers(
                "10 08:30",
                "linus",
                "Nein, das Netz war nach dem Umzug nicht zugeteilt: 2001:db8:331::/64 ist jetzt "
                "da.",
                then="solved",
            ),
            rates("10 09:00", 4, "Hätte mir ein kurzes Wort am selben Tag gewünscht."),
            closes("3 09:10"),
        ),
    ),
)
