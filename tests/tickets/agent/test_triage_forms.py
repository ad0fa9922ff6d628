"""The side panel: every verb a form, and what comes back when it says no."""

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Category, User
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Event, Message, Ticket, TicketLink

PART = {"HX-Request": "true"}
EVERY = (
    *("assignment", "department_of_ticket", "priority", "tags", "category", "fields", "followers"),
    *("renaming", "copies", "solution", "hold", "reopening", "closure", "spam", "escalation"),
    *("merge", "split", "links"),
)


def address(ticket, name):
    return reverse(f"agent:{name}", args=[ticket.number])


@pytest.fixture
def do(ticket, ada, enter):
    """Send a form of the ticket's page as Ada; the ticket afterwards and the answer."""
    client = enter(ada)

    def send(name, data=None, **extra):
        response = client.post(address(ticket, name), data or {}, **extra)
        ticket.refresh_from_db()
        return response

    return send


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("who", "status"), [("linus", 404), ("carla", 403), ("mallory", 403), ("bo", 302)]
)
def test_strangers_reach_no_form(ticket, who, status, name, enter, request):
    client = enter(request.getfixturevalue(who))

    assert client.post(address(ticket, name), {"to": "1"}).status_code == status
    assert client.get(address(ticket, name)).status_code in {status, 405}
    assert ticket.events.count() == 1


def test_assigning_taking_and_letting_go(do, ticket, ada, grace):
    assert do("assignment", {"to": grace.pk}).headers["Location"] == address(ticket, "ticket")
    assert ticket.assignee == grace
    do("assignment", {"to": ada.pk})
    assert ticket.assignee == ada
    do("assignment", {"to": ""})
    assert ticket.assignee is None


def test_somebody_from_elsewhere_is_no_choice(do, ticket, linus):
    assert do("assignment", {"to": linus.pk}).status_code == 422
    assert ticket.assignee is None


def test_moving_it_away_leads_back_to_the_queue(do, ticket, hosting):
    response = do("department_of_ticket", {"to": hosting.pk})

    assert response.headers["Location"] == reverse("agent:queue")
    assert ticket.department == hosting


def test_htmx_is_led_away_by_a_header(do, hosting):
    response = do("department_of_ticket", {"to": hosting.pk}, headers=PART)

    assert response.headers["HX-Redirect"] == reverse("agent:queue")


def test_priority(do, ticket):
    do("priority", {"priority": "4"})
    assert ticket.priority == 4
    assert do("priority", {"priority": "9"}).status_code == 422


def test_tags_come_and_go(do, ticket):
    do("tags", {"add": "рахунки, VIP"})
    do("tags", {"remove": "vip"})

    assert [tag.name for tag in ticket.tags.all()] == ["рахунки"]


def test_category_and_service(do, ticket, billing):
    about = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)

    do("category", {"category": about.pk, "service": ""})

    assert ticket.category == about


def test_following_and_no_longer(do, ticket, ada):
    do("followers", {"who": ada.pk})
    assert ticket.followers.get().user == ada
    do("followers", {"who": ada.pk, "gone": "1"})
    assert not ticket.followers.exists()


def test_a_person_in_copy_need_not_be_known(do, ticket):
    do("copies", {"email": "New@Partner.example"})

    follower = ticket.followers.get()
    assert follower.in_copy
    assert follower.user == User.objects.get(email="new@partner.example")
    assert not follower.user.has_usable_password()


def test_a_wrong_address_comes_back_as_it_was_typed(do, ticket):
    response = do("copies", {"email": "carla@"})

    assert response.status_code == 422
    assert 'value="carla@"' in response.content.decode()
    assert not ticket.followers.exists()


def test_solving_reopening_closing(do, ticket):
    for name, status in (("solution", "solved"), ("reopening", "open"), ("closure", "closed")):
        do(name)
        assert ticket.status == status


def test_an_impossible_move_is_a_sentence(do, ticket):
    do("closure")

    response = do("solution")

    assert response.status_code == 422
    assert "This ticket is closed. Reopen it first" in response.content.decode()


def test_holding_counts_in_the_readers_time(do, ticket, ada):
    ada.time_zone = "America/New_York"
    ada.save()

    do("hold", {"until": "2099-01-05T09:00"})

    assert ticket.status == Status.ON_HOLD
    assert ticket.hold_until.astimezone(timezone.get_fixed_timezone(0)).hour == 14


def test_the_past_holds_nothing(do, ticket):
    response = do("hold", {"until": "2001-01-05T09:00"})

    assert response.status_code == 422
    assert 'value="2001-01-05T09:00"' in response.content.decode()
    assert ticket.status == Status.NEW


def test_spam(do, ticket):
    do("spam")
    assert ticket.status == Status.SPAM


def test_escalating_wants_a_reason(do, ticket):
    assert do("escalation", {"reason": " "}).status_code == 422
    do("escalation", {"reason": "Third time"})
    assert ticket.events.get(kind=Event.Kind.ESCALATED).details["reason"] == "Third time"


@pytest.mark.parametrize("typed", ["{}", "#{}", " # {} "])
def test_merging_into_a_number(do, ticket, carla, typed):
    target = actions.open_ticket(customer=carla, by=carla, subject="First", body="x")

    response = do("merge", {"into": typed.format(target.number)})

    assert response.headers["Location"] == address(target, "ticket")
    assert ticket.merged_into == target


@pytest.mark.parametrize("typed", ["99999", "abc", "#", "²", "9" * 25])
def test_a_number_that_is_not_there(do, ticket, typed):
    for name, field in (("merge", "into"), ("links", "to")):
        response = do(name, {field: typed})
        assert response.status_code == 422
        assert "in your departments" in response.content.decode()


def test_numbers_of_other_departments_are_not_there(do, ticket, linus, hosting):
    theirs = actions.open_ticket(
        customer=linus, by=linus, subject="Secret", body="x", department=hosting
    )

    response = do("merge", {"into": str(theirs.number)})

    assert response.status_code == 422
    assert "Secret" not in response.content.decode()


def test_linking(do, ticket, carla):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="x")

    do("links", {"to": f"#{other.number}"})

    assert TicketLink.objects.get().target == other


def test_splitting_chosen_messages(do, ticket, carla):
    second = actions.reply_to_ticket(ticket, by=carla, body="And the panel?")

    response = do("split", {"messages": [second.pk], "subject": "Panel"})

    new = Ticket.objects.latest("pk")
    assert response.headers["Location"] == address(new, "ticket")
    assert Message.objects.get(pk=second.pk).ticket == new


def test_splitting_nothing_keeps_the_subject(do, ticket):
    response = do("split", {"subject": "Typed already"})

    assert response.status_code == 422
    assert 'value="Typed already"' in response.content.decode()


def test_htmx_gets_the_parts_and_a_browser_the_page(do):
    part = do("priority", {"priority": "4"}, headers=PART, follow=True).content.decode()
    whole = do("priority", {"priority": "1"}, follow=True).content.decode()

    assert "<html" not in part
    assert 'id="sidebar"' in part
    assert 'id="thread" hx-swap-oob="true"' in part
    assert "<html" in whole


def test_a_refusal_reaches_htmx_as_well(do):
    do("closure")

    answer = do("solution", headers=PART)

    assert answer.status_code == 422
    assert "This ticket is closed" in answer.content.decode()


def test_the_last_act_is_taken_back_from_its_line(enter, ada, ticket):
    browser = enter(ada)
    actions.set_priority(ticket, priority=4, by=ada)
    event = ticket.events.get(kind=Event.Kind.PRIORITISED)
    page = browser.get(reverse("agent:ticket", args=[ticket.number])).content.decode()
    assert page.count("data-key-undo") == 1

    browser.post(reverse("agent:undoing", args=[ticket.number, event.pk]))

    ticket.refresh_from_db()
    assert ticket.priority == 2
    page = browser.get(reverse("agent:ticket", args=[ticket.number])).content.decode()
    assert "data-key-undo" not in page


def test_a_colleagues_act_is_not_offered_for_undoing(enter, ada, grace, ticket):
    actions.set_priority(ticket, priority=4, by=grace)

    page = enter(ada).get(reverse("agent:ticket", args=[ticket.number])).content.decode()

    assert "data-key-undo" not in page
