"""What is offered behind "/", "#" and "@": few lines, and only what one may see."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tickets.actions import open_ticket
from tickets.models import CannedReply, CannedUse


@pytest.fixture
def offered(ticket, enter):
    def ask(user, kind, text=""):
        url = reverse("agent:suggestions", args=[ticket.number])
        answer = enter(user).get(url, {"kind": kind, "q": text})
        assert answer.status_code == 200
        return re.findall(r'suggest__name">([^<]*)<', answer.content.decode())

    return ask


def test_canned_replies_are_found_by_title_and_text_in_any_case(offered, ada):
    CannedReply.objects.create(title="Оплата", body={"uk": "Рахунок за {ticket.subject}"})
    CannedReply.objects.create(title="Größe", body={"de": "Ähnlich"})

    assert offered(ada, "canned", "оПЛ") == ["Оплата"]
    assert offered(ada, "canned", "РАХУНОК") == ["Оплата"]
    assert offered(ada, "canned", "größe ÄHNLICH") == ["Größe"]
    assert offered(ada, "canned", "nothing") == []


def test_those_used_last_come_first(offered, ada, grace):
    titles = ["Anna", "Berta", "Cäsar"]
    rows = [CannedReply.objects.create(title=one, body={"en": "x"}) for one in titles]
    CannedUse.objects.create(canned=rows[2], user=ada, times=1, last_at=timezone.now())
    CannedUse.objects.create(canned=rows[1], user=grace, times=9)

    assert offered(ada, "canned") == ["Cäsar", "Anna", "Berta"]


def test_each_is_shown_as_it_would_go_out(ticket, ada, enter):
    CannedReply.objects.create(title="Hello", body={"uk": "Вітаю, {customer.first_name} {x}"})
    url = reverse("agent:suggestions", args=[ticket.number])

    page = enter(ada).get(url, {"kind": "canned"}).content.decode()

    assert 'Вітаю, Carla <mark class="unknown">{x}</mark>' in page


def test_there_are_never_more_than_eight(offered, ada):
    for number in range(12):
        CannedReply.objects.create(title=f"Text {number}", body={"en": "x"})

    assert len(offered(ada, "canned", "text")) == 8


def test_questions_do_not_grow_with_the_lines(
    ticket, ada, enter, django_assert_max_num_queries, grace
):
    for number in range(8):
        one = CannedReply.objects.create(title=f"Text {number}", assigns_to=grace, assigns="person")
        one.adds_tags.create(name=f"tag {number}")
    client, url = enter(ada), reverse("agent:suggestions", args=[ticket.number])

    with django_assert_max_num_queries(9):
        client.get(url, {"kind": "canned"})


def test_nothing_of_others_is_offered(offered, ada, grace, hosting):
    CannedReply.objects.create(title="Hosting", body={"en": "x"}, department=hosting)
    CannedReply.objects.create(title="Grace", body={"en": "x"}, owner=grace)
    CannedReply.objects.create(title="Old", body={"en": "x"}, is_active=False)

    assert offered(ada, "canned") == []


def test_colleagues_of_the_department_are_offered(offered, ada, grace, linus, bo, root, carla):
    assert offered(ada, "agent") == ["Grace Melnyk", "Root"]
    assert offered(ada, "agent", "mel GRA") == ["Grace Melnyk"]
    assert offered(ada, "agent", "linus") == []


def test_tickets_are_offered_by_number_words_or_customer(
    offered, ada, carla, mallory, billing, hosting, ticket
):
    def opened(subject, customer=mallory, department=billing):
        return open_ticket(
            customer=customer, by=customer, subject=subject, body="x", department=department
        )

    hers = opened("Домени переїхали", carla)
    other = opened("Server")
    opened("Домени Hosting", carla, hosting)

    assert offered(ada, "ticket") == [f"#{hers.number} Домени переїхали"]
    assert offered(ada, "ticket", "домен") == [f"#{hers.number} Домени переїхали"]
    assert f"#{other.number} Server" in offered(ada, "ticket", str(other.number)[:3])
    assert offered(ada, "ticket", str(other.number)) == [f"#{other.number} Server"]
    assert offered(ada, "ticket", "д") == []


@pytest.mark.parametrize("kind", ["", "customer", "__class__"])
def test_there_are_three_kinds(ticket, ada, enter, kind):
    url = reverse("agent:suggestions", args=[ticket.number])

    assert enter(ada).get(url, {"kind": kind}).status_code == 404


def test_hostile_questions_are_only_words(offered, ada):
    for text in ("%", "_" * 500, "'; DROP TABLE", "\\", "9" * 400, "٣"):
        for kind in ("canned", "agent", "ticket"):
            assert offered(ada, kind, text) == []
