"""Answers kept ready: on one ticket, as the composer asks for them, and as pages of their own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tickets import actions
from tickets.attachments import IncomingFile, store_canned
from tickets.models import CannedReply, CannedUse, Event

ALL = "/agent/canned-replies/"
NEW = f"{ALL}new/"


def on(ticket):
    return reverse("agent:canned_for_ticket", args=[ticket.number])


def page_of(canned):
    return reverse("agent:canned_reply", args=[canned.pk])


def typed(title="Thanks", place="mine", **fields):
    """What the form sends."""
    texts = fields.pop("body", {"en": "Thanks, {customer.name}"})
    inputs = {f"body_{code}": text for code, text in enumerated(texts)}
    return {"title": title, "place": place, **inputs, **fields}


def enumerated(texts):
    return [(code, texts.get(code, "")) for code in ("uk", "ru", "en", "de")]


@pytest.fixture
def thanks(db):
    return CannedReply.objects.create(
        title="Thanks",
        body={"uk": "Дякуємо, {customer.name}! {ticket.number}", "en": "Thanks, {customer.nam}"},
    )


def test_it_is_filled_in_the_customers_language(ticket, thanks, ada, enter):
    answer = enter(ada).get(on(ticket), {"reply": thanks.pk}).content.decode()

    assert f'data-text="Дякуємо, Carla Bondar! #{ticket.number}"' in answer
    assert f'type="hidden" name="canned" value="{thanks.pk}"' in answer


def test_what_it_brings_can_be_left_out(ticket, thanks, ada, enter):
    CannedReply.objects.filter(pk=thanks.pk).update(sets_priority=3)
    (file,) = store_canned(thanks, [IncomingFile("prices.txt", b"4711", "text/plain")])

    answer = enter(ada).get(on(ticket), {"reply": thanks.pk}).content.decode()

    assert "sets the priority to “High”" in answer
    for name, key in (("canned", thanks.pk), ("canned_files", file.pk)):
        assert f'name="{name}"' in answer
        assert f'value="{key}"' in answer
    assert answer.count('type="checkbox"') == 2


def test_a_placeholder_that_nobody_fills_is_named(ticket, thanks, ada, enter):
    ticket.language = "en"
    ticket.save()

    page = enter(ada).get(on(ticket)).content.decode()

    assert '<mark class="unknown">{customer.nam}</mark>' in page
    assert "Nobody fills {customer.nam}." in page


def test_all_of_them_can_be_read(ticket, thanks, ada, enter):
    assert "Дякуємо, Carla Bondar!" in enter(ada).get(on(ticket)).content.decode()


def test_another_language_is_said_to_be_one(ticket, ada, enter):
    CannedReply.objects.create(title="Danke", body={"de": "Danke"})

    page = enter(ada).get(on(ticket)).content.decode()

    assert "taken instead: German" in page


def test_those_of_others_are_not_there(ticket, thanks, ada, grace, hosting, enter):
    thanks.owner = grace
    thanks.save()
    place = CannedReply.objects.create(title="Panel", body={"en": "x"}, department=hosting)
    gone = CannedReply.objects.create(title="Old", body={"en": "x"}, is_active=False)

    for one in (thanks, place, gone):
        assert enter(ada).get(on(ticket), {"reply": one.pk}).status_code == 404


def test_a_ticket_of_billing_offers_nothing_of_hosting_even_to_both(ticket, root, hosting, enter):
    CannedReply.objects.create(title="Panel password", body={"en": "x"}, department=hosting)

    for url in (on(ticket), reverse("agent:ticket", args=[ticket.number])):
        assert "Panel password" not in enter(root).get(url).content.decode()


@pytest.mark.parametrize(("who", "status"), [("linus", 404), ("carla", 403)])
def test_strangers_get_nothing(ticket, thanks, who, status, enter, request):
    client = enter(request.getfixturevalue(who))

    assert client.get(on(ticket), {"reply": thanks.pk}).status_code == status


def test_the_list_shows_what_one_sees(thanks, ada, linus, billing, enter):
    CannedReply.objects.create(title="Invoice", body={"uk": "x", "de": "x"}, department=billing)
    CannedReply.objects.create(title="Ada only", owner=ada, sets_priority=3)

    hers, his = (enter(who).get(ALL).content.decode() for who in (ada, linus))

    assert all(title in hers for title in ("Thanks", "Invoice", "Ada only", "uk de"))
    assert "macro without text" in hers
    assert "Thanks" in his
    assert "Invoice" not in his
    assert "Ada only" not in his


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Ada only", "Invoice", "Thanks"]),
        ({"q": "inv"}, ["Invoice"]),
        ({"q": "рахунок"}, ["Invoice"]),
        ({"whose": "mine"}, ["Ada only"]),
        ({"whose": "shared"}, ["Thanks"]),
        ({"whose": "department"}, ["Invoice"]),
        ({"state": "off"}, ["Old"]),
        ({"sort": "own"}, ["Thanks", "Ada only", "Invoice"]),
        ({"whose": "everybody"}, ["Ada only", "Invoice", "Thanks"]),
    ],
)
def test_the_list_is_filtered_and_sorted(thanks, ada, billing, enter, query, titles):
    CannedReply.objects.create(title="Invoice", body={"uk": "Рахунок"}, department=billing)
    CannedReply.objects.create(title="Ada only", owner=ada, body={"en": "x"})
    CannedReply.objects.create(title="Old", body={"en": "x"}, is_active=False)
    CannedUse.objects.create(canned=thanks, user=ada, times=3)

    page = enter(ada).get(ALL, query).context["page"]

    assert [one.title for one in page.object_list] == titles


def test_one_is_written_with_everything(ada, billing, enter):
    billing.members_keep_canned = True
    billing.save()
    file = SimpleUploadedFile("prices.txt", b"4711")

    enter(ada).post(
        NEW,
        typed(
            place=billing.pk,
            body={"uk": "Дякуємо", "de": "Danke"},
            adds_tags="Refund,  money ",
            removes_tags="late",
            sets_status="on_hold",
            holds_for_days=3,
            assigns="me",
            adds_note="Call {customer.name}",
            files=[file],
        ),
    )

    made = CannedReply.objects.get()
    assert (made.department, made.owner) == (billing, None)
    assert made.body == {"uk": "Дякуємо", "de": "Danke"}
    assert {one.name for one in made.adds_tags.all()} == {"refund", "money"}
    assert made.files.get().name == "prices.txt"
    assert made.acts == [
        "writes a note: “Call {customer.name}”",
        "adds the tags money, refund",
        "takes the tags late off",
        "puts it on hold for 3 days",
        "assigns it to you",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give it a title."),
        ({"body": {"en": "Dear {customer.nmae}"}}, "placeholders: {customer.nmae}."),
        ({"adds_note": "Call {phone}"}, "placeholders: {phone}."),
        ({"body": {}}, "Write a text, or choose what it does."),
        ({"sets_status": "on_hold"}, "Say for how many days"),
        ({"sets_status": "closed"}, "Select a valid choice"),
        ({"assigns": "person"}, "Choose whom."),
        ({"adds_tags": "a, b", "removes_tags": "B"}, "Added and taken off at once: b."),
        ({"place": "shared"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said(ada, enter, wrong, sentence):
    answer = enter(ada).post(NEW, typed(**wrong))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not CannedReply.objects.exists()


def test_a_file_that_is_none_is_refused(ada, enter):
    evil = SimpleUploadedFile("prices.pdf", b"MZ\x00\x01")

    answer = enter(ada).post(NEW, typed(files=[evil]))

    assert answer.status_code == 422
    assert "prices.pdf" in answer.content.decode()


def test_two_of_a_name_do_not_stand_in_one_place(ada, grace, thanks, enter):
    assert enter(grace).post(NEW, typed("thanks", "shared")).status_code == 422
    assert enter(ada).post(NEW, typed("thanks", "mine")).status_code == 302


@pytest.mark.parametrize(
    ("who", "place", "allowed"),
    [
        ("ada", "mine", True),
        ("ada", "billing", False),
        ("ada", "shared", False),
        ("grace", "billing", True),
        ("grace", "shared", True),
        ("grace", "hosting", False),
        ("root", "hosting", True),
    ],
)
def test_who_writes_where(billing, hosting, who, place, allowed, enter, request):
    by = request.getfixturevalue(who)
    places = {"billing": billing.pk, "hosting": hosting.pk}

    answer = enter(by).post(NEW, typed(place=places.get(place, place)))

    assert (answer.status_code == 302) is allowed
    assert CannedReply.objects.exists() is allowed


def test_a_member_reads_and_copies_what_only_leads_change(ada, thanks, enter):
    client = enter(ada)
    store_canned(thanks, [IncomingFile("prices.txt", b"4711", "text/plain")])

    page = client.get(page_of(thanks)).content.decode()
    assert "canned-form" not in page
    assert "Copy for me" in page
    assert client.post(page_of(thanks), typed("Hijacked")).status_code == 403
    copied = client.post(reverse("agent:canned_copy", args=[thanks.pk]))

    copy = CannedReply.objects.get(owner=ada)
    assert copied.headers["Location"] == page_of(copy)
    assert (copy.title, copy.body) == ("Thanks (copy)", thanks.body)
    assert copy.files.get().sha256 == thanks.files.get().sha256
    thanks.refresh_from_db()
    assert thanks.title == "Thanks"


def test_it_is_tried_on_a_ticket_before_it_is_saved(ticket, ada, enter):
    tried = typed(body={"uk": "Вітаю, {customer.first_name}! {customer.nmae}"}, preview="1")

    answer = enter(ada).post(NEW, {**tried, "sample": f"#{ticket.number}"})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Вітаю, Carla!" in page
    assert '<mark class="unknown">{customer.nmae}</mark>' in page
    assert not CannedReply.objects.exists()


def test_it_is_tried_on_no_ticket_of_others(ticket, linus, enter):
    answer = enter(linus).post(NEW, {**typed(preview="1"), "sample": ticket.number})

    assert "There is no such ticket in your departments" in answer.content.decode()
    assert "Carla would get" not in answer.content.decode()


def test_a_used_one_is_switched_off_not_deleted(ticket, thanks, grace, enter):
    client = enter(grace)
    actions.reply_to_ticket(ticket, by=grace, body="Thanks", canned=[thanks])

    assert client.post(reverse("agent:canned_deletion", args=[thanks.pk])).status_code == 409
    client.post(reverse("agent:canned_switch", args=[thanks.pk]))

    thanks.refresh_from_db()
    assert thanks.is_active is False
    assert "Grace Melnyk" in client.get(page_of(thanks)).content.decode()


def test_files_of_a_canned_reply_go_out_with_the_answer(ticket, thanks, ada, enter):
    first, _second = store_canned(
        thanks,
        [IncomingFile(name, name.encode(), "text/plain") for name in ("a.txt", "b.txt")],
    )
    url = reverse("agent:replies", args=[ticket.number])

    enter(ada).post(url, {"body": "", "canned": [thanks.pk], "canned_files": [first.pk]})

    sent = ticket.messages.latest("pk").attachments.get()
    assert (sent.name, sent.file.read()) == ("a.txt", b"a.txt")


def test_nobody_sends_the_files_of_another_department(ticket, ada, hosting, enter):
    theirs = CannedReply.objects.create(title="Panel", body={"en": "x"}, department=hosting)
    (file,) = store_canned(theirs, [IncomingFile("secret.txt", b"4711", "text/plain")])
    url = reverse("agent:replies", args=[ticket.number])

    answer = enter(ada).post(url, {"body": "Hello", "canned_files": [file.pk]})

    assert answer.status_code == 422
    assert ticket.messages.count() == 1


def test_a_macro_is_applied_by_one_click_and_undone_by_another(ticket, ada, enter):
    macro = CannedReply.objects.create(title="Urgent", sets_priority=4, assigns="me")
    client = enter(ada)

    page = client.post(
        reverse("agent:macro", args=[ticket.number]),
        {"macro": macro.pk, "body": "Half an answer"},
        follow=True,
    ).content.decode()

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.assignee) == (4, ada)
    assert "“Urgent” was applied." in page
    assert "Half an answer</textarea>" in page
    event = ticket.events.get(kind=Event.Kind.MACRO)
    client.post(reverse("agent:undoing", args=[ticket.number, event.pk]))
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.assignee) == (2, None)


def test_a_macro_that_is_not_possible_says_why(ticket, ada, linus, enter):
    macro = CannedReply.objects.create(title="To Linus", assigns="person", assigns_to=linus)

    page = enter(ada).post(
        reverse("agent:macro", args=[ticket.number]), {"macro": macro.pk}, follow=True
    )

    assert "Linus Weber does not work in this department." in page.content.decode()


def test_a_macro_that_moves_it_away_leads_to_the_list(ticket, ada, hosting, enter):
    macro = CannedReply.objects.create(title="To Hosting", moves_to=hosting)

    answer = enter(ada).post(reverse("agent:macro", args=[ticket.number]), {"macro": macro.pk})

    assert answer.headers["Location"] == reverse("agent:queue")
