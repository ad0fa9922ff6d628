"""Rules and answers are set up; tickets are only looked at."""

from dataclasses import replace

import pytest
from django.urls import reverse

from departments.models import Category
from tests.tickets.custom_fields import make
from tickets.coach import SHIPPED, Evidence, Topic, Wishes
from tickets.models import (
    CannedReply,
    CoachRule,
    CustomField,
    EscalationRule,
    Event,
    Message,
    Ticket,
)


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


def multilingual(stem: str, **texts: str) -> dict[str, str]:
    return {f"{stem}_{code}": texts.get(code, "") for code in ("uk", "ru", "en", "de")}


def options(*keys: str) -> dict[str, str]:
    rows = {"options-TOTAL_FORMS": str(len(keys)), "options-INITIAL_FORMS": "0"}
    for number, key in enumerate(keys):
        stem = f"options-{number}"
        rows |= {f"{stem}-key": key, f"{stem}-order": "100", f"{stem}-is_active": "on"}
        rows |= multilingual(f"{stem}-label", en=key)
    return rows


def test_a_field_is_made_with_its_answers(desk, billing):
    path = reverse("admin:tickets_customfield_add")
    said = {"slug": "plan", "kind": "choice", "order": "1", "is_active": "on"}
    said |= {"departments": [billing.pk], **multilingual("name", en="Plan", uk="Тариф")}
    assert "Write down what can be chosen." in desk.post(path, said | options()).content.decode()
    response = desk.post(path, said | options("small", "large"))
    assert response.status_code == 302, response.context["errors"]
    [plan] = CustomField.objects.definitions()
    assert [one.key for one in plan.options] == ["small", "large"]
    assert (plan.departments, plan.categories) == ({billing.pk}, set())


@pytest.mark.parametrize("slug", ["Plan", "a__gte", "1st", "a.b", "plan_", "план", "a b"])
def test_a_short_name_is_one_that_addresses_and_placeholders_take(desk, slug):
    said = {"slug": slug, "kind": "text", "order": "1", **multilingual("name", en="Plan")}
    desk.post(reverse("admin:tickets_customfield_add"), said | options())
    assert not CustomField.objects.exists()


def test_a_field_keeps_its_short_name_and_kind_and_is_not_deleted(desk):
    field = make("amount", "number")
    said = {"slug": "sum", "kind": "text", "order": "7", **multilingual("name", en="Sum")}
    path = reverse("admin:tickets_customfield_change", args=[field.pk])
    assert desk.post(path, said | options()).status_code == 302
    field.refresh_from_db()
    assert (field.slug, field.kind, str(field), field.order) == ("amount", "number", "Sum", 7)
    delete = reverse("admin:tickets_customfield_delete", args=[field.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403


def test_an_answer_keeps_its_key(desk):
    field = make("plan", "choice", options=("small",))
    option = field.options.get()
    said = {"order": "1", **multilingual("name", en="Plan"), **options("tiny")}
    said |= {"options-INITIAL_FORMS": "1", "options-0-id": option.pk, "options-0-field": field.pk}
    page = desk.post(reverse("admin:tickets_customfield_change", args=[field.pk]), said)
    assert "It cannot be changed later." in page.content.decode()


def test_a_canned_reply_sets_only_what_fields_take(desk):
    make("amount", "number")
    path = reverse("admin:tickets_cannedreply_add")
    said = {"title": "Paid", "is_active": "on", **body(en="Thank you")}
    for wrong, sentence in (
        ('{"sum": 1}', "sum: There is no such field"),
        ('{"amount": "much"}', "amount: Write a number"),
        ("[1]", "Name fields and their values."),
    ):
        page = desk.post(path, said | {"sets_fields": wrong}).content.decode()
        assert sentence in page
    assert desk.post(path, said | {"sets_fields": '{"amount": "12,50"}'}).status_code == 302
    assert CannedReply.objects.get().sets_fields == {"amount": 12.5}


def test_a_rule_of_the_coach_begins_with_what_its_topic_needs(desk, hosting):
    slow = Category.objects.create(slug="slow", department=hosting, name={"en": "Slow"})
    path = reverse("admin:tickets_coachrule_add")
    said = {"category": slow.pk, "topic": "network", "masks": "cs?-####"}
    said |= multilingual("good_titles", en="vps-17: packets lost") | multilingual("bad_titles")
    response = desk.post(path, said)
    assert response.status_code == 302, response.context["errors"]
    shipped = SHIPPED[Topic.NETWORK]
    assert CoachRule.objects.get().wishes() == replace(shipped, masks=("cs?-####",))


def test_a_rule_leads_to_the_form_as_customers_have_it(desk, hosting):
    slow = Category.objects.create(slug="slow", department=hosting, name={"en": "Slow"})
    rule = CoachRule.objects.create(category=slow, topic=Topic.NETWORK, good_titles={"en": "ms"})

    page = desk.get(reverse("admin:tickets_coachrule_change", args=[rule.pk])).text
    address = f"/tickets/new/?category={slow.pk}"

    assert f'href="{address}"' in page
    assert "This helps: “ms”" in desk.get(address).text


def test_what_an_administrator_ticks_is_what_the_coach_wants(desk, hosting):
    slow = Category.objects.create(slug="slow", department=hosting, name={"en": "Slow"})
    rule = CoachRule.objects.create(category=slow, topic=Topic.NETWORK)
    path = reverse("admin:tickets_coachrule_change", args=[rule.pk])
    assert "the output of ping" in desk.get(path).content.decode()
    said = {"category": slow.pk, "topic": "network", "each_of": ["ping"], "one_of": ["log"]}
    said |= multilingual("good_titles") | multilingual("bad_titles")
    assert desk.post(path, said).status_code == 302
    rule.refresh_from_db()
    assert rule.wishes() == Wishes(evidence=((Evidence.PING,), (Evidence.LOG,)))


@pytest.mark.parametrize("topic", Topic)
def test_a_rule_says_what_was_shipped(hosting, topic):
    slow = Category.objects.create(slug="slow", department=hosting, name={"en": "Slow"})
    assert CoachRule.objects.create(category=slow, topic=topic).wishes() == SHIPPED[topic]
