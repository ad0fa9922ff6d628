"""What somebody was asked for and sent without: in words for those who answer."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from tickets.coach.evidence import Evidence, Number

# Of the title and the length an agent sees enough without being told.
UNSAID: Final = {
    "no_when": _("when it began"),
    "no_change": _("what changed before"),
    "no_tried": _("what was tried already"),
    **{f"number {one}": one.label for one in Number},
    **{f"evidence {one}": one.label for one in Evidence},
}


def unsaid(skipped: Iterable[Sequence[str]]) -> list[str]:
    """What is missing, from the [code, about] of hints that were passed over."""
    keys = (" ".join(part for part in hint if part) for hint in skipped)
    return [str(UNSAID[key]) for key in keys if key in UNSAID]
