"""A brand is found by the host name that was asked for, however it is written."""

import pytest

from departments.models import Brand


@pytest.fixture
def shop(hosting):
    made = Brand.objects.create(name="The Shop", host="help.shop.example")
    made.departments.add(hosting)
    return made


@pytest.fixture
def house(db):
    return Brand.objects.create(name="Our House")


@pytest.mark.parametrize(
    "host", ["help.shop.example", "HELP.Shop.example", "help.shop.example:8443"]
)
def test_case_and_port_do_not_matter(house, shop, host):
    assert Brand.at(host) == shop


@pytest.mark.parametrize("host", ["shop.example", "xhelp.shop.example", "help.shop.example.x", ""])
def test_other_names_are_the_whole_desks(house, shop, host):
    assert Brand.at(host) == house


def test_a_port_of_its_own_is_a_name_of_its_own(house, shop):
    other = Brand.objects.create(name="Beta", host="help.shop.example:8443")

    assert Brand.at("help.shop.example:8443") == other
    assert Brand.at("help.shop.example") == shop


def test_a_department_without_a_brand_is_the_whole_desks(house, shop, billing, hosting):
    assert Brand.of(billing) == house
    assert Brand.of(hosting) == shop


def test_what_nobody_fills_is_left_out_of_a_sender(shop, hosting):
    shop.sender_name = {"en": "{agent} {gone}of {company}"}

    assert shop.sender(hosting, "Ada") == "Ada of The Shop"
