"""What the pages of agents are tried with."""

import pytest

from tickets.actions import open_ticket


@pytest.fixture
def write(carla, billing):
    """Letters of Carla's to Billing, numbered: `write(3)`."""

    def letters(count, **fields):
        fields = {"customer": carla, "by": carla, "department": billing, **fields}
        return [
            open_ticket(subject=f"Лист {number}", body=f"Питання номер {number}.", **fields)
            for number in range(1, count + 1)
        ]

    return letters
