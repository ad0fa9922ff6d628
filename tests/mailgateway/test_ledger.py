"""The ledger: what became of every letter, and what people may do about it."""

import pytest

from mailgateway import inbound
from mailgateway.models import InboundEmail

State = InboundEmail.State


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word_for_commands(state):
    assert inbound.outcome_of(InboundEmail(state=state)) in inbound.Outcome
