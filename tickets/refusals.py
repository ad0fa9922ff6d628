"""Why a letter was refused, in a sentence: what the codes of mail servers mean (RFC 3463)."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first that fits counts. The class (4 for now, 5 for good) is said by the state already.
MEANINGS: list[tuple[re.Pattern[str], Promise]] = [
    (re.compile(r"\b[45]\.1\.(?:[0-36]|10)\b"), _("There is no such address.")),
    (re.compile(r"\b[45]\.2\.1\b"), _("The mailbox there is switched off.")),
    (re.compile(r"\b[45]\.2\.2\b"), _("The mailbox there is full.")),
    (re.compile(r"\b(?:[45]\.2\.3|[45]\.3\.4)\b|^552\b"), _("The letter is too large.")),
    (re.compile(r"\b[45]\.4\.\d"), _("The mail server there cannot be reached.")),
    (re.compile(r"\b4\.7\.\d"), _("The mail server there asks us to come again later.")),
    (re.compile(r"\b5\.7\.\d"), _("The mail server there does not want this letter.")),
]


def meaning(said: str) -> Promise | str:
    """The sentence for what a mail server said; empty where its words must speak for themselves."""
    return next((sentence for code, sentence in MEANINGS if code.search(said)), "")
