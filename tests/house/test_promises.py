"""What no single test would hold: every kind has its sentence, every verb its test, and so on."""

import ast
import inspect
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.template.loader import get_template
from django.utils import timezone

from departments.actions import welcome_customer
from departments.models import EXPLAINED, RULES, LetterKind
from mailgateway.models import OutboundEmail
from tickets import actions
from tickets.audience import TO_CUSTOMERS, Letter
from tickets.models import Event

ROOT = settings.BASE_DIR
QUESTIONS = {"absorbed", "current", "preview_merge"}
BY_LETTERS = {"file_letter", "hear_aside", "open_by_form", "note_copy", "note_delivery"}
VERBS = sorted(name for name in actions.__all__ if name.islower() and name not in QUESTIONS)


@pytest.mark.parametrize("kind", Event.Kind)
def test_every_kind_of_event_has_a_sentence(kind):
    get_template(Event(kind=kind).template)


@pytest.mark.parametrize("letter", sorted(set(Letter) - TO_CUSTOMERS))
@pytest.mark.parametrize("part", ["subject.txt", "txt", "html"])
def test_every_letter_of_ours_to_ourselves_has_its_three_templates(letter, part):
    get_template(f"emails/{letter}.{part}")


def test_the_words_of_every_letter_to_customers_can_be_changed():
    assert set(TO_CUSTOMERS) <= set(LetterKind)
    assert set(RULES) == set(LetterKind)
    assert {name for one in RULES.values() for name in one.known} == set(EXPLAINED)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_test_file(verb):
    path = ROOT / "tests" / "tickets" / "actions" / f"test_{verb}.py"
    tests = [node.name for node in ast.parse(path.read_text()).body if hasattr(node, "name")]

    assert any(name.startswith("test_") for name in tests)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_who_does_it_and_what_it_does(verb):
    function = getattr(actions, verb)

    assert function.__doc__
    named = inspect.signature(function).parameters
    # Those that report what mail servers and strangers did have no actor.
    assert "by" in named or verb in BY_LETTERS


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_variable_of_the_environment_is_explained():
    source = (ROOT / "helpdesk" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source))
    explained = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read - explained == set()
    # What only the containers need (the database's own password) may stand there besides.
    assert explained - read <= {"POSTGRES_PASSWORD"}


def imports_of(path: Path) -> set[str]:
    """Dotted names that the module at `path` imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted((ROOT / "mailgateway").rglob("*.py"))
        if "migrations" not in path.parts
    ],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_mail_gateway_cannot_see_notes(path):
    seen = imports_of(path)

    assert "tickets.models.Message" not in seen
    assert not {name for name in seen if name.startswith("tickets.models.message")}


def noted(ticket, ada):
    return actions.add_note(ticket, by=ada, body="Only we")


def waiting(ticket, ada):
    at = timezone.now() + timedelta(days=1)
    return actions.schedule_reply(ticket, by=ada, body="Not yet", leaves_at=at)


@pytest.mark.parametrize("say", [noted, waiting])
def test_the_database_refuses_a_letter_made_of_what_only_we_see(ticket, ada, say):
    said = say(ticket, ada)

    with pytest.raises(IntegrityError, match="never leaves"), transaction.atomic():
        OutboundEmail.objects.create(
            ticket=ticket,
            message_id=said.pk,
            kind="replied",
            recipient="carla@customer.example",
            letter_id="x@y",
            subject="s",
            text="t",
            next_try_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("kind", "recipient", "copies"),
    [
        ("side", "carla@customer.example", []),
        ("side", "print@shop.example", ["carla@customer.example"]),
        ("replied", "print@shop.example", []),
    ],
)
def test_the_database_lets_a_side_conversation_go_to_its_people_alone(
    ticket, ada, kind, recipient, copies
):
    printer = welcome_customer("print@shop.example")
    said = actions.forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")
    (sent,) = OutboundEmail.objects.filter(message=said.pk)
    assert (sent.kind, sent.recipient) == ("side", printer.email)

    with (
        pytest.raises(IntegrityError, match="side conversation never leaves"),
        transaction.atomic(),
    ):
        OutboundEmail.objects.create(
            ticket=ticket,
            message_id=said.pk,
            kind=kind,
            recipient=recipient,
            copies=copies,
            letter_id="x@y",
            subject="s",
            text="t",
        )
    with (
        pytest.raises(IntegrityError, match="side conversation never leaves"),
        transaction.atomic(),
    ):
        OutboundEmail.objects.filter(pk=sent.pk).update(
            kind=kind, recipient=recipient, copies=copies or ["x@y.example"]
        )


@pytest.mark.django_db
def test_ticket_numbers_begin_at_10001():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('tickets_ticket', 'id')")
        (sequence,) = cursor.fetchone()
        cursor.execute(
            "SELECT start_value, last_value FROM pg_sequences "
            "WHERE schemaname || '.' || sequencename = %s",
            [sequence],
        )
        _start, last = cursor.fetchone()

    assert last is None or last >= 10001
