"""A desk with very many tickets, made by SQL from the newest one."""

from collections.abc import Mapping

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from mailgateway.models import InboundEmail, OutboundEmail
from tickets.models import Ticket

# Above everything that the sequences will give.
FIRST = 1_000_000_000
TABLES = {
    "departments_user": {"email": "'filled-' || n || '@customer.example'"},
    "tickets_ticket": {"customer_id": "{first} + n"},
    "tickets_message": {"ticket_id": "{first} + n", "author_id": "{first} + n"},
    "tickets_event": {
        "ticket_id": "{first} + n",
        "message_id": "{first} + n",
        "actor_id": "{first} + n",
    },
    "mailgateway_inboundemail": {
        "uid": "-n",
        "sha256": "md5(n::text)",
        "fingerprint": "md5(n::text)",
        "letter_id": "'filled-' || n || '@customer.example'",
        "sender": "'filled-' || n || '@customer.example'",
        "ticket_id": "{first} + n",
        "message_pk": "{first} + n",
    },
    "mailgateway_outboundemail": {
        "letter_id": "'filled-' || n || '@desk.example'",
        "recipient": "'filled-' || n || '@customer.example'",
        "ticket_id": "{first} + n",
        "message_id": "{first} + n",
        "state": "'sent'",
    },
}


def fill(tickets: int) -> None:
    """Bring the desk to `tickets` tickets, each with its customer, message, event and letters."""
    newest = InboundEmail.objects.filter(ticket__isnull=False).latest("pk")
    letter = OutboundEmail.objects.filter(ticket=newest.ticket).latest("pk")
    event = newest.ticket.events.latest("pk")
    models = {
        "departments_user": newest.ticket.customer_id,
        "tickets_ticket": newest.ticket_id,
        "tickets_message": newest.message_pk,
        "tickets_event": event.pk,
        "mailgateway_inboundemail": newest.pk,
        "mailgateway_outboundemail": letter.pk,
    }
    present = Ticket.objects.count()
    with connection.cursor() as cursor:
        for table, changed in TABLES.items():
            copy(cursor, table, models[table], changed, present + 1, tickets)
        cursor.execute("ANALYZE")


def copy(
    cursor: CursorWrapper,
    table: str,
    model: int,
    changed: Mapping[str, str],
    first: int,
    last: int,
) -> None:
    """Rows of `table` for n from `first` to `last`, as `model` but for what is `changed`: SQL by
    column, in which n is the number."""
    columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
    own = {"id": "{first} + n", **changed}
    values = [
        sql.SQL(own[name].format(first=FIRST)) if name in own else sql.Identifier("model", name)
        for name in columns
    ]
    cursor.execute(
        sql.SQL(
            "INSERT INTO {table} ({names}) SELECT {values}"
            " FROM {table} model, generate_series(%s, %s) n WHERE model.id = %s"
        ).format(
            table=sql.Identifier(table),
            names=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values),
        ),
        [first, last, model],
    )
