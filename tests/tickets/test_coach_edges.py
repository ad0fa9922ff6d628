"""Where the coach begins to speak, and where it stops."""

import pytest

from tests.tickets.portal.test_coached import ENOUGH, HINTS
from tickets import actions
from tickets.coach import MOST_PARTS, SHIPPED, Attempt, Topic, Wishes, advise, divide, unsaid
from tickets.coach.evidence import mask_fits
from tickets.models import Ticket

STORY = "Since Monday the page loads slowly for everybody in the office, and we do not know why."


def codes(title="A title of some words", body=STORY, **wishes):
    return [hint.code for hint in advise(Attempt(title, body), Wishes(**wishes))]


@pytest.mark.parametrize(
    ("title", "hints"),
    [
        ("Disk loud", ["title_short"]),  # nine letters
        ("Disk noisy", []),
        ("Certificates", ["title_short"]),  # a single word
        ("SERVER WITHOUT NETWORK", ["title_capitals"]),
        ("Server VPS-17 without NETWORK since", []),
        ("SERVER WITHOUT NETWORK here", ["title_capitals"]),
        ("RAID VPS SSL of", []),  # names that are written so
    ],
)
def test_titles(title, hints):
    assert codes(title) == hints


@pytest.mark.parametrize(("letters", "hints"), [(49, ["story_short"]), (50, [])])
def test_a_story_has_fifty_letters(letters, hints):
    assert codes(body=STORY[:letters].ljust(letters, "x")) == hints


def test_who_has_hardly_begun_is_not_asked_what_changed_and_what_was_tried():
    assert codes(body="It is slow.", is_fault=True) == ["story_short", "no_when"]


def test_the_title_alone_does_not_say_what_changed():
    assert "no_change" in codes("Page is slow after the update", is_fault=True)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Server csa-1234 is down", True),
        ("server CSA-1234", True),
        ("csa-12345", False),
        ("xcsa-1234", False),
        ("cs1-1234", False),
    ],
)
def test_a_number_of_the_desks_own_shape_stands_by_itself(text, fits):
    assert mask_fits("cs?-####", text) is fits


def test_a_number_of_the_desks_own_shape_is_asked_for_no_longer():
    wishes = Wishes(numbers=SHIPPED[Topic.NETWORK].numbers, masks=("?/##",))

    assert advise(Attempt("Cable of rack Ж/1 loose", STORY), wishes)
    assert not advise(Attempt("Cable of rack Ж/12 loose", STORY), wishes)


def test_a_mask_of_nothing_fits_nothing():
    assert not mask_fits(" ", STORY)


def test_a_text_of_more_matters_than_fit_is_left_whole():
    def matters(count):
        return "\n".join(
            f"{at}. The invoice of month {at} is missing" for at in range(1, count + 1)
        )

    assert len(divide(matters(MOST_PARTS))) == MOST_PARTS
    assert divide(matters(MOST_PARTS + 1)) == []


def test_only_a_numbered_list_from_one_is_one():
    assert divide("3. The invoice is missing there\n4. The server is not reachable") == []


def test_a_hint_that_tells_agents_nothing_is_passed_over():
    assert unsaid([["title_short", ""], ["no_when", ""], ["gone", "x"]]) == ["when it began"]
    assert SHIPPED[Topic.QUESTION] == Wishes()


def test_what_was_merged_or_is_spam_is_not_offered_to_go_on_in(enter, carla, ada, billing):
    first, second, third = (
        actions.open_ticket(customer=carla, by=carla, subject=ENOUGH["subject"], body="4711")
        for _turn in range(3)
    )
    actions.merge_tickets(first, into=second, by=ada)
    actions.mark_as_spam(third, by=ada)

    offered = enter(carla).post(HINTS, ENOUGH).text

    assert f"#{second.number}" in offered
    assert f"#{first.number}" not in offered
    assert f"#{third.number}" not in offered


def test_one_word_in_common_is_not_enough_for_another_matter(enter, carla, billing):
    actions.open_ticket(customer=carla, by=carla, subject="Рахунок", body="4711")

    assert f"#{Ticket.objects.get().number}" not in enter(carla).post(HINTS, ENOUGH).text
