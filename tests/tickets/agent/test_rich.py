"""Writing with formatting, pictures and files that go ahead; drafts that lose nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.tickets.test_attachments import picture
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Draft, Message, Upload

SCRIPT = {"HX-Request": "true"}


def address(ticket, name, *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


def last(ticket):
    return ticket.messages.latest("pk")


@pytest.fixture
def shot(ticket, ada):
    """A picture that Ada has put into her text."""
    file = IncomingFile("shot.png", picture(), "image/png")
    return actions.upload_file(file, by=ada, ticket=ticket)


def test_what_was_formatted_is_said_formatted(ticket, ada, enter):
    html = "<div>Dear <strong>{customer.name}</strong>,<br>see www.ukr.net</div><ul><li>a</ul>"

    enter(ada).post(address(ticket, "replies"), {"body": "what a browser says", "html": html})

    message = last(ticket)
    assert message.text == "Dear Carla Bondar,\nsee www.ukr.net\n\n- a"
    assert "<strong>Carla Bondar</strong>" in message.html
    assert 'href="http://www.ukr.net"' in message.html
    assert not message.is_foreign


def test_what_was_not_formatted_is_plain_text(ticket, ada, enter):
    enter(ada).post(address(ticket, "notes"), {"html": "<div>One<br><br>Two &lt;3</div>"})

    message = last(ticket)
    assert (message.text, message.html) == ("One\n\nTwo <3", "<p>One</p><p>Two &lt;3</p>")


def test_a_name_is_no_formatting(ticket, carla, ada, enter):
    carla.name = "<s>Carla</s> & Co"
    carla.save()

    enter(ada).post(address(ticket, "replies"), {"html": "<div><em>{customer.name}</em></div>"})

    assert last(ticket).html == "<div><em>&lt;s&gt;Carla&lt;/s&gt; &amp; Co</em></div>"


def test_nothing_dangerous_gets_through(ticket, ada, enter):
    html = (
        '<div onclick="x()" style="color:red"><b>Hi</b><script>x()</script>'
        '<a href="javascript:x()">a</a>'
        '<img src="https://evil.example/x.png"><img src="/files/../x"></div>'
    )

    enter(ada).post(address(ticket, "replies"), {"html": html})

    said = last(ticket).html
    assert said.startswith("<div><b>Hi</b>")
    assert not any(word in said for word in ("script", "style", "img", "onclick"))


def test_a_picture_in_the_text_goes_along_and_stands_where_it_stood(ticket, ada, shot, enter):
    html = f'<div>Look: <img src="{shot.get_absolute_url()}" width="8" height="6"> here</div>'

    enter(ada).post(address(ticket, "replies"), {"html": html})

    message, file = last(ticket), last(ticket).attachments.get()
    assert (file.token, file.is_inline) == (shot.token, True)
    assert f'<img src="{file.get_absolute_url()}" alt="shot.png"' in message.html
    assert message.text == "Look: [shot.png] here"


def test_pictures_of_others_are_left_out(ticket, grace, shot, enter):
    html = f'<div><b>Look</b><img src="{shot.get_absolute_url()}"></div>'

    enter(grace).post(address(ticket, "replies"), {"html": html})

    assert last(ticket).html == "<div><b>Look</b></div>"
    assert not last(ticket).attachments.exists()
    assert Upload.objects.get() == shot


def test_a_file_goes_ahead_and_is_sent_by_its_token(ticket, ada, enter):
    client = enter(ada)
    file = SimpleUploadedFile("журнал.txt", "помилка".encode())

    came = client.post(f"{reverse('uploads')}?ticket={ticket.number}", {"file": file})

    assert came.status_code == 201
    client.post(address(ticket, "replies"), {"body": "See", "uploads": came.json()["token"]})
    assert last(ticket).attachments.get().name == "журнал.txt"


def test_a_file_of_a_forbidden_kind_is_refused_in_a_sentence(ada, enter):
    file = SimpleUploadedFile("setup.exe", b"MZ\x00\x01")

    refused = enter(ada).post(reverse("uploads"), {"file": file})

    assert refused.status_code == 422
    assert "setup.exe" in refused.json()["sentence"]
    assert not Upload.objects.exists()


def test_agents_send_kinds_that_customers_may_not(ticket, ada, enter):
    client = enter(ada)
    ahead = client.post(reverse("uploads"), {"file": SimpleUploadedFile("a", picture("WEBP"))})
    beside = SimpleUploadedFile("b", picture("WEBP"))

    sent = {"body": "See", "uploads": ahead.json()["token"], "files": beside}
    client.post(address(ticket, "replies"), sent)

    assert {one.content_type for one in last(ticket).attachments.all()} == {"image/webp"}


@pytest.mark.parametrize("who", ["grace", "ada"])
def test_a_file_that_is_not_there_keeps_the_text(ticket, ada, shot, who, enter, request):
    token = shot.token if who == "grace" else "11111111-2222-3333-4444-555555555555"

    response = enter(request.getfixturevalue(who)).post(
        address(ticket, "replies"), {"body": "Look at this", "uploads": str(token)}
    )

    assert response.status_code == 422
    assert "Attach it once more." in response.content.decode()
    assert "Look at this</textarea>" in response.content.decode()


def test_an_upload_is_read_by_its_owner_alone(ticket, ada, grace, carla, shot, enter):
    def status(who):
        return enter(who).get(shot.get_absolute_url()).status_code

    assert [status(who) for who in (ada, grace, carla)] == [200, 404, 404]


def test_a_draft_keeps_formatting_and_files(ticket, ada, shot, enter):
    client = enter(ada)
    draft = {"body": "Half", "html": "<div><b>Half</b></div>", "uploads": str(shot.token)}

    saved = client.post(address(ticket, "drafts", "reply"), draft, headers=SCRIPT)

    assert saved.status_code == 204
    page = client.get(address(ticket, "ticket")).content.decode()
    assert 'value="&lt;div&gt;&lt;b&gt;Half&lt;/b&gt;&lt;/div&gt;"' in page
    assert f'data-token="{shot.token}"' in page
    assert f'name="version" value="{saved.headers["X-Draft-Version"]}"' in page


def test_a_draft_may_be_a_picture_alone(ticket, ada, shot, enter):
    draft = {"body": "", "html": f'<div><img src="{shot.get_absolute_url()}"></div>'}

    enter(ada).post(address(ticket, "drafts", "reply"), draft, headers=SCRIPT)

    assert shot.get_absolute_url() in Draft.objects.get().html


def test_what_only_looks_like_a_picture_of_ours_keeps_no_draft_from_being_saved(ticket, ada, enter):
    html = f'<div>Look <img src="/files/{"-" * 36}/"></div>'

    draft = {"body": "Look", "html": html}

    answer = enter(ada).post(address(ticket, "drafts", "reply"), draft, headers=SCRIPT)

    assert answer.status_code == 204
    assert Draft.objects.get().html == "<div>Look </div>"


def test_two_windows_do_not_overwrite_each_other(ticket, ada, enter):
    client, url = enter(ada), address(ticket, "drafts", "reply")
    client.post(url, {"body": "In the first", "version": ""}, headers=SCRIPT)

    told = client.post(url, {"body": "In the second", "version": ""}, headers=SCRIPT)

    assert (told.status_code, told.json()["text"]) == (409, "In the first")
    assert Draft.objects.get().text == "In the first"
    both = {"body": "Both", "version": told.json()["version"]}
    assert client.post(url, both, headers=SCRIPT).status_code == 204


def test_without_scripts_both_texts_are_kept(ticket, ada, enter):
    client, url = enter(ada), address(ticket, "drafts", "reply")
    client.post(url, {"body": "In the first", "version": ""})

    page = client.post(url, {"body": "In the second", "version": ""}, follow=True)

    assert "In the first\n\nIn the second</textarea>" in page.content.decode()
    assert "changed in another window" in page.content.decode()


def test_a_draft_can_be_discarded(ticket, ada, enter):
    client, url = enter(ada), address(ticket, "drafts", "reply")
    client.post(url, {"body": "Half"})
    assert "draft of" in client.get(address(ticket, "ticket")).content.decode()

    client.post(url, {"body": "Half", "discard": "1"})

    assert not Draft.objects.exists()


def test_undo_gives_formatting_pictures_and_files_back(ticket, ada, shot, enter, settings):
    settings.DESK_UNDO_SECONDS = 30
    client = enter(ada)
    log = actions.upload_file(IncomingFile("log.txt", b"ping"), by=ada, ticket=ticket)
    html = f'<div><b>Look</b> <img src="{shot.get_absolute_url()}"></div>'
    client.post(address(ticket, "replies"), {"html": html, "uploads": str(log.token)})

    client.post(address(ticket, "withdrawal", last(ticket).pk))

    draft = Draft.objects.get()
    assert "<b>Look</b>" in draft.html
    assert shot.get_absolute_url() in draft.html
    assert draft.uploads == [str(log.token)]
    assert {one.token for one in Upload.objects.all()} == {shot.token, log.token}
    again = {"html": draft.html, "uploads": ",".join(draft.uploads)}
    client.post(address(ticket, "replies"), again)
    assert last(ticket).attachments.count() == 2


def test_who_writes_plain_gets_no_editor(ticket, ada, enter):
    client = enter(ada)
    assert 'data-editor="rich"' in client.get(address(ticket, "ticket")).content.decode()

    page = client.post(address(ticket, "drafts", "reply"), {"body": "", "plain": "on"}, follow=True)

    assert 'data-editor="rich"' not in page.content.decode()
    assert "trix" not in page.content.decode()


def test_a_reply_to_a_ticket_merged_meanwhile_goes_where_it_went_on(ticket, ada, carla, enter):
    client = enter(ada)
    other = actions.open_ticket(
        subject="The other", body="Same", customer=carla, by=carla, department=ticket.department
    )
    actions.save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="We look")
    actions.merge_tickets(ticket, into=other, by=ada)

    stopped = client.post(address(ticket, "replies"), {"body": "We look for it."})

    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert f"merged into #{other.number} meanwhile" in page
    assert "We look for it.</textarea>" in page
    assert f'action="{address(other, "replies")}"' in page
    assert Draft.objects.get().ticket == other
    client.post(address(other, "replies"), {"body": "We look for it."})
    assert last(other).text == "We look for it."


def test_what_was_begun_on_both_of_two_merged_tickets_stands_together(ticket, ada, carla, enter):
    other = actions.open_ticket(
        subject="The other", body="Same", customer=carla, by=carla, department=ticket.department
    )
    actions.save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Second")
    actions.save_draft(other, by=ada, kind=Message.Kind.REPLY, text="First")

    actions.merge_tickets(ticket, into=other, by=ada)

    draft = Draft.objects.get()
    assert (draft.ticket, draft.text) == (other, "First\n\nSecond")


def test_a_reply_to_a_ticket_moved_away_meanwhile_stays_with_who_wrote_it(
    ticket, ada, linus, billing, hosting, enter
):
    actions.move_ticket(ticket, to=hosting, by=ada)

    kept = enter(ada).post(address(ticket, "replies"), {"body": "We look for it."})

    assert kept.status_code == 409
    assert "We look for it.</textarea>" in kept.content.decode()
    assert Draft.objects.get(author=ada).text == "We look for it."
    assert ticket.messages.count() == 1
    actions.move_ticket(ticket, to=billing, by=linus)
    assert "for it.</textarea>" in enter(ada).get(address(ticket, "ticket")).content.decode()


def test_nobody_else_learns_of_a_ticket_that_was_moved(ticket, ada, hosting, enter, mallory):
    actions.move_ticket(ticket, to=hosting, by=ada)

    assert enter(mallory).post(address(ticket, "replies"), {"body": "x"}).status_code == 403
