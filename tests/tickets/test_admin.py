"""Rules and answers are set up; tickets are only looked at."""

import pytest
from django.urls import reverse

from tickets.models import CannedReply, EscalationRule, Event, Message, Ticket


@pytest.fixture
def desk(enter, root):
    return enter(root)


def body(**texts: str) -> dict[str, str]:
    return {f"body_{code}": texts.get(code, "") for code in ("uk", "ru", "en", "de")}


def test_a_canned_reply_with_a_placeholder_nobody_fills_is_refused(desk):
    path = reverse("admin:tickets_cannedreply_add")
    wrong = {"title": "Hello", **body(uk="Вітаю, {customer.nmae}!", en="Hello {agent.name}")}
    response = desk.post(path, wrong)
    page = response.content.decode()
    assert "Nobody fills these placeholders: {customer.nmae}." in page
    assert "Вітаю, {customer.nmae}!" in page
    right = {"title": "Hello", "is_active": "on", **body(uk="Вітаю, {customer.name}!")}
    assert desk.post(path, right).status_code == 302
    assert CannedReply.objects.get().body == {"uk": "Вітаю, {customer.name}!"}


def test_a_rule_is_made_with_its_steps(desk, grace):
    response = desk.post(
        reverse("admin:tickets_escalationrule_add"),
        {
            "name": "Late",
            "clock": "answer",
            "is_active": "on",
            "steps-TOTAL_FORMS": "1",
            "steps-INITIAL_FORMS": "0",
            "steps-0-offset_minutes": "-30",
            "steps-0-tells_assignee": "on",
            "steps-0-tells": [grace.pk],
        },
    )
    assert response.status_code == 302, response.context["errors"]
    step = EscalationRule.objects.get().steps.get()
    assert (step.offset_minutes, step.tells_lead, step.tells_assignee) == (-30, False, True)
    assert list(step.tells.all()) == [grace]


@pytest.mark.parametrize("model", [Ticket, Message, Event])
def test_what_verbs_made_is_only_looked_at(desk, ticket, model):
    row = model.objects.first()
    stem = f"admin:tickets_{model._meta.model_name}"
    page = reverse(f"{stem}_change", args=[row.pk])
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"subject": "Changed"}).status_code == 403
    assert desk.get(reverse(f"{stem}_add")).status_code == 403
    assert desk.post(reverse(f"{stem}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_a_ticket_is_found_by_number_and_by_part_of_a_name(desk, ticket):
    path = reverse("admin:tickets_ticket_changelist")
    for words in (str(ticket.number), "рахунок", "carla@"):
        assert ticket.subject in desk.get(path, {"q": words}).content.decode()
    assert ticket.subject not in desk.get(path, {"q": "nothing"}).content.decode()
