"""Articles where people write: in the agents' composer, and beside the customers' form."""

import re

import pytest

from departments.models import Brand


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


def test_a_customer_is_offered_an_article_and_sends_anyway(article, carla, enter, billing):
    client = enter(carla)
    typed = {"subject": "Змінити пароль", "body": "Не можу змінити паролі в панелі."}

    hints = client.post("/tickets/new/hints/", typed).content.decode()
    link = re.search(r'<a href="/help/mail/how-to-change-a-password/\?lang=uk"[^>]*>', hints)[0]
    assert 'target="_blank"' in link

    stopped = client.post("/tickets/new/", typed)
    assert "Як змінити пароль" in stopped.content.decode()
    advised = re.search(r'name="advised" value="([^"]*)"', stopped.content.decode())[1]
    assert client.post("/tickets/new/", typed | {"advised": advised}).status_code == 302
