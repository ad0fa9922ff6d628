"""Writing to us by the portal."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from departments.models import Category, Service
from tests.tickets.custom_fields import make
from tests.tickets.test_attachments import PDF
from tickets.lifecycle import Status
from tickets.models import Ticket

URL = "/tickets/new/"
TYPED = {
    "subject": "Сайт example.org не відкривається",
    "body": "З ранку показує помилку 502, у всіх у конторі, і в телефоні теж.",
}


@pytest.fixture
def slow(hosting):
    return Category.objects.create(
        slug="slow",
        department=hosting,
        name={"uk": "Повільно", "en": "Slow"},
        wanted_evidence={"uk": "ping і traceroute", "en": "ping and traceroute"},
    )


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (3, 2)).save(drawn, "PNG")
    return SimpleUploadedFile("знімок.png", drawn.getvalue())


def test_carla_is_not_asked_for_a_department(enter, carla, billing, slow):
    page = enter(carla).get(URL).text

    assert "Повільно" in page
    assert "Hosting" not in page
    assert "Бухгалтерія" not in page


def test_a_topic_brings_the_ticket_to_its_department(enter, carla, billing, slow, hosting):
    vps = Service.objects.create(slug="vps", name={"uk": "VPS"})

    response = enter(carla).post(
        URL, {**TYPED, "category": slow.pk, "service": vps.pk, "files": [picture()]}
    )

    ticket = Ticket.objects.get()
    assert response.url == f"/tickets/{ticket.number}/"
    assert (ticket.customer, ticket.department, ticket.category, ticket.service) == (
        carla,
        hosting,
        slow,
        vps,
    )
    assert (ticket.status, ticket.channel) == (Status.NEW, Ticket.Channel.WEB)
    file = ticket.messages.get().attachments.get()
    assert (file.name, file.content_type, file.width) == ("знімок.png", "image/png", 3)


def test_whoever_is_not_sure_may_say_so(enter, carla, billing, slow):
    enter(carla).post(URL, {**TYPED, "category": "", "service": ""})

    assert Ticket.objects.get().department == billing


def test_several_files_come_along(enter, carla, billing):
    files = [
        picture(),
        SimpleUploadedFile("a.pdf", PDF),
        SimpleUploadedFile("traceroute.log", b"1 * * *\n2 10.0.0.1"),
    ]

    enter(carla).post(URL, {**TYPED, "files": files})

    assert Ticket.objects.get().messages.get().attachments.count() == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("photo.png", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("empty.txt", b""),
    ],
)
def test_files_of_other_kinds_are_refused_by_name_and_nothing_typed_is_lost(
    enter, carla, billing, slow, name, content
):
    response = enter(carla).post(
        URL, {**TYPED, "category": slow.pk, "files": SimpleUploadedFile(name, content)}
    )

    assert response.status_code == 422
    assert name in response.text
    assert TYPED["subject"] in response.text
    assert TYPED["body"] in response.text
    assert f'value="{slow.pk}" selected' in response.text
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("missing", ["subject", "body"])
def test_without_words_there_is_no_ticket_and_the_rest_is_kept(enter, carla, billing, missing):
    response = enter(carla).post(URL, {**TYPED, missing: "   "})

    assert response.status_code == 422
    kept = next(text for name, text in TYPED.items() if name != missing)
    assert kept in response.text
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("category", ["0", "-1", "x", "9" * 40, "1e3"])
def test_a_topic_that_does_not_exist_is_refused(enter, carla, billing, category):
    browser = enter(carla)

    assert browser.post(URL, {**TYPED, "category": category}).status_code == 422
    assert browser.get(f"/tickets/new/evidence/?category={category}").status_code == 200


def test_topics_that_are_switched_off_are_not_offered(enter, carla, slow):
    slow.is_active = False
    slow.save()

    assert "Повільно" not in enter(carla).get(URL).text


def test_without_script_what_helps_stands_there_for_every_topic(enter, carla, slow):
    assert "ping і traceroute" in enter(carla).get(URL).text


def test_the_part_for_one_topic_says_what_helps_there(enter, carla, slow, billing):
    Category.objects.create(
        slug="money", department=billing, name={"uk": "Гроші"}, wanted_evidence={"uk": "Квитанція"}
    )

    part = enter(carla).get(f"/tickets/new/evidence/?category={slow.pk}").text

    assert "ping і traceroute" in part
    assert "Квитанція" not in part
    assert "<html" not in part


def test_an_address_may_name_the_topic(enter, carla, slow):
    assert f'value="{slow.pk}" selected' in enter(carla).get(f"{URL}?category={slow.pk}").text


def test_a_desk_without_departments_says_so(enter, carla):
    carla.language = "en"
    carla.save()

    response = enter(carla).post(URL, TYPED)

    assert response.status_code == 422
    assert "no department yet" in response.text


def test_nobody_writes_in_somebody_elses_name(enter, mallory, carla, billing):
    enter(mallory).post(URL, {**TYPED, "customer": carla.pk, "by": carla.pk})

    assert Ticket.objects.get().customer == mallory


def test_a_stranger_must_sign_in_first(client, billing):
    assert client.get(URL).url == "/account/login/?next=/tickets/new/"


@pytest.fixture
def asked(billing, hosting, slow):
    make("domain", asked_in_portal=True, required=True, categories=(slow,))
    make("browser", asked_in_portal=True, departments=(hosting,))
    make("contract", asked_in_portal=True, departments=(billing,))
    make("root_cause", departments=(hosting,))


def test_a_topic_asks_for_its_fields(enter, carla, slow, asked):
    browser, typed = enter(carla), {**TYPED, "category": slow.pk, "field-root_cause": "sneaky"}

    page = browser.post(URL, typed)

    assert page.status_code == 422
    assert 'name="field-domain"' in page.text
    assert 'name="field-browser"' in page.text
    assert "root_cause" not in page.text
    browser.post(URL, typed | {"field-domain": "desk.example"})
    assert Ticket.objects.get().fields == {"domain": "desk.example"}


def test_without_scripts_the_fields_of_a_topic_are_asked_for(enter, carla, slow, asked):
    browser = enter(carla)
    typed = {"subject": "Сайт", "body": "", "category": slow.pk, "files": picture()}

    page = browser.post(URL, typed | {"topic": "chosen"})

    assert page.status_code == 200
    assert 'name="field-browser"' in page.text
    assert 'value="Сайт"' in page.text
    assert "field__error" not in page.text
    assert "знімок.png" in page.text
    assert not Ticket.objects.exists()


def test_without_a_topic_the_first_department_asks(enter, carla, asked):
    page = enter(carla).get(URL).text

    assert 'name="field-contract"' in page
    assert 'name="field-domain"' not in page


def test_the_chosen_topic_brings_its_fields_at_once(enter, carla, slow, asked):
    typed = {"category": slow.pk, "field-browser": "Firefox"}

    part = enter(carla).get("/tickets/new/evidence/", typed).text

    assert 'id="asked" hx-swap-oob="true"' in part
    assert 'value="Firefox"' in part
    assert "ping" in part
