"""Guards of agents' and leads' pages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from departments.http import agent_required, lead_required


@agent_required
def for_agents(request):
    return HttpResponse("work")


@lead_required
def for_leads(request):
    return HttpResponse("lead")


@pytest.fixture
def ask():
    def by(page, person):
        request = RequestFactory().get("/somewhere/")
        request.user = person
        return page(request)

    return by


def test_agents_leads_and_administrators_may_work(ask, ada, grace, root):
    assert [ask(for_agents, one).content for one in (ada, grace, root)] == [b"work"] * 3


def test_only_leads_and_administrators_may_lead(ask, ada, grace, root):
    assert [ask(for_leads, one).content for one in (grace, root)] == [b"lead"] * 2
    with pytest.raises(PermissionDenied):
        ask(for_leads, ada)


def test_customers_and_those_who_left_may_neither(ask, carla, bo):
    for page in (for_agents, for_leads):
        for person in (carla, bo):
            with pytest.raises(PermissionDenied):
                ask(page, person)


def test_strangers_are_sent_to_sign_in(ask):
    answer = ask(for_agents, AnonymousUser())

    assert answer.status_code == 302
    assert answer.url == "/account/login/?next=/somewhere/"
