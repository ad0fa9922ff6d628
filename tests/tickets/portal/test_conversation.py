"""A ticket as its customer sees it."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.models import Category, Organisation
from tests.tickets.custom_fields import make
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Attachment, Message, Ticket

PAGES = ["", "answers/", "solution/", "reopening/", "rating/"]
PDF = b"%PDF-1.7\n%%EOF"


def url(ticket, page=""):
    return f"/tickets/{ticket.number}/{page}"


@pytest.fixture
def answered(ticket, ada):
    """Ada has asked back."""
    actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")
    ticket.refresh_from_db()
    return ticket


def test_carla_reads_what_was_said_and_by_whom(enter, carla, answered):
    page = enter(carla).get(url(answered)).text

    assert "Рахунок за жовтень не прийшов" in page
    assert "Який номер договору?" in page
    assert ">Ada<" in "".join(page.split())
    assert "Kovalenko" not in page
    assert "ada@desk.example" not in page
    assert "Бухгалтерія" in page


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_mallory_sees_nothing_of_it(enter, mallory, answered, page, method):
    status = getattr(enter(mallory), method)(url(answered, page), {"body": "x"}).status_code

    assert status in {404, 405}
    if page != "" or method == "get":
        assert Message.objects.filter(author=mallory).count() == 0


@pytest.mark.parametrize("page", PAGES)
def test_posting_to_a_strangers_ticket_is_not_found(enter, mallory, answered, page):
    if page:
        answer = enter(mallory).post(url(answered, page), {"body": "x", "score": "5"})
        assert answer.status_code == 404
    assert enter(mallory).get(url(answered)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_door(client, answered, page):
    assert client.get(url(answered, page)).url.startswith("/account/login/")


def test_bo_has_left_and_sees_not_even_his_own(enter, bo, billing, root):
    own = actions.open_ticket(customer=bo, by=root, subject="Bo's", body="x", department=billing)

    assert enter(bo).get(url(own)).status_code == 302


def test_an_agent_who_is_not_its_customer_uses_the_agents_pages(enter, ada, answered):
    assert enter(ada).get(url(answered)).status_code == 404


def test_a_note_is_never_shown_nor_its_files(enter, carla, ada, answered):
    note = actions.add_note(
        answered, by=ada, body="Він завжди скаржиться", files=[IncomingFile("secret.pdf", PDF)]
    )

    browser = enter(carla)

    page = browser.get(url(answered)).text
    assert "скаржиться" not in page
    assert "secret.pdf" not in page
    assert browser.get(note.attachments.get().get_absolute_url()).status_code == 404
    assert "скаржиться" not in browser.get("/?text=скаржиться").text.partition("<section")[2]


def test_an_answer_that_may_still_be_taken_back_is_not_shown_yet(
    enter, carla, ada, ticket, settings
):
    settings.DESK_UNDO_SECONDS = 10
    actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")

    assert "Який номер договору?" not in enter(carla).get(url(ticket)).text


def test_files_of_an_answer_open_for_carla_and_not_for_mallory(enter, carla, mallory, ada, ticket):
    actions.reply_to_ticket(
        ticket, by=ada, body="Ось рахунок", files=[IncomingFile("рахунок.pdf", PDF)]
    )
    file = Attachment.objects.get()

    assert "рахунок.pdf" in enter(carla).get(url(ticket)).text
    assert enter(carla).get(file.get_absolute_url()).status_code == 200
    assert enter(mallory).get(file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.NEW, "Received, we will answer soon"),
        (Status.OPEN, "We are working on it"),
        (Status.ON_HOLD, "We are working on it"),
        (Status.PENDING, "Waiting for your answer"),
        (Status.SOLVED, "Solved"),
        (Status.CLOSED, "Closed"),
    ],
)
def test_whose_turn_it_is_stands_in_plain_words(enter, carla, ticket, status, words):
    carla.language = "en"
    carla.save()
    Ticket.objects.filter(pk=ticket.pk).update(status=status)

    page = enter(carla).get(url(ticket)).text

    assert f">{words}</strong>" in page.replace("\n", "").replace("  ", "")


def test_carla_answers_and_it_is_our_turn(enter, carla, answered):
    response = enter(carla).post(
        url(answered, "answers/"),
        {"body": "4711", "files": SimpleUploadedFile("лог.txt", b"line one\nline two\n")},
        follow=True,
    )

    assert response.status_code == 200
    answered.refresh_from_db()
    assert answered.status == Status.OPEN
    said = answered.messages.last()
    assert (said.text, said.from_customer, said.author) == ("4711", True, carla)
    assert said.attachments.get().name == "лог.txt"
    assert "лог.txt" in response.text


def test_an_empty_answer_comes_back_with_a_word(enter, carla, answered):
    response = enter(carla).post(url(answered, "answers/"), {"body": "  "})

    assert response.status_code == 422
    assert answered.messages.count() == 2


def test_a_file_of_a_wrong_kind_is_refused_and_the_text_is_kept(enter, carla, answered):
    carla.language = "en"
    carla.save()
    program = SimpleUploadedFile("tool.exe", b"MZ\x00\x01\x02" * 100)

    response = enter(carla).post(
        url(answered, "answers/"), {"body": "Ось програма", "files": program}
    )

    assert response.status_code == 422
    assert "Ось програма" in response.text
    assert "“tool.exe” was not taken" in response.text
    assert answered.messages.count() == 2


def test_solved_thank_you(enter, carla, answered):
    enter(carla).post(url(answered, "solution/"))

    answered.refresh_from_db()
    assert answered.status == Status.SOLVED


def test_carla_opens_a_solved_ticket_again(enter, carla, ada, answered):
    actions.solve_ticket(answered, by=ada)

    enter(carla).post(url(answered, "reopening/"))

    answered.refresh_from_db()
    assert answered.status == Status.OPEN


def test_an_answer_opens_a_solved_ticket_again(enter, carla, ada, answered):
    actions.solve_ticket(answered, by=ada)

    enter(carla).post(url(answered, "answers/"), {"body": "Ні, не прийшов"})

    answered.refresh_from_db()
    assert answered.status == Status.OPEN


def test_an_answer_to_one_closed_long_ago_goes_on_in_a_new_one(enter, carla, ada, answered):
    actions.close_ticket(answered, by=ada)
    Ticket.objects.filter(pk=answered.pk).update(closed_at=timezone.now() - timedelta(days=15))
    carla.language = "en"
    carla.save()

    page = enter(carla).get(url(answered)).text
    response = enter(carla).post(url(answered, "answers/"), {"body": "Знову те саме"})

    assert "goes on in a new one" in page
    new = Ticket.objects.exclude(pk=answered.pk).get()
    assert response.url == url(new)
    assert new.messages.get().text == "Знову те саме"


def test_a_merged_ticket_leads_to_where_it_goes_on(enter, carla, ada, answered):
    second = actions.open_ticket(customer=carla, by=carla, subject="Ще раз", body="Рахунку немає")
    actions.merge_tickets(second, into=answered, by=ada)

    browser = enter(carla)

    assert browser.get(url(second)).url == url(answered)
    page = browser.get(url(answered)).text
    assert "Рахунку немає" in page
    assert "Рахунок за жовтень" in page


def test_foreign_html_in_a_letter_does_nothing(enter, carla, ticket):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)"> [link](javascript:alert(3))'
    actions.continue_conversation(ticket, by=carla, body=evil, channel=Ticket.Channel.MAIL)
    actions.continue_conversation(ticket, by=carla, body=evil)

    page = enter(carla).get(url(ticket)).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_subject_is_only_text(enter, carla, billing):
    one = actions.open_ticket(customer=carla, by=carla, subject="<b>x</b>", body="x")

    assert "<b>x</b>" not in enter(carla).get(url(one)).text
    assert "<b>x</b>" not in enter(carla).get("/").text


def test_the_page_asks_the_database_few_questions(
    enter, carla, ada, answered, django_assert_max_num_queries
):
    for number in range(5):
        actions.reply_to_ticket(
            answered, by=ada, body=f"{number}", files=[IncomingFile("a.pdf", PDF)]
        )
    browser = enter(carla)

    with django_assert_max_num_queries(15):
        browser.get(url(answered))


def test_spam_is_nobodys(enter, carla, ada, ticket):
    actions.mark_as_spam(ticket, by=ada)

    assert enter(carla).get(url(ticket)).status_code == 404


def test_colleagues_see_each_others_tickets_where_their_organisation_wants_it(
    enter, carla, mallory, ticket
):
    akme = Organisation.objects.create(name="Akme", shares_tickets=True)
    for person in (carla, mallory):
        person.organisation = akme
        person.save()

    assert enter(mallory).get(url(ticket)).status_code == 200
    akme.shares_tickets = False
    akme.save()
    assert enter(mallory).get(url(ticket)).status_code == 404


def test_the_front_page_keeps_open_and_finished_apart(enter, carla, ada, ticket):
    done = actions.open_ticket(customer=carla, by=carla, subject="Старе", body="x")
    actions.solve_ticket(done, by=ada)

    page = enter(carla).get("/").text

    begin, _middle, end = page.partition('id="closed"')
    assert "Не прийшов рахунок за жовтень" in begin
    assert "Старе" in end
    assert "Старе" not in begin


def test_what_waits_for_carla_stands_first(enter, carla, answered):
    actions.open_ticket(customer=carla, by=carla, subject="Новіше", body="x")

    page = enter(carla).get("/").text

    assert page.index("Не прийшов рахунок") < page.index("Новіше")


def test_the_front_page_of_others_is_empty(enter, mallory, ticket):
    page = enter(mallory).get("/").text

    assert "рахунок" not in page
    assert "/tickets/new/" in page


def test_carla_finds_her_own_by_words_of_other_endings(enter, carla, mallory, ticket):
    assert "Не прийшов рахунок" in enter(carla).get("/?text=рахунки").text
    assert "Не прийшов рахунок" not in enter(carla).get("/?text=сервер").text
    assert "Не прийшов рахунок" not in enter(mallory).get("/?text=рахунок").text


def test_a_search_says_once_that_nothing_was_found(enter, carla, ticket):
    carla.language = "en"
    carla.save()
    browser = enter(carla)

    nothing = browser.get("/?text=сервер").text
    one = browser.get("/?text=рахунки").text

    assert nothing.count("Nothing found for “сервер”") == 1
    assert "<h2" not in nothing
    assert "Nothing found" not in one
    assert 'id="open"' in one
    assert 'id="closed"' not in one


def test_finished_tickets_come_by_pages(enter, carla, billing):
    Ticket.objects.bulk_create(
        Ticket(subject=f"T{n}", customer=carla, department=billing, status=Status.CLOSED)
        for n in range(35)
    )
    browser = enter(carla)

    first = browser.get("/").text
    onwards = re.search(r'href="(\?closed=[^"#]+)#closed"', first)[1]
    second = browser.get(f"/{onwards}").text

    titles = [re.findall(r">(T\d+)<", page) for page in (first, second)]
    assert [len(one) for one in titles] == [25, 10]
    assert len({*titles[0], *titles[1]}) == 35
    assert 'rel="next"' not in second


def test_a_ticket_in_copy_and_one_of_a_colleague_stand_in_the_list(
    enter, carla, mallory, ada, ticket
):
    other = actions.open_ticket(customer=ada, by=ada, subject="Друга", body="x")
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    mallory.organisation = ada.organisation = Organisation.objects.create(
        name="Akme", shares_tickets=True
    )
    mallory.save()
    ada.save()

    page = enter(mallory).get("/").text

    assert page.count(f'href="/tickets/{ticket.number}/"') == 1
    assert page.count(f'href="/tickets/{other.number}/"') == 1


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 30])
def test_unknown_numbers_are_not_found(enter, carla, number):
    assert enter(carla).get(f"/tickets/{number}/").status_code == 404


def test_a_switched_off_category_does_not_hide_the_ticket(enter, carla, billing):
    category = Category.objects.create(slug="old", department=billing, is_active=False)
    one = actions.open_ticket(customer=carla, by=carla, subject="s", body="b", category=category)

    assert enter(carla).get(url(one)).status_code == 200


def test_carla_sees_the_fields_she_is_asked_for(enter, carla, ada, ticket):
    make("contract", asked_in_portal=True)
    make("root_cause")
    values = {"contract": "4711-Ж", "root_cause": "Our printer"}
    actions.set_fields(ticket, values=values, by=ada)

    page = enter(carla).get(url(ticket)).text

    assert "4711-Ж" in page
    assert "Our printer" not in page
