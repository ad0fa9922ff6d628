"""The coach beside the form of the portal: its hints as sentences, and earlier tickets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from departments.models import Category, User
from helpdesk.lib import multilingual, words
from knowledge.models import ArticleText
from knowledge.search import suggest
from tickets.coach import Attempt, Evidence, Hint, Number, Wishes, advise
from tickets.coach.words import NOISE
from tickets.lifecycle import Status
from tickets.models import CoachRule, Ticket

Words = Promise | str

SENTENCES: Final[dict[str, Words]] = {
    "title_empty": _("The title does not say yet what it is about: what does not work, and where?"),
    "title_short": _("The title is very short. A word or two more, and we see what it is about."),
    "title_capitals": _("You need not write in capitals: small letters are easier to read."),
    "number": _("So that we need not ask: %(about)s."),
    "story_short": _(
        "Tell a little more: what did you do, what did you expect, what came instead?"
    ),
    "no_when": _("Since when has it been like this? A day helps, the hour even more."),
    "no_change": _("Did anything change before: an update, a new device, other settings?"),
    "no_tried": _("What have you tried already, and what came of it?"),
    "evidence": _("This helps us: %(about)s."),
    "several": _(
        "These look like several matters. Each is answered sooner in a request of its own."
    ),
}
ABOUT: Final = {one.value: one.label for one in (*Number, *Evidence)}

SOON: Final = _("in the terminal, with the name of your server")
PROMPT: Final = _("in the command prompt, with the name of your server")
# (where, what to do, what to type there) for each kind of evidence that one has to go and get.
HOW: Final[dict[str, tuple[tuple[str, Words, str], ...]]] = {
    Evidence.PING: (
        ("Windows", PROMPT, "ping -n 20 server.example"),
        ("Linux, macOS", SOON, "ping -c 20 server.example"),
    ),
    Evidence.ROUTE: (
        ("Windows", PROMPT, "tracert server.example"),
        ("Linux", SOON, "mtr -rwc 50 server.example"),
        ("macOS", SOON, "traceroute server.example"),
    ),
    Evidence.SMART: (
        ("Windows", _("the program CrystalDiskInfo: Edit, Copy"), ""),
        ("Linux", _("in the terminal, with the name of your disk"), "sudo smartctl -a /dev/sda"),
        ("macOS", _("in the terminal, with the name of your disk"), "sudo smartctl -a disk0"),
    ),
    Evidence.MEMORY: (
        ("Windows", _("press Windows+R and start"), "mdsched.exe"),
        ("Linux", _("in the terminal"), "sudo memtester 1G 3"),
        (
            "macOS",
            _(
                "keep the key D pressed while the computer starts; with an Apple chip, keep the "
                "power button pressed until options appear, then press Command+D"
            ),
            "",
        ),
    ),
    Evidence.LOG: (
        ("Windows", _("press Windows+R and start"), "eventvwr.msc"),
        ("Linux", _("in the terminal"), "journalctl -n 100 --no-pager"),
        ("macOS", _("the program Console"), ""),
    ),
    Evidence.SCREENSHOT: (
        ("Windows", _("the keys Windows+Shift+S, then Ctrl+V into this form"), ""),
        ("Linux", _("the key Print"), ""),
        ("macOS", _("the keys Shift+Command+5"), ""),
    ),
    Evidence.BROWSER: (
        ("Chrome, Edge, Firefox", _("the menu at the top right: Help, About"), ""),
        ("Safari", _("the menu Safari: About Safari"), ""),
    ),
    Evidence.HEADERS: (
        ("Gmail", _("the three dots beside the letter: Show original"), ""),
        ("Outlook", _("open the letter: File, Properties"), ""),
        ("Thunderbird", _("the keys Ctrl+U"), ""),
    ),
}
GOOD_TITLE: Final = _("Shop example.org shows error 502 since this morning")
BAD_TITLE: Final = _("Help!!! Nothing works!")

RECENT: Final = 50
MOST_EARLIER: Final = 3
MOST_WORDS: Final = 60


@dataclass(frozen=True)
class Piece:
    """One hint as the page says it. `how` are (where, what to do, what to type)."""

    code: str
    sentence: str
    how: tuple[tuple[str, Words, str], ...] = ()


@dataclass(frozen=True)
class Advice:
    """What would help, for one state of the form; earlier tickets that may be about it, and
    articles that may answer it."""

    hints: list[Hint] = field(default_factory=list)
    earlier: list[Ticket] = field(default_factory=list)
    articles: list[ArticleText] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.hints or self.earlier or self.articles)

    @property
    def stops(self) -> bool:
        """Is it worth a look before the form is sent? Not for articles alone: that they share words
        with a good text does not say that they answer it."""
        return bool(self.hints or self.earlier)

    @property
    def pieces(self) -> list[Piece]:
        """The hints in words."""
        return [
            Piece(
                hint.code,
                str(SENTENCES[hint.code]) % {"about": ABOUT.get(hint.about, "")},
                HOW.get(hint.about, ()),
            )
            for hint in self.hints
        ]

    @property
    def digest(self) -> str:
        """The same for the same hints, never empty: what the form says back of what it showed."""
        said = [f"{hint.code}:{hint.about}" for hint in self.hints]
        said += [f"earlier:{ticket.number}" for ticket in self.earlier]
        return " ".join([*said, *(f"article:{text.pk}" for text in self.articles)])


def wishes_of(category: int | None) -> Wishes:
    """What is wanted of tickets of the category with this key."""
    rule = CoachRule.objects.filter(category=category).first() if category else None
    return rule.wishes() if rule else Wishes()


def advice_on(
    said: Mapping[str, str],
    files: Iterable[str],
    *,
    by: User,
    category: int | None,
    service: int | None,
) -> Advice:
    """What the coach says of `subject` and `body` in `said` and of the names of the files. Three
    questions."""
    attempt = Attempt(said.get("subject", ""), said.get("body", ""), tuple(files))
    return Advice(
        advise(attempt, wishes_of(category)),
        _earlier(attempt, by, service),
        suggest(
            f"{attempt.title} {attempt.body}",
            by=by,
            language=get_language() or "",
            category=category,
        ),
    )


def while_typing(advice: Advice, said: Mapping[str, str]) -> Advice:
    """Without the hints about a field in which nothing was written yet."""
    has_title, has_body = (bool(said.get(name, "").strip()) for name in ("subject", "body"))
    hints = [hint for hint in advice.hints if (has_title if "title" in hint.code else has_body)]
    return Advice(hints, advice.earlier, advice.articles)


def titles_for(category: Category | None) -> tuple[list[str], list[str]]:
    """Examples of titles that help and that do not, of the category or in general."""
    rule = getattr(category, "coaching", None)
    good, bad = (
        multilingual.pick(getattr(rule, name, {})).splitlines()
        for name in ("good_titles", "bad_titles")
    )
    if good or bad:
        return good, bad
    return [str(GOOD_TITLE)], [str(BAD_TITLE)]


def _earlier(attempt: Attempt, by: User, service: int | None) -> list[Ticket]:
    """Tickets of this customer whose title shares words with the text, the last written on first:
    two and more than half of its words, or one about the same service. Only the first `RECENT`
    titles are compared."""
    typed = _telling(f"{attempt.title[:500]} {attempt.body[:500]}")
    if not typed:
        return []
    known = set().union(*typed)
    own = Ticket.objects.filter(customer=by).exclude(status__in=[Status.MERGED, Status.SPAM])
    found = []
    shown = own.select_related("department").only(
        *("subject", "service", "status", "closed_at", "department__follow_up_after_days")
    )
    for ticket in shown.order_by("-updated_at", "-pk")[:RECENT]:
        title = _telling(ticket.subject)
        shared = sum(bool(forms & known) for forms in title)
        same = service is not None and ticket.service_id == service
        if shared and (same or shared > max(1, len(title) / 2)):
            found.append(ticket)
    return found[:MOST_EARLIER]


def _telling(text: str) -> list[frozenset[str]]:
    """The forms of each word that says what a text is about."""
    said = words.WORD.findall(NOISE.sub(" ", text.lower()).translate(words.SAME))
    return [words.forms(word) for word in dict.fromkeys(said) if len(word) > 3][:MOST_WORDS]
