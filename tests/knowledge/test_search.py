"""Articles are found by words in any of their forms, and offered to who writes about the same."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Category
from knowledge.models import Section
from knowledge.search import find, suggest

NOBODY = AnonymousUser()


def titles(texts):
    return [text.public_title for text in texts]


@pytest.mark.parametrize(
    ("language", "title", "asked"),
    [
        ("uk", "Як налаштувати поштову скриньку", "поштових скриньок"),
        ("uk", "Коли приходять рахунки", "рахунок"),
        ("ru", "Как настроить почтовый ящик", "почтового ящика"),
        ("ru", "Когда приходят счета", "счёт"),
        ("de", "Wann kommen die Rechnungen?", "Rechnung"),
        ("en", "How invoices are paid", "invoice"),
    ],
)
def test_a_word_is_found_in_another_of_its_forms(publish, language, title, asked):
    publish(title, language=language)

    assert titles(find(asked, by=NOBODY, language=language)) == [title]


def test_what_stands_in_the_title_comes_first(publish):
    publish("Something else", "The password of a mailbox. " * 5)
    publish("How to change a password", "In the panel.")

    found = find("passwords", by=NOBODY, language="en")

    assert titles(found) == ["How to change a password", "Something else"]


def test_every_word_has_to_occur(publish):
    publish("How to change a password", "In the panel.")

    assert titles(find("change panels", by=NOBODY, language="en")) != []
    assert find("change rockets", by=NOBODY, language="en") == []
    assert find("?!", by=NOBODY, language="en") == []


def test_of_each_article_the_readers_language_is_found(publish):
    text = publish("DKIM and SPF")
    publish("DKIM і SPF", language="uk", article=text.article)

    assert titles(find("dkim", by=NOBODY, language="uk")) == ["DKIM і SPF"]
    assert titles(find("dkim", by=NOBODY, language="de")) == ["DKIM and SPF"]


@pytest.mark.parametrize(
    ("language", "title", "written"),
    [
        ("uk", "Як налаштувати поштову скриньку", "Добрий день! Не можу налаштувати скриньку"),
        ("ru", "Как оплатить счёт картой", "Подскажите, как можно оплатить счета за ноябрь"),
        (
            "de",
            "Postfächer im Mailprogramm einrichten",
            "Ich kann unser Postfach nicht einrichten",
        ),
        ("en", "How do I change my password?", "Hello, please help me, I cannot change passwords"),
    ],
)
def test_who_writes_is_offered_what_answers_it(publish, language, title, written):
    publish(title, language=language)
    publish("Etwas ganz anderes", language="de")

    assert titles(suggest(written, by=NOBODY, language=language)) == [title]


@pytest.mark.parametrize(
    "written", ["", "Help!", "Es geht nicht", "The weather is fine", "mailbox", "don't \\ ' | & !"]
)
def test_nobody_is_offered_what_only_looks_alike(publish, written):
    publish("How to change the password of a mailbox")

    assert suggest(written, by=NOBODY, language="en") == []


def test_one_word_is_enough_where_the_category_fits(publish, billing, shelf):
    category = Category.objects.create(slug="mail", name={"en": "Mail"}, department=billing)
    Section.objects.update(category=category)
    publish("How to change the password of a mailbox")

    (found,) = suggest("mailbox", by=NOBODY, language="en", category=category.pk)
    assert found.article.section == shelf


def test_at_most_three_are_offered_by_one_question(publish):
    for number in range(5):
        publish(f"How to change password number {number}")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = suggest("I want to change a password " * 500, by=NOBODY, language="en")
        addresses = [text.article.get_absolute_url() for text in found]

    assert len(addresses) == 3
    assert len(asked) == 1


def test_drafts_and_what_is_not_for_them_are_offered_to_nobody(publish, write, carla, ada):
    write("How to change a password")
    publish("How to change a secret password", audience="agents")
    publish("How to change my password", audience="signed_in")

    for asked in (find, suggest):
        assert asked("change password", by=NOBODY, language="en") == []
        assert titles(asked("change password", by=carla, language="en")) == [
            "How to change my password"
        ]
        assert len(asked("change password", by=ada, language="en")) == 2


def test_a_word_without_end_is_asked_for_like_any_other(publish):
    assert suggest("a" * 9000, by=AnonymousUser(), language="en") == []
