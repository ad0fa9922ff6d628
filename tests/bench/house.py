"""A desk as it is after some years: many tickets, one in twenty unfinished, made by SQL alone."""

from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from departments.actions import join_department
from departments.models import Category, Department, User
from tests.bench.filling import FIRST, copy
from tickets import actions
from tickets.models import Event, Message, Notification, Tag, Ticket

PLACES: Final = 8
AGENTS: Final = 24
WORKED_IN: Final = 3
"""So many departments has the agent whose pages are measured."""
RARE: Final = "rareword"
"""Stands in 20 tickets, however many there are."""

# Which of the departments or agents a ticket belongs to; neighbours belong to different ones.
PLACE: Final = "({places})[1 + (n / 20 + n) %% {count}]"
TEXT: Final = (
    "(SELECT string_agg('w' || floor(3000 * power(random(), 3)), ' ')"
    " FROM generate_series(1, {length}) WHERE n > 0)"
)
AT: Final = "now() - interval '3 years' + n * interval '90 seconds'"


class House:
    """Departments, agents and the first ticket, from which all others are copied."""

    def __init__(self) -> None:
        self.places = [
            Department.objects.create(
                name=f"Department {number}", slug=f"d{number}", is_triage=not number
            )
            for number in range(PLACES)
        ]
        self.categories = [
            Category.objects.create(
                slug=f"c{number}", name={"en": f"Category {number}"}, department=self.places[0]
            )
            for number in range(5)
        ]
        self.agents = [
            User.objects.create_user(f"agent-{number}@desk.example", name=f"Agent {number}")
            for number in range(AGENTS)
        ]
        for number, agent in enumerate(self.agents):
            for step in range(WORKED_IN):
                join_department(agent, self.places[(number + step) % PLACES])
        self.tags = [Tag.objects.create(name=f"tag {number}") for number in range(50)]
        customer = User.objects.create_user("first@customer.example", name="First Customer")
        self.model = actions.open_ticket(
            customer=customer, by=customer, department=self.places[0], subject="First", body="x"
        )
        actions.reply_to_ticket(self.model, by=self.agents[0], body="y")
        self.filled = 0

    def fill(self, tickets: int) -> None:
        """Bring it to `tickets` tickets, with two messages, two events and a tag or none each, and
        let the database take stock."""
        first, last = self.filled + 1, tickets
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            dropped = _drop_indexes(cursor)
            self._people(cursor, first, last)
            self._tickets(cursor, first, last)
            self._said(cursor, first, last)
            for definition in dropped:
                cursor.execute(definition)
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("VACUUM ANALYZE")
        self.filled = tickets

    def _people(self, cursor: CursorWrapper, first: int, last: int) -> None:
        changed = {
            "email": "'customer-' || n || '@customer.example'",
            "name": "'Customer ' || n",
        }
        # Each writes four tickets.
        start = first // 4 + (first > 1)
        copy(cursor, "departments_user", self.model.customer_id, changed, start, last // 4)

    def _tickets(self, cursor: CursorWrapper, first: int, last: int) -> None:
        words = TEXT.format(length=6)
        agents = [
            [one.pk for one in self.agents if place.pk in one.department_roles]
            for place in self.places
        ]
        most = min(len(some) for some in agents)
        table = sql_array([some[:most] for some in agents])
        changed = {
            "customer_id": f"{FIRST} + n / 4",
            "department_id": PLACE.format(
                count=PLACES, places=sql_array([place.pk for place in self.places])
            ),
            "assignee_id": (
                f"CASE WHEN n / 20 %% 10 < 7 THEN ({table})"
                f"[1 + (n / 20 + n) %% {PLACES}][1 + n / 20 %% {most}] END"
            ),
            "category_id": f"({sql_array([one.pk for one in self.categories])})[1 + n / 20 %% 5]",
            "subject": f"{words} || CASE WHEN n <= 20 THEN ' {RARE}' ELSE '' END",
            "preview": TEXT.format(length=25),
            "status": (
                "CASE WHEN n %% 20 = 0 THEN (ARRAY['new','open','pending','on_hold'])"
                "[1 + n / 20 %% 4] ELSE 'closed' END"
            ),
            "priority": "CASE WHEN n %% 9 = 0 THEN 3 ELSE 2 END",
            "created_at": AT,
            "updated_at": f"{AT} + interval '1 hour'",
            "waiting_since": f"{AT} + interval '1 hour'",
            "due_at": (
                "CASE WHEN n %% 20 = 0 THEN now() + (n / 20 %% 2000 - 100) * interval '10 min' END"
            ),
            "closed_at": f"CASE WHEN n %% 20 > 0 THEN {AT} + interval '9 days' END",
            "solved_at": f"CASE WHEN n %% 20 > 0 THEN {AT} + interval '2 days' END",
            "next_check_at": "NULL",
            "words": "NULL",
        }
        copy(cursor, "tickets_ticket", self.model.pk, changed, first, last)
        cursor.execute(
            "UPDATE tickets_ticket SET words = to_tsvector('simple', subject)"
            " WHERE id BETWEEN %s AND %s",
            [FIRST + first, FIRST + last],
        )
        cursor.execute(
            "INSERT INTO tickets_ticket_tags (ticket_id, tag_id)"
            " SELECT %s + n, %s + n %% 50 FROM generate_series(%s, %s) n WHERE n %% 3 = 0",
            [FIRST, self.tags[0].pk, first, last],
        )

    def _said(self, cursor: CursorWrapper, first: int, last: int) -> None:
        asked, answered = Message.objects.filter(ticket=self.model).order_by("pk")
        text = TEXT.format(length=15)
        for number, one in enumerate((asked, answered)):
            own = {
                "id": f"{FIRST} + 2 * n + {number}",
                "ticket_id": f"{FIRST} + n",
                "author_id": f"{FIRST} + n / 4" if one is asked else str(one.author_id),
                "created_at": f"{AT} + {number} * interval '1 hour'",
                "text": text,
                "words": "NULL",
            }
            copy(cursor, "tickets_message", one.pk, own, first, last)
            event = Event.objects.filter(message=one).earliest("pk")
            line = {
                "id": f"{FIRST} + 2 * n + {number}",
                "ticket_id": f"{FIRST} + n",
                "message_id": f"{FIRST} + 2 * n + {number}",
                "actor_id": own["author_id"],
                "at": own["created_at"],
            }
            copy(cursor, "tickets_event", event.pk, line, first, last)
        cursor.execute(
            "UPDATE tickets_message SET words = to_tsvector('simple', text)"
            " WHERE id BETWEEN %s AND %s",
            [FIRST + 2 * first, FIRST + 2 * last + 1],
        )
        rung = Notification.objects.earliest("pk")
        told = {
            "user_id": f"{self.agents[0].pk} + n %% {AGENTS}",
            "event_id": f"{FIRST} + 2 * n",
            "read_at": "CASE WHEN n > 480 THEN now() END",
        }
        copy(cursor, "tickets_notification", rung.pk, told, first, last)


def sql_array(values: list[int] | list[list[int]]) -> str:
    """Numbers as PostgreSQL writes them."""
    return f"ARRAY{values}"


def newest() -> int:
    """The last line of history."""
    return Event.objects.latest("pk").pk


def some_ticket(agent: User) -> Ticket:
    """An unfinished one that `agent` works on, the same at every filling."""
    return Ticket.objects.workable_by(agent).at_work().order_by("pk")[5]


def _drop_indexes(cursor: CursorWrapper) -> list[str]:
    """Drop what would be kept up row by row; how to make it again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND (tablename LIKE 'tickets_%%' OR tablename = 'departments_user')"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        " AND indexdef NOT LIKE 'CREATE UNIQUE%%'"
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
