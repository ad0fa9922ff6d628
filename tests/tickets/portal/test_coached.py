"""Newcomers are helped to describe their problem, and never held up by it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from departments.models import Category, Service
from tests.tickets.portal.test_new_ticket import picture
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.coach import Topic
from tickets.models import CoachRule, Ticket, Upload

URL = "/tickets/new/"
HINTS = "/tickets/new/hints/"
HELPLESS = {"subject": "Не працює!!!", "body": "Допоможіть, нічого не працює"}
ENOUGH = {
    "subject": "Де взяти рахунок за жовтень",
    "body": "Рахунки за минулі місяці є в кабінеті, а за жовтень я його там не знайшла.",
}


@pytest.fixture(autouse=True)
def _carla_reads_english(carla):
    carla.language = "en"
    carla.save()


@pytest.fixture
def network(hosting, billing):
    category = Category.objects.create(slug="net", department=hosting, name={"en": "Network"})
    CoachRule.objects.create(
        category=category, topic=Topic.NETWORK, good_titles={"en": "vps-17: packets are lost"}
    )
    return category


def advised(page: str) -> str:
    return re.search(r'name="advised" value="([^"]+)"', page)[1]


def test_a_newcomer_is_advised_once_and_may_send_anyway(enter, carla, network):
    browser, typed = enter(carla), {**HELPLESS, "category": network.pk}

    page = browser.post(URL, typed)

    assert page.status_code == 422
    assert not Ticket.objects.exists()
    for said in (
        *HELPLESS.values(),
        f'value="{network.pk}" selected',
        "what does not work, and where?",
        "So that we need not ask: the number or name of the server.",
        "ping -n 20 server.example",
        "Send anyway",
    ):
        assert said in page.text
    sent = browser.post(URL, typed | {"advised": advised(page.text)})
    assert sent.url == f"/tickets/{Ticket.objects.get().number}/"


def test_who_says_enough_is_not_held_up(enter, carla, billing):
    enter(carla).post(URL, ENOUGH)

    assert Ticket.objects.get().events.get().details == {}


def test_the_files_of_a_form_that_is_sent_back_for_hints_stay_with_it(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(URL, {**HELPLESS, "files": [picture()]})
    assert not Ticket.objects.exists()

    uploads = page.context["form"]["uploads"].value()
    browser.post(URL, {**HELPLESS, "advised": advised(page.text), "uploads": uploads})

    assert Ticket.objects.get().messages.get().attachments.get().name == "знімок.png"


def test_who_mends_a_mistake_has_seen_the_hints_already(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(URL, HELPLESS | {"category": "9999"})

    browser.post(URL, HELPLESS | {"advised": advised(page.text)})

    assert Ticket.objects.exists()


def test_what_was_passed_over_is_told_to_agents_only(enter, carla, linus, network):
    typed = {**HELPLESS, "category": network.pk, "advised": "seen"}
    enter(carla).post(URL, typed)
    ticket = Ticket.objects.get()

    skipped = ticket.events.get().details["skipped"]
    page = enter(linus).get(f"/agent/tickets/{ticket.number}/").text
    own = enter(carla).get(f"/tickets/{ticket.number}/").text

    assert ["number", "server"] in skipped
    assert "Not said: the number or name of the server, when it began, the output of ping" in page
    assert "Not said" not in own


def test_hints_come_while_typing_and_only_about_what_was_begun(enter, carla, network):
    browser = enter(carla)

    nothing = browser.post(HINTS, {"subject": "", "body": "", "category": network.pk})
    title = browser.post(HINTS, {"subject": "Help", "body": "", "category": network.pk}).text
    both = {"subject": "Help", "body": "vps-17 is slow", "category": network.pk}
    more = browser.post(HINTS, both | {"advised": advised(title)}).text

    assert nothing.status_code == 204
    assert "what does not work" in title
    assert "ping" not in title
    assert "the output of ping" in more
    ping = actions.upload_file(IncomingFile("ping.txt", b"64 bytes", "text/plain"), by=carla)
    assert "the output of ping" not in browser.post(HINTS, both | {"uploads": ping.token}).text
    assert "<html" not in more
    # What stands there already is left alone: an opened explanation stays open.
    assert browser.post(HINTS, both | {"advised": advised(more)}).status_code == 204


def test_examples_of_titles_stand_beside_the_title(enter, carla, network):
    browser = enter(carla)

    assert "Help!!! Nothing works!" in browser.get(URL).text
    chosen = browser.get(f"/tickets/new/evidence/?category={network.pk}").text
    assert 'id="examples" hx-swap-oob="true"' in chosen.replace("\n", " ").replace("     ", "")
    assert "vps-17: packets are lost" in chosen
    assert "Help!!!" not in chosen


@pytest.fixture
def earlier(carla, billing):
    return actions.open_ticket(
        customer=carla, by=carla, subject="Не приходить рахунок за жовтень", body="4711"
    )


def test_an_earlier_ticket_about_the_same_is_offered_and_goes_on(enter, carla, earlier):
    browser = enter(carla)

    page = browser.post(URL, ENOUGH)

    assert page.status_code == 422
    assert f"Send this text to #{earlier.number}" in page.text
    browser.post(f"/tickets/{earlier.number}/answers/", ENOUGH)
    assert earlier.messages.latest("pk").text == f"{ENOUGH['subject']}\n\n{ENOUGH['body']}"
    assert Ticket.objects.get() == earlier


def test_a_solved_one_is_opened_again_and_a_very_old_one_goes_on_in_a_new(
    enter, carla, ada, earlier
):
    browser, address = enter(carla), f"/tickets/{earlier.number}/answers/"
    actions.close_ticket(earlier, by=ada)
    assert f"Send this text to #{earlier.number} and open it" in browser.post(HINTS, ENOUGH).text
    browser.post(address, ENOUGH)
    earlier.refresh_from_db()
    assert earlier.is_at_work

    actions.close_ticket(earlier, by=ada)
    Ticket.objects.filter(pk=earlier.pk).update(closed_at=timezone.now() - timedelta(days=15))
    offered = browser.post(HINTS, ENOUGH).text
    assert f"Go on from #{earlier.number} in a new request" in offered
    browser.post(address, ENOUGH)
    new = Ticket.objects.exclude(pk=earlier.pk).get()
    assert new.links_to.get().source == earlier
    assert new.messages.get().text.startswith(ENOUGH["subject"])


def test_the_same_product_needs_one_word_in_common(enter, carla, earlier):
    browser, vps = enter(carla), Service.objects.create(slug="vps", name={"en": "VPS"})
    typed = {"subject": "Змінився рахунок", "body": "Сума інша, ніж та, що була минулого року."}

    apart = browser.post(HINTS, typed | {"service": vps.pk}).text
    Ticket.objects.filter(pk=earlier.pk).update(service=vps)
    same = browser.post(HINTS, typed | {"service": vps.pk}).text

    assert f"#{earlier.number}" not in apart
    assert f"#{earlier.number}" in same


def test_mallory_learns_nothing_of_what_carla_wrote_before(enter, mallory, earlier):
    answer = enter(mallory).post(HINTS, ENOUGH)

    assert str(earlier.number) not in answer.text
    assert enter(mallory).post(URL, ENOUGH).status_code == 302


def test_only_the_newest_three_are_offered(enter, carla, billing, django_assert_max_num_queries):
    numbers = [
        actions.open_ticket(
            customer=carla, by=carla, subject="Рахунок за жовтень", body="4711"
        ).number
        for _turn in range(4)
    ]
    browser = enter(carla)

    with django_assert_max_num_queries(5):
        page = browser.post(HINTS, ENOUGH).text

    offered = [int(one) for one in re.findall(r"text to #(\d+)", page)]
    assert offered == numbers[:0:-1]


def test_the_page_asks_the_database_little(enter, carla, network, django_assert_max_num_queries):
    browser = enter(carla)

    with django_assert_max_num_queries(10):
        browser.get(f"{URL}?category={network.pk}")


TWO = {
    "subject": "Сайт і пошта не працюють",
    "body": "Сайт example.org не відкривається з учора, помилка 502.\n\n"
    "Також не можемо увійти в поштову скриньку, пише помилку 535.",
}
PARTS = "/tickets/new/parts/"


def divided(page) -> dict[str, str]:
    """What a browser would send back of the page with the parts."""
    forms = page.context["parts"].forms
    return {
        "parts-TOTAL_FORMS": str(len(forms)),
        "parts-INITIAL_FORMS": str(len(forms)),
        **{
            f"{form.prefix}-{name}": form[name].value()
            for form in forms
            for name in ("subject", "body")
        },
    }


def test_two_problems_become_two_tickets(enter, carla, network):
    browser = enter(carla)
    stopped = browser.post(URL, TWO | {"category": network.pk})
    assert f'formaction="{PARTS}"' in stopped.text

    page = browser.post(PARTS, TWO | {"category": network.pk})
    assert "Сайт example.org не відкривається" in page.text
    assert f'value="{network.pk}" selected' in page.text
    sent = divided(page) | {"category": network.pk, "parts-1-files": [picture()]}
    assert browser.post(PARTS, sent).url == "/"

    site, mail = Ticket.objects.order_by("pk")
    assert (site.category, mail.category) == (network, network)
    assert "502" in site.messages.get().text
    assert "535" in mail.messages.get().text
    assert (site.has_files, mail.has_files) == (False, True)
    assert site.links_from.get().target == mail
    assert ["number", "server"] not in site.events.get().details["skipped"]
    assert ["number", "server"] in mail.events.get().details["skipped"]


def test_a_matter_that_was_emptied_is_left_out_but_one_must_stay(enter, carla, billing):
    browser = enter(carla)
    sent = divided(browser.post(PARTS, TWO))
    second = {"parts-1-subject": "", "parts-1-body": ""}
    none = {"parts-0-subject": "", "parts-0-body": ""}

    refused = browser.post(PARTS, sent | second | none)
    assert refused.status_code == 422
    assert "Write down what it is about" in refused.text
    half = browser.post(PARTS, sent | {"parts-1-body": ""})
    assert half.status_code == 422
    assert not Ticket.objects.exists()
    browser.post(PARTS, sent | second)
    assert "502" in Ticket.objects.get().messages.get().text


def test_more_matters_than_a_text_is_divided_into_are_refused(enter, carla, billing):
    many = {"parts-TOTAL_FORMS": "9", "parts-INITIAL_FORMS": "0"}
    many |= {f"parts-{at}-subject": "Matter" for at in range(9)}
    many |= {f"parts-{at}-body": "Something" for at in range(9)}

    assert enter(carla).post(PARTS, many).status_code == 422
    assert not Ticket.objects.exists()


def test_a_text_about_one_thing_stays_whole_there(enter, carla, billing):
    (only,) = enter(carla).post(PARTS, ENOUGH).context["parts"].initial

    assert only == ENOUGH


def test_the_files_of_a_divided_text_stand_with_its_first_matter(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(PARTS, {**TWO, "files": [picture()]})
    first, second = page.context["parts"]
    assert [one.name for one in first.beside] == ["знімок.png"]
    assert second.beside == []

    tokens = first["uploads"].value()
    browser.post(PARTS, divided(page) | {"parts-0-uploads": tokens})

    with_file = Ticket.objects.get(has_files=True)
    assert "502" in with_file.messages.get().text
    assert not Upload.objects.exists()


def test_the_parts_wait_behind_a_sign_in_as_other_texts_do(client, enter, carla, billing):
    sent = divided(enter(carla).post(PARTS, TWO))

    assert client.post(PARTS, sent).url == f"/account/login/?next={PARTS}"
    client.force_login(carla)
    assert "помилку 535" in client.get(PARTS).text
    assert client.get(PARTS).url == URL


def test_a_session_that_ends_while_typing_loses_nothing(client, carla, billing):
    answer = client.post(HINTS, ENOUGH, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == f"/account/login/?next={URL}"
    client.force_login(carla)
    assert ENOUGH["body"] in client.get(URL).text
