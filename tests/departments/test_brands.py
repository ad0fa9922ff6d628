"""Brands: whose name, colours and words a page shows, and where letters lead."""

import io
import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from PIL import Image

from departments.actions import show_logo
from departments.models import Brand, Category, Department, desk_name, desk_url
from departments.models.brands import shelf
from helpdesk.lib import colours
from mailgateway.models import OutboundEmail
from tests.departments.test_admin import names
from tickets import actions
from tickets.models import Ticket

HOST = "help.shop.example"
YELLOW = "#ffee00"
ADD = "/admin/departments/brand/add/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def _two_names(settings):
    settings.ALLOWED_HOSTS = ["testserver", HOST]
    settings.DESK_URL = "https://testserver"


@pytest.fixture
def house(db):
    """The whole desk's."""
    return Brand.objects.create(
        name="Our House",
        welcome={"uk": "Раді вам", "en": "Welcome <b>in</b>"},
        footer={"en": "Open from nine to six"},
        privacy_url="https://desk.example/privacy",
    )


@pytest.fixture
def shop(house, hosting):
    """A brand of its own, with the department Hosting."""
    made = Brand.objects.create(
        name="The Shop",
        host=HOST,
        accent=YELLOW,
        welcome={"en": "What can we do for you?"},
        before_writing={"en": "Have your order at hand."},
        sender_name={"en": "{agent} from {company}"},
        automatic_sender_name={"en": "{company}, {department}"},
    )
    made.departments.add(hosting)
    return made


@pytest.fixture
def desk(enter, root) -> Client:
    return enter(root)


def page(path: str, host: str = "testserver", by: Client | None = None) -> str:
    response = (by or Client()).get(path, headers={"host": host})
    assert response.status_code == 200, response
    return response.content.decode()


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100)) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA" if kind != "JPEG" else "RGB", size, (200, 30, 30)).save(made, kind)
    return made.getvalue()


def form(**said) -> dict[str, object]:
    """What the form of a brand sends."""
    texts = ("welcome", "before_writing", "footer", "sender_name", "automatic_sender_name")
    filled = {name: said.pop(name, {}) for name in texts}
    sent = {"name": "The Shop", "host": HOST, "accent": YELLOW, **said}
    return sent | {key: text for name in texts for key, text in names(name, filled[name]).items()}


# Pages, by host name


def test_a_page_shows_the_brand_of_its_host(shop):
    ours, theirs = page("/account/login/"), page("/account/login/", HOST)

    assert "Our House" in ours
    assert "The Shop" not in ours
    assert "The Shop" in theirs
    assert "Our House" not in theirs
    assert "What can we do for you?" in theirs


def test_without_a_row_the_desk_is_called_as_the_environment_says(db, settings):
    settings.DESK_NAME = "Our desk"

    assert "Our desk" in page("/account/login/")
    assert desk_name() == "Our desk"
    Brand.objects.create(name="")
    assert "Our desk" in page("/account/login/")


def test_words_are_shown_as_text_in_the_readers_language(house):
    shown = page("/account/login/")
    with translation.override("uk"):
        ukrainian = Client().get("/account/login/", headers={"accept-language": "uk"})

    assert "Welcome &lt;b&gt;in&lt;/b&gt;" in shown
    assert "Open from nine to six" in shown
    assert 'href="https://desk.example/privacy"' in shown
    assert "Раді вам" in ukrainian.content.decode()


def test_an_unknown_host_is_refused(shop):
    assert Client().get("/account/login/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/tickets/new/"])
def test_brands_are_read_once_and_again_when_one_changed(shop, carla, enter, path):
    browser = enter(carla)
    for times in (1, 0):
        with CaptureQueriesContext(connection) as asked:
            assert "The Shop" in page(path, HOST, browser)
        assert sum('FROM "departments_brand"' in one["sql"] for one in asked) == times
        assert len(asked) <= 10 + times

    shop.name = "New name"
    shop.save()

    assert "New name" in page(path, HOST, browser)


def test_another_process_hears_of_a_change_in_time(shop, monkeypatch):
    assert Brand.at(HOST).name == "The Shop"
    Brand.objects.filter(pk=shop.pk).update(name="New name")
    assert Brand.at(HOST).name == "The Shop"

    monkeypatch.setattr(shelf, "SECONDS", 0)

    assert Brand.at(HOST).name == "New name"


# Colours


def test_the_colours_come_as_a_style_sheet_that_never_changes(shop):
    (address,) = re.findall(r'href="(/look/[^"]+)"', page("/account/login/", HOST))
    sheet = Client().get(address)

    assert sheet.headers["Content-Type"] == "text/css"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.content.decode() == colours.sheet(YELLOW)
    assert "/look/" not in page("/account/login/")


@pytest.mark.parametrize("name", ["ffee00", "ffee00-0000000000", "mine", "gggggg-1", "-"])
def test_a_style_sheet_that_was_not_named_here_is_not_made(db, name):
    assert Client().get(f"/look/{name}.css").status_code == 404


def test_the_first_letter_of_its_name_stands_in_the_tab(shop, house):
    Brand.objects.filter(pk=house.pk).update(name="«їжак» & Co")
    shelf.clear()
    signs = [
        re.search(r'rel="icon"[^>]+href="([^"]+)"', page("/account/login/", *host))[1]
        for host in ([HOST], [])
    ]
    drawn = Client().get(signs[0])

    assert signs[0].endswith("/T.svg")
    assert signs[1].endswith(f"/{quote('Ї')}.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert drawn.text.count(">T<") == 1
    assert colours.shades(YELLOW).brand[0] in drawn.text
    assert Client().get(signs[1]).status_code == 200


def test_without_a_name_of_its_own_the_desk_has_the_houses_sign(db):
    assert re.search(r'rel="icon"[^>]+href="/static/favicon[^"]*"', page("/account/login/"))


@pytest.mark.parametrize("letter", ["AB", "<", "&", "%20"])
def test_no_sign_is_drawn_of_anything_but_a_letter(db, letter):
    name = colours.sheet_name(YELLOW)

    assert Client().get(f"/signs/{name}/A.svg").status_code == 200
    assert Client().get(f"/signs/{name}/{letter}.svg").status_code == 404
    assert Client().get("/signs/ffee00-0000000000/A.svg").status_code == 404


@pytest.mark.parametrize("stored", ["red", "#fff}*{", "", "</styl"])
def test_a_stored_value_that_is_no_colour_harms_no_page(shop, stored):
    Brand.objects.filter(pk=shop.pk).update(accent=stored)
    shelf.clear()

    shown = page("/account/login/", HOST)

    assert "/look/" not in shown
    assert "The Shop" in shown


# Logos


def test_a_logo_is_shown_to_everybody_and_kept_by_browsers(shop):
    show_logo(shop, "logo", picture("WEBP"))

    (address,) = re.findall(r'src="(/logos/[^"]+)"', page("/account/login/", HOST))
    answer = Client().get(address)

    assert b"".join(answer) == picture("WEBP")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["Cache-Control"]
    assert 'alt="The Shop"' in page("/account/login/", HOST)


def test_a_new_logo_takes_the_place_of_the_old(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        show_logo(shop, "logo", picture("WEBP"))
    old = shop.logo.url
    with django_capture_on_commit_callbacks(execute=True):
        show_logo(shop, "logo", picture("WEBP"))

    assert shop.logo.url != old
    assert Client().get(old).status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_uploaded_logo_is_made_anew(desk, shop, kind):
    sent = form(picture=SimpleUploadedFile("logo.png", picture(kind, (3000, 1000))))
    path = reverse("admin:departments_brand_change", args=[shop.pk])

    assert desk.post(path, sent).status_code == 302

    shop.refresh_from_db()
    with Image.open(shop.logo) as kept:
        assert (kept.format, kept.size) == ("WEBP", (480, 160))


@pytest.mark.parametrize(
    "content",
    [SVG, b"%PDF-1.4", b"", picture()[:60], b"GIF89a" + b"\xff" * 40],
    ids=["svg", "pdf", "empty", "cut", "nonsense"],
)
def test_what_is_no_picture_is_no_logo(desk, shop, content):
    path = reverse("admin:departments_brand_change", args=[shop.pk])
    answer = desk.post(path, form(picture=SimpleUploadedFile("logo.png", content, "image/png")))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["picture"]
    shop.refresh_from_db()
    assert not shop.logo


def test_a_bomb_is_not_unpacked(desk, shop):
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    path = reverse("admin:departments_brand_change", args=[shop.pk])

    answer = desk.post(path, form(picture=SimpleUploadedFile("logo.png", bomb.getvalue())))

    assert "no picture that we can show" in answer.content.decode()


def test_a_logo_is_taken_away_again(desk, shop):
    show_logo(shop, "logo", picture("WEBP"))
    path = reverse("admin:departments_brand_change", args=[shop.pk])
    assert "Currently" in desk.get(path).content.decode()

    desk.post(path, form(**{"picture-clear": "on"}))

    shop.refresh_from_db()
    assert not shop.logo


# The administration


def test_the_brand_of_the_whole_desk_is_there_from_the_first_look(desk, db):
    path = reverse("admin:departments_brand_changelist")
    desk.get(path)
    desk.get(path)
    house = Brand.objects.get()
    change = reverse("admin:departments_brand_change", args=[house.pk])
    page = desk.get(change).content.decode()

    assert 'name="host"' not in page
    assert 'name="departments"' not in page
    assert desk.post(change, form(name="Our House")).status_code == 302
    house.refresh_from_db()
    assert (house.name, house.host) == ("Our House", "")
    assert "Our House" in desk.get("/admin/").content.decode()
    delete = reverse("admin:departments_brand_delete", args=[house.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403


def test_a_brand_is_made_with_its_departments(desk, house, hosting):
    desk.post(ADD, form(host=" HTTPS://Help.Shop.example/ ", departments=[hosting.pk]))

    shop = Brand.objects.get(host=HOST)
    hosting.refresh_from_db()
    assert hosting.brand == shop
    assert desk.post(reverse("admin:departments_brand_delete", args=[shop.pk]), {"post": "yes"})
    hosting.refresh_from_db()
    assert hosting.brand is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"host": ""}, "This field is required."),
        ({"host": "no name"}, "is no host name."),
        ({"host": "testserver"}, "This is the address of the whole desk."),
        ({"host": "other.example"}, "does not answer to other.example yet"),
        ({"name": ""}, "needs a name"),
        ({"accent": "red"}, "Enter a valid value."),
        ({"sender_name": {"uk": "{agent} {oops}"}}, "Only these can stand in braces"),
        ({"automatic_sender_name": {"en": "{agent}"}}, "Only these can stand in braces"),
        ({"imprint_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_would_not_work_is_refused_with_a_sentence(desk, house, said, sentence):
    shown = desk.post(ADD, form(**said)).content.decode()

    assert sentence in shown
    assert Brand.objects.count() == 1


def test_a_department_has_one_brand(desk, shop, hosting, settings):
    settings.ALLOWED_HOSTS = ["testserver", HOST, "second.example"]

    shown = desk.post(ADD, form(host="second.example", departments=[hosting.pk]))

    assert "Hosting belongs to The Shop already." in shown.content.decode()
    hosting.refresh_from_db()
    assert hosting.brand == shop


def test_the_preview_says_how_well_a_colour_is_read(desk, house):
    shown = desk.get("/admin/departments/brand/look/", {"accent": YELLOW, "brand": house.pk})

    assert colours.sheet_name(YELLOW) in shown.content.decode()
    assert "by 4.6 to 1 on light pages" in shown.content.decode()
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    for odd in ("", "red", "#fff}"):
        assert desk.get("/admin/departments/brand/look/", {"accent": odd}).status_code == 200


def test_agents_change_no_brand(enter, ada, house):
    for path in (ADD, "/admin/departments/brand/look/"):
        assert enter(ada).get(path, follow=True).status_code == 403


# The portal of a brand


@pytest.fixture
def topics(billing, hosting):
    for place in (billing, hosting):
        Category.objects.create(
            slug=place.slug,
            name={"en": f"About {place}"},
            department=place,
            wanted_evidence={"en": f"Evidence for {place}"},
        )


@pytest.mark.parametrize(
    ("host", "offered", "hidden"),
    [("testserver", "Billing", "Hosting"), (HOST, "Hosting", "Billing")],
)
def test_the_form_offers_the_topics_of_the_brand(
    shop, topics, mallory, enter, host, offered, hidden
):
    shown = page("/tickets/new/", host, enter(mallory))

    assert f"About {offered}" in shown
    assert f"Evidence for {offered}" in shown
    assert hidden not in shown
    assert ("Have your order at hand." in shown) == (host == HOST)


def test_a_desk_with_one_brand_offers_all(house, topics, mallory, enter):
    shown = page("/tickets/new/", by=enter(mallory))

    assert "About Billing" in shown
    assert "About Hosting" in shown


def test_a_topic_of_another_brand_is_refused(shop, topics, mallory, enter):
    foreign = Category.objects.get(slug="billing")
    said = {"subject": "Order 4711", "body": "Where is it?", "category": foreign.pk, "advised": "x"}

    answer = enter(mallory).post("/tickets/new/", said, headers={"host": HOST})

    assert answer.status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("host", "place"), [("testserver", "billing"), (HOST, "hosting")])
def test_what_names_no_topic_goes_to_the_brands_first_department(
    shop, billing, mallory, enter, host, place
):
    said = {"subject": "Order 4711", "body": "Where is it?", "advised": "x"}

    enter(mallory).post("/tickets/new/", said, headers={"host": host})

    assert Ticket.objects.get().department.slug == place


def test_a_brand_without_departments_writes_to_triage(shop, billing):
    shop.departments.clear()

    assert Department.triage(shop) == billing


def test_a_brand_lists_its_own_and_the_desk_all(shop, billing, hosting, mallory, enter):
    for place in (billing, hosting):
        actions.open_ticket(
            customer=mallory, by=mallory, subject=f"To {place}", body="x", department=place
        )
    browser = enter(mallory)
    ours, theirs = page("/", by=browser), page("/", HOST, browser)

    assert "To Hosting" in theirs
    assert "To Billing" not in theirs
    assert "To Hosting" in ours
    assert "To Billing" in ours
    # A link in a letter opens everywhere: a ticket may have been moved since.
    number = Ticket.objects.get(department=billing).number
    assert "To Billing" in page(f"/tickets/{number}/", HOST, browser)


# Letters


@pytest.fixture
def asked(shop, hosting, mallory, linus):
    return actions.open_ticket(
        customer=mallory, by=mallory, subject="Order", body="Where?", department=hosting
    )


def letter(kind: str) -> OutboundEmail:
    return OutboundEmail.objects.get(kind=kind)


def test_letters_lead_to_the_brand_and_carry_its_names(asked, linus):
    actions.reply_to_ticket(asked, by=linus, body="On its way.")
    actions.solve_ticket(asked, by=linus)

    received, replied, solved = letter("received"), letter("replied"), letter("solved")
    assert received.sender_name == "The Shop, Hosting"
    assert replied.sender_name == "Linus Weber from The Shop"
    for row in (received, replied, solved):
        assert f"https://{HOST}/" in row.text
        assert "testserver" not in row.text + row.html + row.headers.get("List-Unsubscribe", "")


def test_agents_hear_from_the_desk_as_before(asked, linus, root):
    actions.assign_ticket(asked, to=linus, by=root)

    assert letter("assigned").sender_name == "Hosting"
    assert "https://testserver/agent/" in letter("assigned").text
    assert HOST not in letter("assigned").text


def test_letters_of_other_departments_stay_as_they_were(shop, ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Ось він.")

    assert letter("replied").sender_name == "Ada · Бухгалтерія"
    assert "https://testserver/" in letter("replied").text
    assert desk_url(ticket.department) == "https://testserver"


def test_a_sender_is_one_line_and_fills_no_placeholder_twice(shop, hosting):
    assert shop.sender(hosting, "{company}\r\nBcc: x") == "{company}\r\nBcc: x from The Shop"


def test_a_code_comes_from_the_brand_where_it_was_asked_for(shop, mallory, settings):
    settings.EMAIL_BACKEND = "mailgateway.backend.TrayBackend"
    for host, name in ((HOST, "The Shop"), ("testserver", "Our House")):
        OutboundEmail.objects.all().delete()
        Client().post("/account/login/code/", {"email": mallory.email}, headers={"host": host})
        assert letter("account").sender_name == name
        assert name in letter("account").text
