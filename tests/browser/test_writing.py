"""Writing in a real browser: formatting, pictures, files that go ahead, drafts that survive."""

import base64

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from mailgateway.composing import assemble
from mailgateway.models import Mailbox, OutboundEmail
from tests.tickets.test_attachments import picture
from tickets.models import Draft, Message

# A page with an editor is the heaviest of the desk, and its answers wait for a save.
expect.set_options(timeout=15_000)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

PASTE = """([where, content]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "shot.png", { type: "image/png" }));
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector(where).dispatchEvent(paste);
}"""


@pytest.fixture
def page_of(window, ticket, ada):
    """The page of Carla's ticket, as Ada has it."""
    return lambda **how: window(ada, **how).go(f"/agent/tickets/{ticket.number}/")


def test_bold_words_and_a_picture_arrive_as_they_were_written(page_of, ticket, billing):
    mailbox = Mailbox.objects.create(
        name="Billing", address="billing@desk.example", department=billing, smtp_host="127.0.0.1"
    )
    page = page_of()
    page.keyboard.press("r")
    page.keyboard.type("Це ")
    page.keyboard.press("Control+b")
    page.keyboard.type("важливо")
    page.keyboard.press("Control+b")
    page.keyboard.type(": ")
    page.evaluate(PASTE, ["#reply trix-editor", base64.b64encode(picture()).decode()])
    expect(page.locator("#reply trix-editor img")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.locator("#thread .message--agent strong")).to_have_text("важливо")
    expect(page.locator("#thread .message--agent .letter img")).to_be_visible()
    letter = assemble(OutboundEmail.objects.get(kind="replied"), mailbox)
    text, related = letter.get_payload()
    html, shown = related.get_payload()
    assert (letter.get_content_type(), related.get_content_type()) == (
        "multipart/alternative",
        "multipart/related",
    )
    assert text.get_content().startswith("Це важливо: [shot.png]")
    assert "<strong>важливо</strong>" in html.get_content()
    assert f'src="cid:{shown["Content-ID"].strip("<>")}"' in html.get_content()
    assert not Draft.objects.exists()


def test_the_last_letters_go_along_however_quick_the_hand(page_of):
    page = page_of()
    page.keyboard.press("r")
    page.keyboard.type("Так")
    # Typed and sent within one frame of the screen, as on a machine that is busy.
    page.locator("#reply trix-editor").evaluate(
        """editor => {
            const how = { bubbles: true, cancelable: true, inputType: "insertText" };
            editor.dispatchEvent(new InputEvent("beforeinput", { ...how, data: ", саме ці" }));
            editor.closest("form").requestSubmit();
        }"""
    )
    expect(page.locator("#thread .message--agent")).to_contain_text("Так, саме ці")
    assert Message.objects.latest("pk").text == "Так, саме ці"


def test_a_draft_survives_with_its_file_and_a_wrong_file_is_said_at_once(page_of, ticket, tmp_path):
    log, program = tmp_path / "журнал.txt", tmp_path / "setup.exe"
    log.write_text("помилка 500", encoding="utf-8")
    program.write_bytes(b"MZ\x00\x01")
    page = page_of()
    page.locator("#reply trix-editor").fill("Майже готово")
    page.locator("#reply input[type=file]").set_input_files([str(log), str(program)])
    expect(page.locator("#reply .files__list")).to_contain_text("not taken: by its content")
    expect(page.locator("#reply [data-draft-state]")).to_have_text("saved")

    page.reload()

    expect(page.locator("#reply trix-editor")).to_have_text("Майже готово")
    expect(page.locator("#reply .files__item")).to_have_count(1)
    page.locator("#reply button[type=submit]").first.click()
    expect(page.locator("#thread .message--agent")).to_contain_text("журнал.txt")
    assert Message.objects.latest("pk").text == "Майже готово"


def test_who_is_signed_out_finds_the_text_again(page_of, ada):
    ada.emailaddress_set.create(email=ada.email, verified=True, primary=True)
    page = page_of()
    Session.objects.all().delete()
    page.locator("#reply trix-editor").fill("Ще не збережено")
    state = page.locator("#reply [data-draft-state]")
    expect(state).to_contain_text("You are signed out")

    state.get_by_role("link").click()
    page.locator("input[name=login]").fill(ada.email)
    page.locator("input[name=password]").fill("correct horse")
    page.locator("input[name=password]").press("Enter")

    expect(page.locator("#reply trix-editor")).to_have_text("Ще не збережено")
