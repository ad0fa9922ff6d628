"""Every address of the desk and who gets in: one table, from which nothing may be missing [S14]."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from departments.actions import show_face, show_logo
from departments.addressing import token_of
from departments.models import ApiToken, Brand, Organisation, User
from helpdesk.lib import passes
from helpdesk.lib.colours import sheet_name
from knowledge.actions import add_picture, publish_text, save_text, start_article
from knowledge.models import Section
from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox
from tests.conftest import person
from tests.tickets.test_attachments import picture
from tickets import actions, bulk, guests
from tickets.attachments import IncomingFile, store_canned
from tickets.links import letters_link, rating_token, ticket_token
from tickets.models import CannedReply, EmbeddedForm, Rating, Ticket, Workspace

# Colleagues of Carla: where her organisation shares its tickets, and where it does not. A guest has
# the link out of a letter to her and typed the code that was mailed to her.
CAST = {"nobody", "carla", "mallory", "ada", "linus", "grace", "bo", "root"}
EVERYBODY = CAST | {"colleague", "colleague apart", "guest"}
SIGNED_IN = EVERYBODY - {"nobody", "bo", "guest"}
AGENTS = {"ada", "linus", "grace", "root"}
BILLING = {"ada", "grace", "root"}
LEADS = {"grace", "root"}
CUSTOMER = {"carla"}
READERS = CUSTOMER | BILLING | {"colleague"}
NOBODY: set[str] = set()

OPEN_PAGES = {
    "healthz",
    "readyz",
    "set_theme",
    "set_language",
    "account_login",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_reset_password",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_logout",
    "mfa_authenticate",
    "portal:rate",
    "portal:letters",
    "embed:form",
    # It leads back to the door below.
    "portal:door_code",
    "account_prove_address",
    # How the company looks is for everybody to see.
    "look",
    "sign",
    "logo",
    "help:home",
    "help:section",
    "help:article",
    "help:opinion",
    "help_picture",
    "sitemap",
    "robots",
    # A program shows no more than the address; what it reads is what Ada sees.
    "agent:feed",
    "api-1:openapi-json",
    "api-1:api-root",
}
OWN_PAGES = {
    "home",
    "account_profile",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "portal:home",
    "portal:news",
    "portal:new_ticket",
    "portal:evidence",
    "portal:hints",
    "portal:parts",
    "uploads",
}
AGENT_PAGES = {
    "agent:queue",
    "agent:view",
    "agent:workspaces",
    "agent:search",
    "agent:figures",
    "agent:profile",
    "agent:devices",
    "agent:notifications",
    "agent:live",
    "agent:new_ticket",
    "agent:new_fields",
    "agent:arrangement",
    "agent:known_customer",
    "agent:feeds",
    "agent:keys",
    "agent:me",
    "agent:bulk",
    "agent:palette",
    "agent:canned_replies",
    "agent:canned_export",
    "agent:macros_for_many",
    "agent:canned_import",
    "agent:new_canned_reply",
    # They lead on from a place in a list, also from a ticket that was moved away just now.
    "agent:next_ticket",
    "agent:previous_ticket",
    "articles:articles",
    "articles:new",
    "articles:text",
    "articles:preview",
    "articles:pictures",
    "articles:picture_removal",
}
# Of a published article: leads decide what readers see, and nobody deletes it.
ARTICLE_PAGES = {
    "articles:place": AGENTS,
    "articles:publication": LEADS,
    "articles:withdrawal": LEADS,
    "articles:deletion": AGENTS,
}
TICKET_PAGES = {
    "agent:ticket",
    "agent:news",
    "agent:lines",
    "agent:reading",
    "agent:print",
    "agent:files",
    "agent:quotation",
    "agent:presence",
    "agent:letter",
    "agent:article",
    "agent:resending",
    "agent:correction",
    "agent:replies",
    "agent:notes",
    "agent:forwards",
    "agent:departure",
    "agent:cancellation",
    "agent:drafts",
    "agent:canned_for_ticket",
    "agent:macro",
    "agent:suggestions",
    "agent:admission",
    "agent:relocation",
    "agent:undoing",
    "agent:assignment",
    "agent:department_of_ticket",
    "agent:priority",
    "agent:tags",
    "agent:category",
    "agent:fields",
    "agent:renaming",
    "agent:followers",
    "agent:copies",
    "agent:solution",
    "agent:hold",
    "agent:callback",
    "agent:call",
    "agent:reopening",
    "agent:closure",
    "agent:spam",
    "agent:escalation",
    "agent:merge",
    "agent:split",
    "agent:matters",
    "agent:links",
    "agent:link_removal",
    "agent:department",
}
CUSTOMER_PAGES = {
    "agent:customer",
    "agent:addresses",
    "agent:address_letter",
    "agent:main_address",
    "agent:address_removal",
    "agent:customer_merge",
    "agent:customer_merge_undo",
}
# Of Billing's canned reply; copies are for those who see it, changes for those who lead there.
CANNED_PAGES = {
    "agent:canned_reply": BILLING,
    "agent:canned_copy": BILLING,
    "agent:canned_switch": LEADS,
    "agent:canned_deletion": LEADS,
    "canned_file": BILLING,
}
LEDGER_PAGES = {
    "letters:letters",
    "letters:handling",
    "letters:letter",
    "letters:again",
    "letters:ticket",
}
# The letter that a message of a ticket was made of.
LETTERS_BEHIND = {"letters:raw", "letters:raw_of_message", "letters:reading"}
TABLE = {
    **dict.fromkeys(OPEN_PAGES, EVERYBODY),
    **dict.fromkeys(OWN_PAGES, SIGNED_IN),
    **dict.fromkeys(AGENT_PAGES, AGENTS),
    **dict.fromkeys(TICKET_PAGES, BILLING),
    **dict.fromkeys(CUSTOMER_PAGES, BILLING),
    # Agents ask for a proof; an administrator's word is one.
    "agent:address_vouching": {"root"},
    **CANNED_PAGES,
    **ARTICLE_PAGES,
    **dict.fromkeys(LEDGER_PAGES, LEADS),
    **dict.fromkeys(LETTERS_BEHIND, BILLING),
    # Only for those who have set up a second factor; here nobody has.
    "mfa_deactivate_totp": NOBODY,
    "mfa_view_recovery_codes": NOBODY,
    "mfa_download_recovery_codes": NOBODY,
    # A reply is taken back by its author, a workspace and an act on many belong to their owner.
    "agent:withdrawal": {"ada"},
    "agent:workspace": {"ada"},
    "upload_removal": {"ada"},
    "agent:workspace_deletion": {"ada"},
    "agent:workspace_settings": {"ada"},
    "agent:workspace_order": {"ada"},
    "agent:workspace_sharing_end": {"ada"},
    "agent:bulk_job": {"ada"},
    "agent:bulk_undo": {"ada"},
    "face": SIGNED_IN | {"guest"},
    "file": READERS | {"guest"},
    "small_file": READERS | {"guest"},
    "text_file": READERS | {"guest"},
    # A mailed code waits behind it; who has signed in and may not read the ticket gets none.
    "portal:door": EVERYBODY - {"mallory", "linus", "colleague apart"},
    "portal:ticket": CUSTOMER | {"colleague", "guest"},
    "portal:ticket_news": CUSTOMER | {"colleague", "guest"},
    "portal:answers": CUSTOMER | {"colleague", "guest"},
    "portal:solution": CUSTOMER | {"colleague", "guest"},
    "portal:reopening": CUSTOMER | {"colleague", "guest"},
    # Nobody votes for somebody else.
    "portal:ticket_rating": CUSTOMER | {"guest"},
    "portal:answer_rating": CUSTOMER | {"guest"},
    # A browser's session opens nothing here: only tokens do (below).
    "api-1:list_tickets": NOBODY,
    "api-1:open_ticket": NOBODY,
    "api-1:read_ticket": NOBODY,
    "api-1:change_ticket": NOBODY,
    "api-1:list_fields": NOBODY,
    "api-1:read_messages": NOBODY,
    "api-1:reply": NOBODY,
    "api-1:note": NOBODY,
    "api-1:forward": NOBODY,
    "api-1:fetch_file": NOBODY,
    "api-1:read_customer": NOBODY,
    "api-1:edit_customer": NOBODY,
}
API_BY_TOKEN = {
    "api-1:list_tickets": SIGNED_IN,
    "api-1:open_ticket": SIGNED_IN,
    "api-1:read_ticket": READERS,
    # The address of reading; that only agents change it is told in tests/tickets/api.
    "api-1:change_ticket": READERS,
    "api-1:list_fields": SIGNED_IN,
    "api-1:read_messages": READERS,
    "api-1:reply": READERS,
    "api-1:note": BILLING,
    "api-1:forward": BILLING,
    "api-1:fetch_file": READERS,
    "api-1:read_customer": BILLING,
    "api-1:edit_customer": BILLING,
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern
        elif pattern.namespace != "admin":
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern, inner)


PATTERNS = dict(addresses(get_resolver()))


@pytest.fixture
def scene(ticket, ada, carla, billing, linus, grace, bo, mallory, root, settings):
    """Carla's solved ticket in Billing with an answer, a file, and Ada's things around it."""
    carla.organisation = Organisation.objects.create(name="Akme", shares_tickets=True)
    carla.save()
    person("colleague@customer.example", "Colleague", organisation=carla.organisation)
    settings.DESK_UNDO_SECONDS = 600
    answer = actions.reply_to_ticket(
        ticket, by=carla, body="See file", files=[IncomingFile("a.png", picture())]
    )
    settings.DESK_UNDO_SECONDS = 0
    rated = actions.reply_to_ticket(ticket, by=ada, body="Here you are")
    settings.DESK_UNDO_SECONDS = 600
    own = actions.reply_to_ticket(ticket, by=ada, body="One more thing")
    actions.solve_ticket(ticket, by=ada)
    show_face(ada, b"face")
    later = actions.schedule_reply(
        ticket, by=ada, body="On Monday", leaves_at=timezone.now() + timedelta(days=3)
    )
    workspace = Workspace.objects.create(name="Mine", owner=ada, query="view=mine")
    canned = CannedReply.objects.create(title="Panel", body={"en": "x"}, department=billing)
    (canned_file,) = store_canned(canned, [IncomingFile("prices.txt", b"4711", "text/plain")])
    brand = Brand.objects.create()
    show_logo(brand, "logo", b"logo")
    mailbox = Mailbox.objects.create(
        name="Billing", address="billing@desk.example", department=billing
    )
    waiting = actions.add_address(carla, address="carla@home.example", by=ada)
    karla = person("karla@old.example", "Karla")
    actions.open_ticket(customer=karla, by=karla, subject="Old", body="Old", department=billing)
    merged = actions.merge_people(karla, into=carla, by=ada)
    shelf = Section.objects.create(slug="mail", name={"en": "Mail"})
    text = start_article(shelf, language="en", title="Mailboxes", html="<p>So</p>", by=ada)
    shown = add_picture(text.article, SimpleUploadedFile("a.png", picture()), by=ada)
    html = f'<p>So</p><img src="{shown.get_absolute_url()}">'
    text = save_text(text.article, language="en", title="Mailboxes", html=html, seen=1, by=ada)
    publish_text(text, seen=2, by=grace)
    letter = inbound.receive(mailbox, b"Subject: File\n\nSee file\n")
    InboundEmail.objects.update(ticket=ticket, message_pk=answer.pk, state="reply")
    return {
        "number": ticket.number,
        "other": ticket.number,
        "token": answer.attachments.get().token,
        "pk": own.pk,
        "event": ticket.events.latest("pk").pk,
        "message": rated.pk,
        "later": later.pk,
        "kind": "reply",
        "upload": actions.upload_file(
            IncomingFile("b.txt", b"log", "text/plain"), by=ada, ticket=ticket
        ).token,
        "workspace": workspace.pk,
        "canned": canned.pk,
        "canned_file": canned_file.token,
        "job": bulk.start([ticket.pk], act="take", arguments={}, by=ada).pk,
        "letter": letter.pk,
        "behind": answer.pk,
        "customer": carla.pk,
        "address": waiting.pk,
        "merged": merged.pk,
        "proof": token_of(waiting),
        "face": ada.face_url.rstrip("/").rpartition("/")[2],
        "logo": brand.logo.url.rstrip("/").rpartition("/")[2],
        "rating": rating_token(ticket, rated, carla),
        "feed": actions.renew_feed("mine", by=ada).token,
        "key": EmbeddedForm.objects.create(name="Shop", origins=["https://shop.example"]).key,
        "door": ticket_token(ticket, carla),
        "section": "mail",
        "article": "mailboxes",
        "language": "en",
        "text": text.article.pk,
        "shown": shown.token,
        "letters": letters_link(carla, "solved").rstrip("/").rpartition("/")[2],
    }


def address(name: str, scene: dict[str, object]) -> str:
    wanted = PATTERNS[name].pattern.converters
    values = dict(scene)
    if name.startswith("letters:"):
        values["pk"], values["message"] = scene["letter"], scene["behind"]
    if name in {"agent:departure", "agent:cancellation"}:
        values["pk"] = scene["later"]
    if "canned" in name:
        values["pk"], values["token"] = scene["canned"], scene["canned_file"]
    if "workspace" in name:
        values["pk"] = scene["workspace"]
    if name.startswith("agent:bulk_"):
        values["pk"] = scene["job"]
    if name == "upload_removal":
        values["token"] = scene["upload"]
    if name in CUSTOMER_PAGES | {
        "agent:address_vouching",
        "api-1:read_customer",
        "api-1:edit_customer",
    }:
        values["pk"] = scene["merged" if name == "agent:customer_merge_undo" else "customer"]
    if name == "account_prove_address":
        values["token"] = scene["proof"]
    if name == "face":
        values["token"] = scene["face"]
    if name == "portal:rate":
        values["token"] = scene["rating"]
    if name == "agent:feed":
        values["token"] = scene["feed"]
    if name.startswith("portal:door"):
        values["token"] = scene["door"]
    if name == "portal:letters":
        values["token"] = scene["letters"]
    if name in {"look", "sign"}:
        values |= {"name": sheet_name("#ffee00"), "letter": "A"}
    if name == "logo":
        values["token"] = scene["logo"]
    if name.startswith("articles:"):
        values["pk"] = scene["text"]
    if name in {"help_picture", "articles:picture_removal"}:
        values["token"] = scene["shown"]
    values["slug"] = "billing" if name == "agent:department" else "mine"
    url = reverse(name, kwargs={key: values[key] for key in wanted})
    return f"{url}?kind=ticket" if name == "agent:suggestions" else url


def stands_for(who: str, request: pytest.FixtureRequest) -> User:
    """The person behind a name of the table."""
    if who.startswith("colleague"):
        Organisation.objects.update(shares_tickets=who == "colleague")
        return User.objects.get(email="colleague@customer.example")
    return request.getfixturevalue(who)


def browser_of(who: str, request: pytest.FixtureRequest) -> Client:
    """A browser that one of the table sits before."""
    client = Client()
    if who == "guest":
        give_pass(client, request.getfixturevalue("ticket"))
    elif who != "nobody":
        client.force_login(stands_for(who, request))
    return client


def give_pass(client: Client, ticket: Ticket) -> None:
    """What typing the mailed code does (tests/tickets/portal/test_door.py)."""
    session = client.session
    until = time.time() + passes.LASTS
    session["passes"] = {f"ticket {ticket.pk}": [guests.mark_of(ticket.customer), until]}
    session.save()


SAID = {"text": "Said", "subject": "Said", "to": ["print@shop.example"]}


def let_in(client: Client, url: str, **headers: str) -> bool:
    """Whether GET, or else POST, is answered by anything but a closed door."""
    as_json = {"content_type": "application/json"} if url.startswith("/api/") else {}
    answer = client.get(url, headers=headers)
    if answer.status_code == 405:
        answer = client.post(url, SAID, headers=headers, **as_json)
    assert answer.status_code != 405, f"{url} takes neither GET nor POST"
    door = answer.get("Location", "")
    return not ("/login/?next=" in door or answer.status_code in {401, 403, 404})


def test_no_address_is_missing_from_the_table():
    assert set(PATTERNS) == set(TABLE)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_where_one_gets_in(who, scene, request):
    wrong = []
    for name, those in sorted(TABLE.items()):
        with transaction.atomic():
            if let_in(browser_of(who, request), address(name, scene)) != (who in those):
                wrong.append(name)
            transaction.set_rollback(True)

    assert wrong == []


@pytest.mark.parametrize("who", sorted(EVERYBODY - {"nobody", "guest"}))
def test_where_one_gets_in_with_a_token(who, scene, request):
    wrong = []
    for name, those in sorted(API_BY_TOKEN.items()):
        with transaction.atomic():
            _token, secret = ApiToken.issue(stands_for(who, request), "test")
            allowed = let_in(Client(), address(name, scene), authorization=f"Bearer {secret}")
            if allowed != (who in those):
                wrong.append(name)
            transaction.set_rollback(True)

    assert wrong == []


@pytest.mark.parametrize(
    "who", sorted(EVERYBODY - {"root", "nobody"}), ids=lambda who: f"{who} stays outside"
)
def test_the_administration_is_for_administrators(who, request, scene):
    client = browser_of(who, request)

    for path in ("/admin/", "/admin/tickets/ticket/", "/admin/mailgateway/inboundemail/"):
        assert not let_in(client, path), path


HERS = ("Не прийшов рахунок", "4711", "Carla Bondar", "carla@customer.example", "Here you are")
# Whoever has such a link may read what it says.
BY_LINK = {"portal:rate", "portal:letters", "account_prove_address", "agent:feed"}


@pytest.mark.parametrize("who", ["nobody", "mallory", "colleague apart", "guest elsewhere"])
def test_nothing_of_carla_stands_on_any_page_of_others_and_nothing_they_send_changes_it(
    who, scene, ticket, mallory, request
):
    other = actions.open_ticket(customer=mallory, by=mallory, subject="Other", body="Other")
    client = browser_of("nobody" if "guest" in who else who, request)
    if "guest" in who:
        give_pass(client, other)
        assert client.get(f"/tickets/{other.number}/").status_code == 200
    before = standing_of(ticket)
    told = []
    for name in sorted(set(TABLE) - BY_LINK - {"account_logout"}):
        url = address(name, scene)
        as_json = {"content_type": "application/json"} if url.startswith("/api/") else {}
        with transaction.atomic():
            for answer in (client.get(url), client.post(url, SAID, **as_json)):
                said = b"".join(answer) if answer.streaming else answer.content
                told += [(name, one) for one in HERS if one.encode() in said]
            assert standing_of(ticket) == before, name
            transaction.set_rollback(True)

    assert told == []


def standing_of(ticket: Ticket) -> list[object]:
    """All that somebody could change of it."""
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    rows = (ticket.messages, ticket.events, ticket.followers, Rating.objects.filter(ticket=ticket))
    return [row, *(list(one.values_list("pk", flat=True)) for one in rows)]


def test_a_stranger_learns_of_no_number(enter, mallory, scene):
    client = enter(mallory)
    real = client.get(reverse("portal:ticket", args=[scene["number"]]))
    made_up = client.get(reverse("portal:ticket", args=[99999]))

    assert real.status_code == made_up.status_code == 404
    token = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken[^A-Za-z0-9]+)[A-Za-z0-9]{64}')
    assert token.sub(b"", real.content) == token.sub(b"", made_up.content)
