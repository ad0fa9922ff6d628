"""The administration: who enters, and what can be set up there."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from departments.models import (
    ApiToken,
    Category,
    Department,
    DeskSettings,
    Membership,
    Organisation,
    User,
    person_at,
)

INLINE_CODE = re.compile(
    rb"<[^>]+\s(style|on[a-z]+)=[\"']|<script(?![^>]*\bsrc=)(?![^>]*json)|<style"
)
NAME_INPUTS = {"uk": "Сервер", "en": "Server"}


@pytest.fixture
def desk(enter, root) -> Client:
    return enter(root)


def names(prefix: str, texts: dict[str, str]) -> dict[str, str]:
    """What the inputs of a multilingual field send."""
    return {f"{prefix}_{code}": texts.get(code, "") for code in ("uk", "ru", "en", "de")}


def no_rows(*prefixes: str) -> dict[str, str]:
    """What inlines without rows send."""
    return {
        f"{prefix}-{name}": "0" for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }


def test_the_desks_own_sign_in_stands_before_it(db):
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/login/")
    assert "/admin/" in response.redirect_chain[-1][0]
    password = {"username": "root@desk.example", "password": "correct horse"}
    assert Client().post("/admin/login/", password).headers["Location"].startswith("/account/")


def test_it_sends_nobody_to_foreign_places(desk):
    for place in ("https://elsewhere.example/", "//elsewhere.example"):
        assert desk.get("/admin/login/", {"next": place}).headers["Location"] == "/admin/"


def test_agents_and_customers_are_refused(enter, ada, carla):
    for person in (ada, carla):
        browser = enter(person)
        assert browser.get("/admin/login/?next=/admin/").status_code == 403
        assert browser.get("/admin/", follow=True).status_code == 403
        path = reverse("admin:departments_user_changelist")
        assert browser.get(path, follow=True).status_code == 403


def test_every_page_opens_without_inline_code(desk, ticket, ada, settings):
    paths = [reverse("admin:index")]
    for model, page in admin.site._registry.items():
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths.append(reverse(f"{stem}_changelist"))
        if page.has_add_permission(type("Request", (), {"user": User(is_superuser=True)})()):
            paths.append(reverse(f"{stem}_add"))
        if first := model._default_manager.first():
            paths.append(reverse(f"{stem}_change", args=[first.pk]))
    for path in paths:
        response = desk.get(path, follow=True)  # of what there is one, the list leads to it
        assert response.status_code == 200, path
        assert not (found := INLINE_CODE.search(response.content)), (path, found)
    assert len(paths) > 40


def test_the_index_speaks_of_what_things_are_for(desk):
    page = desk.get("/admin/").content.decode()
    titles = ("Departments and agents", "Mail", "Promises and answers", "Tickets, only to look at")
    places = [page.index(f">{title}<") for title in titles]
    assert places == sorted(places)


def test_a_department_is_made_with_members_and_targets(desk, ada):
    response = desk.post(
        reverse("admin:departments_department_add"),
        {
            "name": "Sales",
            "slug": "sales",
            "order": "30",
            "is_active": "on",
            **names("public_name", {"uk": "Відділ продажу"}),
            "signature": "{agent}",
            "close_after_days": "7",
            "follow_up_after_days": "14",
            **no_rows("memberships", "targets"),
            "memberships-TOTAL_FORMS": "1",
            "memberships-0-user": ada.pk,
            "memberships-0-role": "lead",
            "memberships-0-signature": "Ada",
            "targets-TOTAL_FORMS": "1",
            "targets-0-first_answer": "60",
        },
    )
    assert response.status_code == 302, response.context["errors"]
    sales = Department.objects.get(slug="sales")
    assert sales.public_name == {"uk": "Відділ продажу"}
    assert Membership.objects.get(department=sales).signature == "Ada"
    assert sales.targets.get().first_answer == 60


def test_a_second_triage_department_is_refused_with_a_sentence(desk, billing):
    response = desk.post(
        reverse("admin:departments_department_add"),
        {
            "name": "Other",
            "slug": "other",
            "order": "1",
            "is_triage": "on",
            "close_after_days": "7",
            "follow_up_after_days": "14",
            **names("public_name", {}),
            **no_rows("memberships", "targets"),
        },
    )
    assert "Another department receives these tickets already." in response.content.decode()


def test_a_department_with_tickets_is_not_deleted(desk, ticket, billing):
    path = reverse("admin:departments_department_delete", args=[billing.pk])
    assert b"Cannot delete department" in desk.get(path).content
    desk.post(path, {"post": "yes"})
    assert Department.objects.filter(pk=billing.pk).exists()


def test_names_have_one_labelled_input_a_language(desk, billing):
    path = reverse("admin:departments_category_add")
    page = desk.get(path).content.decode()
    assert 'name="initial-' not in page
    for code, name in (("uk", "Українська"), ("ru", "Русский"), ("de", "Deutsch")):
        field = re.search(rf'<input[^>]*name="name_{code}"[^>]*>', page)[0]
        key = re.search(r'id="([^"]+)"', field)[1]
        assert f'<label for="{key}">{name}</label>' in page
        assert f'lang="{code}"' in field
        assert "required" not in field
    response = desk.post(
        path,
        {
            "slug": "server",
            "department": billing.pk,
            "order": "1",
            "is_active": "on",
            **names("name", NAME_INPUTS),
            **names("wanted_evidence", {}),
        },
    )
    assert response.status_code == 302
    assert Category.objects.get().name == NAME_INPUTS


def test_a_name_is_needed_in_one_language_at_least(desk, billing):
    response = desk.post(
        reverse("admin:departments_category_add"),
        {"slug": "server", "department": billing.pk, "order": "1", **names("name", {})},
    )
    assert response.status_code == 200
    assert "name" in response.context["adminform"].form.errors


def test_people_are_added_by_address_and_never_deleted(desk, carla):
    response = desk.post(
        reverse("admin:departments_user_add"),
        {"email": "Nina@Desk.example", "name": "Nina", "usable_password": "false"},
    )
    assert response.status_code == 302, response.context["errors"]
    nina = User.objects.get(email="nina@desk.example")
    assert not nina.has_usable_password()
    assert desk.get(reverse("admin:departments_user_change", args=[nina.pk])).status_code == 200
    assert desk.get(reverse("admin:departments_user_delete", args=[carla.pk])).status_code == 403
    assert b"delete_selected" not in desk.get(reverse("admin:departments_user_changelist")).content


def act(desk: Client, page: str, action: str, *rows) -> str:
    """Choose `rows` in the list, do `action`; the page afterwards."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(reverse(f"admin:{page}_changelist"), chosen, follow=True).content.decode()


def test_an_agent_is_switched_off_and_on_and_keeps_their_name(desk, ada):
    ApiToken.issue(ada, "old")
    assert "1 person was switched off." in act(desk, "departments_agent", "switch_off", ada)
    ada.refresh_from_db()
    assert not ada.is_active
    assert not ada.api_tokens.exists()
    act(desk, "departments_user", "switch_on", ada)
    ada.refresh_from_db()
    assert ada.is_active


def test_the_last_administrator_stays(desk, root):
    page = act(desk, "departments_user", "switch_off", root)
    assert "The last administrator cannot be switched off." in page
    root.refresh_from_db()
    assert root.is_active


def test_a_clerk_with_rights_over_people_cannot_become_administrator(enter, carla, root, db):
    from django.contrib.auth.models import Permission

    clerk = User.objects.create_user("clerk@desk.example", "correct horse", is_staff=True)
    rights = Permission.objects.filter(codename__in=["change_user", "view_user"])
    clerk.user_permissions.set(rights)
    browser = enter(clerk)
    mine = reverse("admin:departments_user_change", args=[clerk.pk])
    form = browser.get(mine).context["adminform"].form
    assert not {"is_superuser", "is_staff", "user_permissions"} & set(form.fields)
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert browser.get(password).status_code == 403
    assert "Only an administrator" in act(browser, "departments_user", "switch_off", root) or (
        User.objects.get(pk=root.pk).is_active
    )


def test_an_organisations_domains_are_domains_of_its_own(desk):
    path = reverse("admin:departments_organisation_add")
    desk.post(path, {"name": "Customer", "domains": "Customer.example, @shop.example"})
    assert Organisation.objects.get().domains == ["customer.example", "shop.example"]
    for domains, sentence in (
        ("not a domain", "is no domain"),
        ("shop.example", "belongs to Customer already"),
    ):
        page = desk.post(path, {"name": "Other", "domains": domains}).content.decode()
        assert sentence in page


def test_a_token_is_shown_once(desk, ada):
    response = desk.post(
        reverse("admin:departments_apitoken_add"), {"user": ada.pk, "name": "Shop"}, follow=True
    )
    secret = re.search(r"desk_[\w-]{20,}", response.content.decode())[0]
    token = ApiToken.objects.get()
    assert token.digest == ApiToken.digest_of(secret)
    page = desk.get(reverse("admin:departments_apitoken_change", args=[token.pk]))
    assert secret not in page.content.decode()


def test_hours_refuse_a_stretch_that_ends_before_it_begins(desk):
    response = desk.post(
        reverse("admin:departments_openinghours_add"),
        {
            "name": "Office",
            "time_zone": "Europe/Kyiw",
            **no_rows("slots", "holidays"),
            "slots-TOTAL_FORMS": "1",
            "slots-0-weekday": "0",
            "slots-0-opens": "18:00",
            "slots-0-closes": "09:00",
        },
    )
    page = response.content.decode()
    assert "Must be later than the opening." in page
    assert "Unknown time zone" in page


def test_the_settings_of_the_desk_open_as_one_form(desk):
    page = desk.get(reverse("admin:departments_desksettings_changelist"), follow=True)

    desk.post(
        page.redirect_chain[-1][0],
        {
            "writers": "known",
            "messages_per_hour": "60",
            "rating_change_days": "2",
            "rating_reminder_days": "0",
            "file_kinds": ["png", "pdf"],
        },
    )

    assert DeskSettings.objects.count() == 1
    assert DeskSettings.current().writers == DeskSettings.Writers.KNOWN
    assert desk.get(reverse("admin:departments_desksettings_add")).status_code == 403


def test_an_address_that_is_corrected_lets_nobody_in_any_more(desk, carla, enter):
    EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)
    stranger = enter(carla)

    said = {"email": "carla@home.example", "name": carla.name, "theme": "system"}
    page = reverse("admin:departments_user_change", args=[carla.pk])
    answer = desk.post(page, said | no_rows("memberships"), follow=True)

    assert "Carla Bondar was signed out everywhere" in answer.text
    assert stranger.get("/").status_code == 302
    assert person_at("carla@customer.example") is None
    assert person_at("carla@home.example") == carla


def test_whoever_corrects_the_own_address_stays_signed_in(desk, root):
    said = {"email": "root@home.example", "name": "Root", "theme": "system", "is_superuser": "on"}
    page = reverse("admin:departments_user_change", args=[root.pk])
    desk.post(page, said | {"is_staff": "on"} | no_rows("memberships"))

    assert person_at("root@home.example") == root
    assert desk.get(page).status_code == 200
