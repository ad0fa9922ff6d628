"""The administration words letters: from the table to the form, its preview, and back."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from departments.models import LetterText
from mailgateway.models import OutboundEmail
from mailgateway.troubles import troubles_for
from tests.conftest import person
from tickets import actions

TABLE = reverse("admin:departments_lettertext_changelist")
ADD = reverse("admin:departments_lettertext_add")


@pytest.fixture
def desk(enter, root):
    return enter(root)


def form_of(page) -> dict[str, str]:
    return {
        name: value or ""
        for name, value in page.context["adminform"].form.initial.items()
        if isinstance(value, str | int | None)
    }


def preview_of(kind="solved", language="uk", department=0) -> str:
    return reverse("admin:departments_lettertext_preview", args=[kind, language, department])


@pytest.fixture
def solved(db):
    return LetterText.objects.create(kind="solved", language="uk", subject="Old", body="Older")


def test_the_table_leads_to_a_form_that_begins_with_the_shipped_text(desk, ticket, ada):
    table = desk.get(TABLE).content.decode()
    link = re.search(r'href="([^"]*kind=solved&amp;language=uk[^"]*)"', table)[1]

    page = desk.get(link.replace("&amp;", "&"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "вважаємо звернення «{subject}»" in text
    assert "{rating}" in text
    assert "the number of the request" in text
    assert "{code}" not in text

    data = form_of(page) | {"body": "Готово: {subject}.\r\n\r\n{rating}"}
    saved = desk.post(link.replace("&amp;", "&"), data)
    assert saved.url == TABLE
    actions.solve_ticket(ticket, by=ada)
    row = OutboundEmail.objects.get(kind="solved")
    assert row.text.startswith(f"Готово: {ticket.subject}.\n\n")
    assert "?score=5" in row.text
    assert "own words" in desk.get(TABLE).content.decode()


@pytest.mark.parametrize("wrong", ["{foo}", "{ticket.password}", "{0}", "{", "{{ number }}"])
def test_an_unknown_placeholder_cannot_be_saved_and_what_was_typed_stays(desk, solved, wrong):
    page = reverse("admin:departments_lettertext_change", args=[solved.pk])

    answer = desk.post(page, {"subject": "S", "body": f"Typed {wrong} here"})

    text = answer.content.decode()
    assert "Nobody fills these placeholders: " in text
    assert "There are: {greeting}" in text
    assert f"Typed {wrong} here" in text
    solved.refresh_from_db()
    assert solved.body == "Older"


@pytest.mark.parametrize(
    "query", ["", "?kind=nothing&language=uk", "?kind=solved&language=xx", "?language=uk"]
)
def test_an_address_that_names_no_letter_leads_to_the_table(desk, query):
    assert desk.get(ADD + query).url == TABLE


def test_a_form_for_another_letter_than_its_page_breaks_nothing(desk, billing):
    address = f"{ADD}?kind=login_code&language=uk"

    for kind, place in (("nothing", ""), ("login_code", billing.pk)):
        data = {"kind": kind, "language": "uk", "department": place}
        answer = desk.post(address, data | {"subject": "S", "body": "{code}"})
        assert (answer.status_code, bool(answer.context["errors"])) == (200, True)
    assert not LetterText.objects.exists()


def test_a_department_begins_with_the_words_of_the_desk_and_goes_back_to_them(
    desk, solved, billing
):
    place = f"?department={billing.pk}"
    assert "as the whole desk" in desk.get(TABLE + place).content.decode()
    address = f"{ADD}?kind=solved&language=uk&department={billing.pk}"
    page = desk.get(address)
    assert form_of(page)["body"] == "Older"

    assert desk.post(address, form_of(page) | {"body": "Ours"}).url == TABLE + place
    ours = LetterText.objects.get(department=billing)
    change = reverse("admin:departments_lettertext_change", args=[ours.pk])
    assert "Back to the words of the whole desk" in desk.get(change).content.decode()

    assert desk.post(change, {"_shipped": "1", "body": "{not even looked at}"}).url == TABLE + place
    assert list(LetterText.objects.all()) == [solved]


def test_the_table_tells_who_changed_what_and_what_it_said_before(desk, solved, root):
    change = reverse("admin:departments_lettertext_change", args=[solved.pk])

    desk.post(change, {"subject": "New", "body": "Newer"})
    desk.post(change, {"_shipped": "1"})

    lately = [entry.change_message for entry in desk.get(TABLE).context["lately"]]
    assert lately == ["New\n\nNewer", "Old\n\nOlder"]
    assert "Root" in desk.get(TABLE).content.decode()


def test_two_who_word_the_same_letter_at_once_do_not_lose_one(desk, solved):
    address = f"{ADD}?kind=solved&language=uk"
    assert desk.get(address).url.endswith(f"/{solved.pk}/change/")

    data = {"kind": "solved", "language": "uk", "department": "", "subject": "S", "body": "B"}
    answer = desk.post(address, data)

    assert "Somebody changed these words meanwhile" in answer.content.decode()
    solved.refresh_from_db()
    assert solved.body == "Older"


# The preview


def test_a_preview_shows_what_was_typed_with_examples_and_saves_nothing(desk, db):
    typed = {"subject": "{number}: {subject}", "body": "<b>{customer}</b>\n\n{rating}"}

    answer = desk.post(preview_of(language="de"), typed)

    text = answer.content.decode()
    assert "&lt;b&gt;Carla Bondar&lt;/b&gt;" in text
    assert "<b>10482: " in text
    assert "Wie waren wir" in text
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    plain = desk.post(preview_of(language="de"), typed | {"as_text": ""})
    assert plain["Content-Type"] == "text/plain; charset=utf-8"
    assert "<b>Carla Bondar</b>\n\nWie waren wir" in plain.content.decode()
    assert not LetterText.objects.exists()


def test_a_preview_shows_a_real_ticket_without_its_customers_links(desk, ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо ще раз.")
    typed = {"subject": "{subject}", "body": "{greeting}\n\n{text}", "ticket": f"#{ticket.pk}"}

    text = desk.post(preview_of("replied"), typed | {"as_text": ""}).content.decode()

    assert f"{ticket.subject} [#{ticket.pk}]" in text
    assert "Carla Bondar" in text
    assert "Надсилаємо ще раз." in text
    sent = OutboundEmail.objects.get(kind="replied").text
    tokens = re.findall(r"/(?:links|ratings)/([^/\s]+)/", sent)
    assert len(tokens) == 3
    assert not [token for token in tokens if token in text]


def test_a_preview_says_what_is_wrong(desk, ticket):
    typed = {"subject": "S", "body": "{foo}", "ticket": "7"}

    text = desk.post(preview_of(), typed).content.decode()

    assert "Nobody fills these placeholders: {foo}" in text
    assert "You see no ticket with this number." in text


def test_who_may_word_letters_sees_only_tickets_they_work_on(enter, ticket, hosting):
    clerk = person("clerk@desk.example", "Clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="lettertext"))

    typed = {"subject": "S", "body": "{customer}", "ticket": ticket.pk}
    assert "You see no ticket" in enter(clerk).post(preview_of(), typed).content.decode()

    clerk.user_permissions.clear()
    assert enter(clerk).post(preview_of(), {"subject": "S", "body": "B"}).status_code == 403
    assert enter(clerk).get(TABLE).status_code == 403


def test_a_preview_of_a_code_greets_nobody_by_name_as_the_letter_does(desk, db):
    typed = {"subject": "{code}", "body": "{greeting}\n\n{code}", "as_text": ""}

    text = desk.post(preview_of("login_code", "en"), typed).content.decode()

    assert "Hello,\n\nABCD-EFGH" in text


def test_a_preview_of_no_letter_is_not_found(desk, db):
    assert desk.post(preview_of("nothing"), {}).status_code == 404
    assert desk.post(preview_of(language="xx"), {}).status_code == 404
    assert desk.get(preview_of()).status_code == 404


def test_administrators_hear_of_words_that_nobody_can_fill(db, root, ada):
    LetterText.objects.create(kind="solved", language="uk", subject="S", body="{gone}")
    LetterText.objects.create(kind="a former one", language="uk", subject="S", body="{gone}")

    (trouble,) = troubles_for(root)

    assert "names what nobody fills any more" in trouble.sentence
    assert not troubles_for(ada)
