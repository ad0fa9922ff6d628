"""The history of a letter: one line for everything that was done with it."""

from departments.models import User
from mailgateway.models import InboundEmail, LetterStep


def write_down(
    letter: InboundEmail, what: LetterStep.What, *, by: User | None = None, detail: str = ""
) -> LetterStep:
    """Add one line, with the state that `letter` has now. `by=None` is the house itself."""
    return LetterStep.objects.create(
        letter=letter, what=what, actor=by, state=letter.state, detail=detail[:500]
    )
