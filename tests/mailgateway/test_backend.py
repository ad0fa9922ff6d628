"""Letters that Django itself writes: codes for signing in."""

from django.core.mail import EmailMultiAlternatives

from mailgateway import outbound
from mailgateway.backend import TrayBackend
from mailgateway.models import OutboundEmail


def a_code() -> EmailMultiAlternatives:
    message = EmailMultiAlternatives("Your code", "Code: 123456", to=["carla@customer.example"])
    message.attach_alternative("<p>Code: 123456</p>", "text/html")
    return message


def test_a_code_goes_through_the_tray_and_is_forgotten(mailbox, smtp_sink):
    mailbox.smtp_port = smtp_sink.port
    mailbox.save()

    assert TrayBackend().send_messages([a_code()]) == 1
    row = OutboundEmail.objects.get()
    outbound.send(row.pk)

    (mail,) = smtp_sink.messages
    assert "123456" in mail.get_body(("plain",)).get_content()
    assert "123456" in mail.get_body(("html",)).get_content()
    assert mail["From"].endswith("<billing@desk.example>")
    row.refresh_from_db()
    assert (row.kind, row.state, row.text, row.html) == ("account", "sent", "", "")


def test_it_leaves_from_the_address_of_the_desk_if_that_is_a_mailbox(settings, mailbox, hosting):
    desk = type(mailbox).objects.create(
        name="Desk", address="desk@desk.example", department=hosting, smtp_host="127.0.0.1"
    )
    settings.DEFAULT_FROM_EMAIL = "Desk@desk.example"

    TrayBackend().send_messages([a_code()])

    assert OutboundEmail.objects.get().mailbox == desk


def test_nobody_to_write_to_is_no_letter(mailbox):
    assert TrayBackend().send_messages([EmailMultiAlternatives("Nobody", "x")]) == 0
