"""What the desk under torture does besides its own work, in its processes and settings."""

import json

from django.core.management import call_command
from django.utils import timezone

from departments.actions import join_department
from departments.models import Department, User
from mailgateway import inbound
from mailgateway.models import AutomaticMail, Mailbox
from tests.torture.memory import peak_memory
from tickets import actions
from tickets.models import Ticket

LARGEST_BITE = 200
MOST_MEGABYTES = 30


def furnish(boxes: str) -> None:
    """Tables, a department, an agent, and a mailbox for each object of the JSON list `boxes`."""
    call_command("migrate", verbosity=0)
    # A thousand letters within minutes are a flood to every limit; each is to be answered here.
    AutomaticMail.objects.create(per_mailbox_per_hour=0, in_all_per_hour=0, letters_per_hour=0)
    place = Department.objects.create(name="Support", slug="support", is_triage=True)
    join_department(User.objects.create_user("ada@desk.example", None, name="Ada"), place)
    for fields in json.loads(boxes):
        Mailbox.objects.create(name=fields["address"], department=place, **fields)


def answer(most: str) -> None:
    """Ada answers the first tickets, each once, at most `most`."""
    ada = User.objects.get(email="ada@desk.example")
    for ticket in Ticket.objects.order_by("pk")[: int(most)]:
        actions.reply_to_ticket(ticket, by=ada, body=f"Відповідь на звернення {ticket.pk}.")


def read_everything(address: str) -> None:
    """Fetch a mailbox to its end, without understanding anything; each time and all the memory that
    this takes must be bounded."""
    box, bites = Mailbox.objects.get(address=address), [1]
    with peak_memory() as grown:
        while bites[-1]:
            Mailbox.objects.filter(pk=box.pk).update(next_poll_at=timezone.now())
            bites.append(len(list(inbound.poll(box.pk))))
    found = f"read {len(bites)} times, at most {max(bites)} letters, {grown.megabytes:.0f} MB"
    assert max(bites) <= LARGEST_BITE, found
    assert grown.megabytes <= MOST_MEGABYTES, found
