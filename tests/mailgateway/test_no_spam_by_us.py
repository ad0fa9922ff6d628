"""A stranger writes in somebody else's name: our confirmation advertises nothing to them."""

import pytest

from departments.models import LetterText
from mailgateway.addresses import without_links
from mailgateway.models import OutboundEmail
from tests.letters import letter
from tickets import actions
from tickets.models import EmbeddedForm

SPAM = "Win https://casino.example/win?c=1 and www.win.example, casino.example/now, today"
HARMLESS = "Win … and … … today"


def confirmation() -> OutboundEmail:
    return OutboundEmail.objects.get(kind="received")


def test_a_forged_sender_is_not_advertised_to(arrives):
    arrives(letter("x", sender="victim@customer.example", subject=SPAM))

    row = confirmation()
    assert row.subject.startswith(f"Re: {HARMLESS} [#")
    assert "casino" not in row.subject + row.text + row.html


def test_nor_who_was_typed_into_a_form_on_another_site(billing, mailbox):
    form = EmbeddedForm.objects.create(name="Shop", department=billing, origins=[])
    said = actions.Writing(address="victim@customer.example", subject=SPAM, body="x", stamp="s")
    actions.open_by_form(form, writing=said)

    assert confirmation().subject.startswith(f"Re: {HARMLESS} [#")


def test_where_the_text_names_the_subject_no_host_is_left_either(arrives):
    body = "{greeting}\n\nWe have “{subject}”."
    text = LetterText(kind="received", language="en", subject="Re: {subject}", body=body)
    text.full_clean()
    text.save()

    arrives(letter("Hello, please help me.", subject="Visit casino.example today"))

    row = confirmation()
    assert row.subject.startswith("Re: Visit casino.example today [#")
    assert "We have “Visit … today”." in row.text
    assert "casino" not in row.text + row.html.partition("</title>")[2]


def test_who_has_signed_in_reads_what_they_wrote(carla, billing, mailbox):
    actions.open_ticket(customer=carla, by=carla, subject=SPAM, body="x")

    assert SPAM in confirmation().subject


@pytest.mark.parametrize(
    "subject",
    [
        "Не приходить рахунок № 4711/2 за 26.11.2026",
        "Shop example.org shows error 502 since 9:30",
        "Rechnung 2026/11, z.B. Position 3 u.a.",
        "mail.log, 1.5 GB und/oder mehr?",
    ],
)
def test_usual_subjects_stay(subject):
    assert without_links(subject, with_hosts=True) == subject
