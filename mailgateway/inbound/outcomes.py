"""What became of a letter, in the words that commands and programs are told."""

from enum import StrEnum

from mailgateway.models import InboundEmail

State = InboundEmail.State


class Outcome(StrEnum):
    """One word a letter."""

    CREATED = "created"
    APPENDED = "appended"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    DUPLICATE = "duplicate"
    OWN = "own"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


OUTCOMES = {
    State.RECEIVED: Outcome.QUARANTINED,  # kept, and not understood yet
    State.TICKET: Outcome.CREATED,
    State.REPLY: Outcome.APPENDED,
    State.SIDE: Outcome.APPENDED,
    State.AUTOMATIC: Outcome.AUTOMATIC,
    State.BOUNCE: Outcome.BOUNCE,
    State.DUPLICATE: Outcome.DUPLICATE,
    State.OWN: Outcome.OWN,
    State.IGNORED: Outcome.IGNORED,
    State.HELD: Outcome.QUARANTINED,
    State.FAILED: Outcome.QUARANTINED,
}


def outcome_of(letter: InboundEmail) -> Outcome:
    """What became of `letter`."""
    return OUTCOMES[State(letter.state)]
