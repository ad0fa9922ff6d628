"""Articles where people write: in the agents' composer, and beside the customers' form."""

import re

import pytest

from departments.models import Brand
from tickets.models import Ticket


@pytest.fixture
def article(publish):
    text = publish("How to change a password", "In the panel.")
    publish("Як змінити пароль", "У панелі.", language="uk", article=text.article)
    return text.article


def test_an_agent_puts_an_article_into_an_answer(article, publish, ticket, ada, enter, settings):
    settings.DESK_URL = "https://desk.example"
    publish("How we change passwords", audience="agents")

    offered = (
        enter(ada)
        .get(f"/agent/tickets/{ticket.number}/suggestions/?kind=canned&q=паролі")
        .content.decode()
    )

    assert re.findall(r'data-put="([^"]*)"', offered) == [
        "Як змінити пароль: https://desk.example/help/mail/how-to-change-a-password/ "
    ]


def test_it_leads_to_the_brand_of_the_ticket(article, ticket, ada, enter, billing):
    Brand.objects.create(name="The Shop", host="shop.example").departments.add(billing)

    offered = enter(ada).get(f"/agent/tickets/{ticket.number}/suggestions/?kind=canned&q=паролі")

    assert "//shop.example/help/mail/how-to-change-a-password/" in offered.content.decode()


ENOUGH = {
    "subject": "Змінити пароль у панелі не вдається з учора",
    "body": (
        "З учора, 14:30, не можу змінити паролі в панелі: після кнопки «Зберегти» з'являється "
        "помилка 500. До цього нічого не змінювали. Пробував інший браузер і перезапуск, так само."
    ),
}
LINK = r'<a href="/help/mail/how-to-change-a-password/\?lang=uk"[^>]*>'


def test_a_customer_is_offered_an_article_while_typing(article, carla, enter, billing):
    hints = enter(carla).post("/tickets/new/hints/", ENOUGH).text

    assert 'target="_blank"' in re.search(LINK, hints)[0]


def test_an_article_alone_stops_nobody_and_is_offered_behind_the_form(
    article, carla, enter, billing
):
    client = enter(carla)

    page = client.post("/tickets/new/", ENOUGH, follow=True)

    assert page.redirect_chain == [(f"/tickets/{Ticket.objects.get().number}/", 302)]
    assert re.search(LINK, page.text)
    assert "&lt;a" not in page.text


def test_who_saw_it_beside_the_form_is_not_shown_it_again(article, carla, enter, billing):
    client = enter(carla)
    typed = {"subject": "Змінити пароль", "body": "Не можу змінити паролі в панелі."}
    stopped = client.post("/tickets/new/", typed).text
    assert re.search(LINK, stopped)

    advised = re.search(r'name="advised" value="([^"]*)"', stopped)[1]
    page = client.post("/tickets/new/", typed | {"advised": advised}, follow=True)

    assert page.redirect_chain
    assert not re.search(LINK, page.text)
