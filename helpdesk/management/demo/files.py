"""Files for the demo: drawn or written here, so that the repository carries none."""

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw  # noqa: TID251 (draws; what comes from outside is opened elsewhere)

from tickets.attachments import IncomingFile

TRACE = """traceroute to shop.customer.example (192.0.2.44), 30 hops max, 60 byte packets
 1  192.168.1.1  1.204 ms  1.180 ms  1.166 ms
 2  10.20.0.1  8.914 ms  8.902 ms  9.377 ms
 3  198.51.100.17  11.530 ms  11.702 ms  11.648 ms
 4  198.51.100.90  24.117 ms  24.090 ms *
 5  * * *
 6  203.0.113.8  187.402 ms  190.066 ms *
 7  192.0.2.44  191.338 ms *  188.971 ms
"""
SMART = """ID# ATTRIBUTE_NAME          VALUE WORST THRESH RAW_VALUE
  5 Reallocated_Sector_Ct   098   098   036    1288
  9 Power_On_Hours          061   061   000    34417
187 Reported_Uncorrect      083   083   000    17
197 Current_Pending_Sector  100   100   000    48
198 Offline_Uncorrectable   100   100   000    48
199 UDMA_CRC_Error_Count    200   200   000    0
"""
LOG = """[error] [client 192.0.2.7] PHP Fatal error: Allowed memory size of 128 MB exhausted
        (tried to allocate 20480 bytes) in /var/www/shop/vendor/catalogue/Importer.php on line 212
[error] [client 192.0.2.7] End of script output before headers: index.php
"""
BOUNCE = """The following address failed:
  office@partner.example
    SMTP error from remote server after MAIL FROM: 550 5.7.1 SPF check failed, see policy
"""
TEXTS = {
    "traceroute.txt": TRACE,
    "smartctl.txt": SMART,
    "журнал помилок.log": LOG,
    "ошибка.log": LOG,
    "error.log": LOG,
    "Unzustellbar.txt": BOUNCE,
    "не доставлено.txt": BOUNCE,
}
DOCUMENTS = {
    "рахунок-2041.pdf": ("INVOICE 2041", "Hosting, 3 months", "Total: 1 740.00 UAH"),
    "акт сверки.pdf": ("STATEMENT OF ACCOUNT", "Balance carried forward", "Total: 0.00"),
    "Rechnung 1187.pdf": ("RECHNUNG 1187", "Server, 1 Monat", "Summe: 89,00 EUR"),
    "offer.pdf": ("OFFER", "Dedicated server, 12 months", "Total: 1 068.00 EUR"),
}
PICTURES = {
    "знімок екрана.png": ("502 Bad Gateway", "nginx"),
    "скриншот.png": ("Error establishing a database connection", "panel.desk.example"),
    "screenshot.png": ("Your connection is not private", "ERR_CERT_DATE_INVALID"),
    "Bildschirmfoto.png": ("Anmeldung fehlgeschlagen", "Server: imap.desk.example:993"),
}


def make(names: Iterable[str]) -> list[IncomingFile]:
    """The files of these names. Raises KeyError for one that is not written above."""
    return [_make(name) for name in names]


def _make(name: str) -> IncomingFile:
    if name in PICTURES:
        return IncomingFile(name, picture(*PICTURES[name]), "image/png")
    if name in DOCUMENTS:
        return IncomingFile(name, document(*DOCUMENTS[name]), "application/pdf")
    return IncomingFile(name, TEXTS[name].encode(), "text/plain")


def picture(title: str, line: str) -> bytes:
    """A browser window that shows an error, as PNG."""
    image = Image.new("RGB", (960, 540), "#f4f5f7")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 960, 44), fill="#dfe3e8")
    for number, colour in enumerate(("#e5695f", "#e9b949", "#6cbf6b")):
        pen.ellipse((18 + number * 26, 15, 32 + number * 26, 29), fill=colour)
    pen.rounded_rectangle((110, 9, 930, 35), radius=12, fill="#ffffff")
    pen.rounded_rectangle((130, 150, 830, 400), radius=10, fill="#ffffff", outline="#c9d0d8")
    pen.text((170, 210), title, fill="#26323f", font_size=30)
    pen.text((170, 270), line, fill="#6b7785", font_size=20)
    pen.rectangle((170, 330, 320, 366), fill="#3b6fb6")
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def document(title: str, *lines: str) -> bytes:
    """One A5 page as PDF 1.4, in Helvetica."""
    told = "".join(f"0 -28 Td ({line}) Tj " for line in lines)
    page = f"BT /F1 20 Tf 40 520 Td ({title}) Tj /F1 12 Tf {told}ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\n" % table
    return written + tail + b"startxref\n%d\n%%%%EOF\n" % len(written)
