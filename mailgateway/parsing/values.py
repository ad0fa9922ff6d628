"""What a letter says, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Address:
    """A person in a header. `email` is lower case, its domain ASCII; `name` may be empty."""

    name: str
    email: str


@dataclass(frozen=True)
class ParsedFile:
    """A file in a letter: safe name, content type as claimed, bytes as sent.

    `content_id` has no angle brackets. `inline` means that the HTML shows this file by `cid:`.
    """

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class DeliveryReport:
    """What a mail server says became of a letter (RFC 3464, or Exim's own header).

    `action` is the gravest of failed, delayed, relayed, expanded, delivered; `failed` lists the
    addresses that will not be reached, so it is empty for a delay.
    """

    failed: list[str]
    action: str
    status: str
    diagnostic: str
    original_message_id: str


@dataclass(frozen=True)
class ParsedEmail:
    """One letter. `text` is always the whole body; `html` is raw, to be cleaned before it is shown.

    Message-ids stand without angle brackets, header names in lower case. `date` is what the letter
    claims if that can be true, else when a server took it; `claimed_date` is what it claims.
    `charset` was used for the text, `label` is what the letter named, `certain` whether the bytes
    say so. `protection` is "signed", "encrypted" or empty; nothing was verified. `method` is what
    an invitation asks for (RFC 5546).

    `problems` are codes for what was cut or guessed: `addresses-cut`, `charset-guessed`,
    `date-doubtful`, `depth-cut`, `headers-cut`, `junk-in-headers`, `letter-cut`, `no-blank-line`,
    `no-boundary`, `no-date`, `no-sender`, `parts-cut`, `text-cut`, `time-cut`,
    `transfer-encoding`.
    """

    message_id: str
    in_reply_to: list[str]
    references: list[str]
    subject: str
    sender: Address | None
    reply_to: list[Address]
    to: list[Address]
    cc: list[Address]
    date: datetime | None
    headers: dict[str, list[str]]
    text: str
    html: str
    files: list[ParsedFile]
    charset: str
    label: str = ""
    certain: bool = True
    claimed_date: datetime | None = None
    protection: str = ""
    method: str = ""
    problems: list[str] = field(default_factory=list)
    delivery_report: DeliveryReport | None = None

    @property
    def is_bounce_report(self) -> bool:
        """A mail server says that somebody will not be reached."""
        return self.delivery_report is not None and self.delivery_report.action == "failed"

    def header(self, name: str) -> str:
        """The first header of that name, decoded, or an empty string."""
        return self.headers_all(name)[0] if self.headers_all(name) else ""

    def headers_all(self, name: str) -> list[str]:
        """All headers of that name, decoded, in the order they stand."""
        return self.headers.get(name.lower(), [])
