"""Programs read and write tickets, each with the rights of its token's owner."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from departments.actions import retire_agent
from departments.models import ApiToken, Category, User
from tickets import actions, attachments
from tickets.models import Message, Ticket

ROOT = "/api/v1"


class Program:
    """Speaks JSON with somebody's token, and holds every answer against the description."""

    def __init__(self, secret: str):
        self.client = Client(headers={"authorization": f"Bearer {secret}"})
        self.description = Client().get(f"{ROOT}/openapi.json").json()

    def get(self, path, **query):
        return self.checked("get", path, self.client.get(f"{ROOT}{path}", query))

    def post(self, path, **body):
        response = self.client.post(f"{ROOT}{path}", body, content_type="application/json")
        return self.checked("post", path, response)

    def patch(self, path, **body):
        response = self.client.patch(f"{ROOT}{path}", body, content_type="application/json")
        return self.checked("patch", path, response)

    def checked(self, method, path, response):
        parts = ["{number}" if part.isdigit() else part for part in path.split("/")]
        described = self.description["paths"][f"{ROOT}{'/'.join(parts)}"][method]["responses"]
        schema = described[str(response.status_code)]["content"]["application/json"]["schema"]
        self.check(response.json(), schema)
        return response

    def check(self, value, schema, at="answer"):
        if "$ref" in schema:
            schema = self.description["components"]["schemas"][schema["$ref"].split("/")[-1]]
        if "anyOf" in schema:
            return any(self.fits(value, one, at) for one in schema["anyOf"]) or pytest.fail(at)
        kinds = {"string": str, "integer": int, "boolean": bool, "null": type(None)}
        kinds["number"] = float
        if "additionalProperties" in schema:
            for name, one in value.items():
                self.check(one, schema["additionalProperties"], f"{at}.{name}")
        elif schema["type"] == "object":
            assert isinstance(value, dict), at
            assert set(schema.get("required", [])) <= set(value) <= set(schema["properties"]), at
            for name, one in value.items():
                self.check(one, schema["properties"][name], f"{at}.{name}")
        elif schema["type"] == "array":
            for one in value:
                self.check(one, schema["items"], f"{at}[]")
        else:
            assert isinstance(value, kinds[schema["type"]]), at
            assert value in schema.get("enum", [value]), at
        return True

    def fits(self, value, schema, at):
        try:
            return self.check(value, schema, at)
        except AssertionError:
            return False


def program_of(user: User) -> Program:
    return Program(ApiToken.issue(user, "test")[1])


@pytest.fixture
def as_ada(ada):
    return program_of(ada)


@pytest.fixture
def as_carla(carla):
    return program_of(carla)


def test_without_a_token_nothing_is_said(db, ticket, enter, carla):
    for stranger in (Client(), Client(headers={"authorization": "Bearer desk_x"}), enter(carla)):
        response = stranger.get(f"{ROOT}/tickets")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert set(response.json()) == {"detail"}


def test_the_description_is_open_and_the_root_leads_to_it(db):
    assert Client().get(f"{ROOT}/").headers["Location"] == "openapi.json"
    assert Client().get(f"{ROOT}/openapi.json").json()["info"]["title"] == "Help desk"


def test_a_token_ends_with_its_day_and_with_its_owner(ada, carla, ticket):
    token, secret = ApiToken.issue(ada, "old")
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.get(f"{ROOT}/tickets").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get(f"{ROOT}/tickets").status_code == 401
    mine = Client(headers={"authorization": f"Bearer {ApiToken.issue(ada, 'new')[1]}"})
    retire_agent(ada)
    assert mine.get(f"{ROOT}/tickets").status_code == 401


def test_the_use_of_a_token_is_noted_once_a_minute(as_ada, ada, ticket):
    as_ada.get("/tickets")
    first = ada.api_tokens.get().last_used_at
    as_ada.get("/tickets")
    assert first is not None
    assert ada.api_tokens.get().last_used_at == first


def test_agents_see_their_departments_and_customers_their_own(
    ticket, as_ada, as_carla, linus, mallory
):
    assert [one["number"] for one in as_ada.get("/tickets").json()["tickets"]] == [ticket.number]
    assert [one["number"] for one in as_carla.get("/tickets").json()["tickets"]] == [ticket.number]
    for stranger in (linus, mallory):
        program = program_of(stranger)
        assert program.get("/tickets").json()["tickets"] == []
        for path in ("", "/messages"):
            assert program.get(f"/tickets/{ticket.number}{path}").status_code == 404
        for path in ("/replies", "/notes"):
            response = program.post(f"/tickets/{ticket.number}{path}", text="Hello")
            assert response.status_code == 404


def test_unknown_numbers_are_not_there(as_ada, ticket):
    assert as_ada.get("/tickets/999999").status_code == 404
    assert as_ada.client.get(f"{ROOT}/tickets/99999999999999999999").status_code == 404


def test_pages_turn_over_without_gaps_while_new_tickets_come_in(as_ada, carla, billing):
    opened = [
        actions.open_ticket(customer=carla, by=carla, subject=f"Nr {n}", body="Text").number
        for n in range(5)
    ]
    first = as_ada.get("/tickets", limit=2).json()
    actions.open_ticket(customer=carla, by=carla, subject="Later", body="Text")
    second = as_ada.get("/tickets", limit=2, next=first["next"]).json()
    third = as_ada.get("/tickets", limit=2, next=second["next"]).json()
    seen = [one["number"] for page in (first, second, third) for one in page["tickets"]]
    assert seen == opened[::-1]
    assert third["next"] is None
    assert as_ada.get("/tickets", next="10003").status_code == 422
    assert as_ada.get("/tickets", limit=1000).json()["problems"][0]["where"].endswith("limit")


def test_a_list_takes_the_same_few_queries_however_long(
    as_ada, carla, billing, django_assert_max_num_queries
):
    for n in range(6):
        actions.open_ticket(customer=carla, by=carla, subject=f"Nr {n}", body="Text")
    with django_assert_max_num_queries(8):
        as_ada.client.get(f"{ROOT}/tickets")


def test_the_filter_of_the_queue_narrows_the_list(as_ada, ada, ticket, carla):
    other = actions.open_ticket(
        customer=carla, by=carla, subject="Connection", body="Slow", priority=4
    )
    assert [
        one["number"] for one in as_ada.get("/tickets", priority="urgent").json()["tickets"]
    ] == [other.number]
    assert [one["number"] for one in as_ada.get("/tickets", q="рахунки").json()["tickets"]] == [
        ticket.number
    ]
    assert as_ada.get("/tickets", status="solved").json()["tickets"] == []
    refused = as_ada.get("/tickets", status="odd")
    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_notes_and_addresses_stay_with_agents(as_ada, as_carla, ada, ticket):
    actions.reply_to_ticket(ticket, by=ada, body="It is on its way.")
    actions.add_note(ticket, by=ada, body="She is in a hurry.")
    actions.tag_ticket(ticket, by=ada, add=["vip"])
    path = f"/tickets/{ticket.number}"
    inside = as_ada.get(f"{path}/messages").json()["messages"]
    outside = as_carla.get(f"{path}/messages").json()["messages"]
    assert [one["kind"] for one in inside] == ["reply", "reply", "note"]
    assert [one["kind"] for one in outside] == ["reply", "reply"]
    assert outside[1]["author"] == {"name": "Ada", "email": None}
    assert inside[1]["author"] == {"name": "Ada Kovalenko", "email": ada.email}
    assert as_ada.get(path).json()["tags"] == ["vip"]
    seen = as_carla.get(path).json()
    assert seen["tags"] == []
    assert seen["assignee"] == {"name": "Ada", "email": None}


def test_customers_learn_of_no_tag_by_asking_for_it(as_ada, as_carla, ticket, ada):
    actions.tag_ticket(ticket, by=ada, add=["vip"])

    assert len(as_ada.get("/tickets", tag="vip").json()["tickets"]) == 1
    assert as_carla.get("/tickets", tag="vip").json()["tickets"] == []


def test_a_customer_opens_a_ticket_of_their_own(as_carla, carla, hosting, billing):
    Category.objects.create(slug="server", name={"en": "Server"}, department=hosting)
    response = as_carla.post("/tickets", subject="Disk", text="<b>Broken</b>", category="server")
    assert response.status_code == 201
    opened = response.json()
    assert opened["customer"] == {"name": "Carla Bondar", "email": carla.email}
    assert (opened["department"], opened["channel"], opened["status"]) == ("hosting", "api", "new")
    assert "<b>" not in Message.objects.get(ticket=opened["number"]).html
    for more in (
        {"customer": "else@where.example"},
        {"department": "billing"},
        {"priority": "high"},
    ):
        response = as_carla.post("/tickets", subject="Disk", text="Broken", **more)
        assert response.status_code == 403
    assert Ticket.objects.count() == 1


def test_an_agent_opens_one_for_somebody_new(as_ada, ada, billing):
    response = as_ada.post(
        "/tickets",
        subject="Call of this morning",
        text="As we said on the phone",
        customer="New@Customer.example",
        customer_name="Nina",
        department="billing",
        priority="high",
    )
    assert response.status_code == 201
    opened = response.json()
    assert opened["customer"] == {"name": "Nina", "email": "new@customer.example"}
    assert opened["priority"] == "high"
    assert opened["assignee"]["email"] == ada.email


def test_a_refused_ticket_leaves_no_stranger_behind(as_ada, hosting, billing):
    for more, status in (({"department": "hosting"}, 403), ({"department": "nowhere"}, 422)):
        response = as_ada.post(
            "/tickets", subject="S", text="T", customer="new@customer.example", **more
        )
        assert response.status_code == status
    assert not User.objects.filter(email="new@customer.example").exists()


def test_what_cannot_be_understood_is_said_field_by_field(as_ada):
    response = as_ada.post("/tickets", subject=" ", customer="nobody")
    assert response.status_code == 422
    wrong = {problem["where"] for problem in response.json()["problems"]}
    assert wrong == {"body.new.subject", "body.new.text", "body.new.customer"}
    broken = as_ada.client.post(f"{ROOT}/tickets", "{", content_type="application/json")
    assert broken.status_code == 400
    assert broken.json()["detail"]


def test_replies_go_back_and_forth(as_ada, as_carla, ada, ticket):
    path = f"/tickets/{ticket.number}"
    said = as_ada.post(f"{path}/replies", text="It is attached.", then="solved", minutes_spent=3)
    assert said.status_code == 201
    assert said.json()["channel"] == "api"
    assert as_carla.get(path).json()["status"] == "solved"
    assert as_carla.post(f"{path}/replies", text="It is not.").status_code == 201
    assert as_carla.get(path).json()["status"] == "open"
    assert as_carla.post(f"{path}/replies", text="Hm", then="solved").status_code == 403
    assert as_carla.post(f"{path}/notes", text="Psst").status_code == 403
    noted = as_ada.post(f"{path}/notes", text="Psst")
    assert noted.json()["kind"] == "note"


def test_a_reply_to_what_was_closed_long_ago_opens_a_follow_up(as_carla, ada, ticket):
    actions.close_ticket(ticket, by=ada)
    Ticket.objects.update(closed_at=timezone.now() - timedelta(days=100))
    said = as_carla.post(f"/tickets/{ticket.number}/replies", text="Once more").json()
    assert said["ticket"] != ticket.number


def test_a_move_that_is_impossible_is_a_conflict(as_ada, ada, ticket):
    actions.close_ticket(ticket, by=ada)
    response = as_ada.post(f"/tickets/{ticket.number}/replies", text="Hello")
    assert response.status_code == 409
    assert "closed" in response.json()["detail"]


def test_files_come_with_the_same_token(as_ada, ada, mallory, ticket):
    upload = SimpleUploadedFile("журнал.log", "рядок".encode())
    actions.reply_to_ticket(ticket, by=ada, body="Log", files=attachments.accept([upload]))
    files = as_ada.get(f"/tickets/{ticket.number}/messages").json()["messages"][1]["files"]
    assert files[0]["name"] == "журнал.log"
    path = files[0]["url"].partition("8000")[2]
    response = as_ada.client.get(path)
    assert b"".join(response.streaming_content) == "рядок".encode()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert program_of(mallory).client.get(path).status_code == 404


def test_a_reply_may_leave_later(as_ada, as_carla, ticket):
    path = f"/tickets/{ticket.number}"
    monday = (timezone.now() + timedelta(days=3)).isoformat()

    later = as_ada.post(f"{path}/replies", text="On Monday.", send_at=monday)

    assert later.status_code == 201
    assert later.json()["kind"] == "later"
    assert len(as_carla.get(f"{path}/messages").json()["messages"]) == 1
    assert as_ada.post(f"{path}/replies", text="No", send_at="2099-01-01T09:00").status_code == 422
    assert as_carla.post(f"{path}/replies", text="No", send_at=monday).status_code == 403


def test_agents_ask_third_parties_and_customers_see_nothing(as_ada, as_carla, ticket):
    path, asked = f"/tickets/{ticket.number}", ticket.messages.get()

    sent = as_ada.post(
        f"{path}/forwards", to=["Print@shop.example"], text="Please", messages=[asked.pk]
    )

    assert sent.status_code == 201
    assert sent.json()["kind"] == "side"
    assert "4711" in sent.json()["quoted_text"]
    assert [one["kind"] for one in as_carla.get(f"{path}/messages").json()["messages"]] == ["reply"]
    unknown = as_ada.post(f"{path}/forwards", to=["print@shop.example"], messages=[1])
    assert unknown.status_code == 422
    refused = as_carla.post(f"{path}/forwards", to=["print@shop.example"], text="Please")
    assert refused.status_code == 403
