"""Mailboxes that sign in with OAuth 2: tokens come, are renewed once, and their loss is told."""

import base64
import json
import logging
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mailgateway import alarms, inbound, oauth, smtp
from mailgateway.admin.oauth import OAuthForm
from mailgateway.models import InboundEmail, Mailbox, OAuthAccess, Security, SignIn
from mailgateway.problems import MailboxProblem
from tests.letters import letter
from tests.token_server import TokenServer, serve

ADDRESS = "billing@desk.example"


@pytest.fixture
def access(mailbox, tokens) -> OAuthAccess:
    """Billing's mailbox, to which somebody has given consent."""
    Mailbox.objects.update(sign_in=SignIn.OAUTH)
    mailbox.refresh_from_db()
    return OAuthAccess.objects.create(
        mailbox=mailbox,
        provider="google",
        client_id="desk",
        client_secret=tokens.secret,
        token_url=tokens.url,
        refresh_token="refresh-0",
    )


def expire() -> None:
    OAuthAccess.objects.update(expires_at=timezone.now() + timedelta(minutes=4))


def test_a_token_is_kept_until_shortly_before_its_end(access, tokens):
    first = oauth.access_token(access.mailbox)
    assert oauth.access_token(access.mailbox) == first == "access-1"

    expire()
    assert oauth.access_token(access.mailbox) == "access-2"
    assert [one["refresh_token"] for one in tokens.asked] == ["refresh-0", "refresh-1"]


def test_secrets_are_sealed_and_appear_in_no_log(access, caplog):
    caplog.set_level(logging.DEBUG)
    oauth.access_token(access.mailbox)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(row)::text FROM mailgateway_oauthaccess row")
        (stored,) = cursor.fetchone()
    for secret in ("access-1", "refresh-1", "app-secret"):
        assert secret not in stored
        assert secret not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_spend_one_refresh_token(access, tokens):
    found = []

    def work():
        found.append(oauth.access_token(access.mailbox))
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert found == ["access-1"] * 4
    assert len(tokens.asked) == 1


def test_the_first_invalid_grant_is_told_and_not_repeated(access, tokens, root):
    tokens.refuse = "invalid_grant"

    for _try in range(2):
        with pytest.raises(
            MailboxProblem, match=r"Google refuses to let us in \(invalid_grant\)"
        ) as it:
            oauth.access_token(access.mailbox)
    assert "sign in at the provider there" in str(it.value)
    assert len(tokens.asked) == 1

    assert "cannot be read any more" in alarms.shown_to(root)[0].sentence


@pytest.mark.parametrize(
    "trouble", [{"refuse": "temporarily_unavailable"}, {"token_url": "http://127.0.0.1:1/token"}]
)
def test_a_provider_in_trouble_is_asked_again(access, tokens, root, trouble):
    if url := trouble.get("token_url"):
        OAuthAccess.objects.update(token_url=url)
    tokens.refuse = trouble.get("refuse", "")
    with pytest.raises(MailboxProblem):
        oauth.access_token(access.mailbox)
    assert alarms.shown_to(root) == []

    tokens.refuse = ""
    OAuthAccess.objects.update(token_url=tokens.url)
    assert oauth.access_token(access.mailbox) == "access-1"


def test_an_app_of_microsoft_needs_nobody(access, tokens):
    OAuthAccess.objects.update(provider="microsoft", grant="app", refresh_token="")

    oauth.access_token(access.mailbox)

    assert tokens.asked == [
        {
            "grant_type": "client_credentials",
            "scope": "https://outlook.office365.com/.default",
            "client_id": "desk",
            "client_secret": "app-secret",
        }
    ]


def test_an_expired_secret_of_an_app_is_told_and_tried_again(access, tokens, root):
    OAuthAccess.objects.update(provider="microsoft", grant="app")
    tokens.secret = "another by now"
    with pytest.raises(MailboxProblem, match="secret, which may have expired"):
        oauth.access_token(access.mailbox)
    assert alarms.shown_to(root)

    tokens.secret = "app-secret"
    assert oauth.access_token(access.mailbox)
    assert alarms.shown_to(root) == []


@pytest.fixture(scope="session")
def key_file() -> str:
    """What Google gives for a service account."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"type": "service_account", "private_key": pem})


def test_a_service_account_of_google_acts_for_the_mailbox(access, tokens, key_file):
    access.grant, access.client_id, access.client_secret = "app", "robot@google.example", key_file
    access.save()

    oauth.access_token(access.mailbox)

    (asked,) = tokens.asked
    claims = json.loads(base64.urlsafe_b64decode(asked["assertion"].split(".")[1] + "=="))
    assert asked["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (claims["iss"], claims["sub"]) == ("robot@google.example", ADDRESS)
    assert (claims["aud"], claims["scope"]) == (tokens.url, "https://mail.google.com/")


def test_sasl_is_said_as_google_documents_it():
    assert oauth.xoauth2("a@b.example", "ya29") == "user=a@b.example\1auth=Bearer ya29\1\1"


# On real servers


@pytest.mark.needs_dovecot
def test_dovecot_lets_in_whoever_has_a_token(mailbox, dovecot):
    dovecot.add_account(ADDRESS)
    dovecot.deliver(ADDRESS, letter())
    Mailbox.objects.update(
        sign_in=SignIn.OAUTH,
        imap_host=dovecot.host,
        imap_port=dovecot.port,
        imap_security=Security.NONE,
    )
    server = TokenServer(port=dovecot.tokens_port)
    OAuthAccess.objects.create(
        mailbox=mailbox,
        provider="google",
        client_id="desk",
        client_secret=server.secret,
        token_url=server.url,
        refresh_token="refresh-0",
    )
    running = serve(server)
    next(running)

    assert len(list(inbound.poll(mailbox.pk))) == 1

    server.alive.clear()  # revoked before its time
    assert list(inbound.poll(mailbox.pk)) == []
    mailbox.refresh_from_db()
    assert "does not let billing@desk.example in with OAuth 2" in mailbox.last_error
    dovecot.deliver(ADDRESS, letter("Ще один."))
    assert len(list(inbound.poll(mailbox.pk))) == 1
    assert InboundEmail.objects.count() == 2
    running.close()


def test_an_smtp_server_is_told_the_token(access, oauth_smtp):
    Mailbox.objects.update(smtp_port=oauth_smtp.port)
    access.mailbox.refresh_from_db()

    assert all(step.done for step in smtp.check(access.mailbox))
    assert oauth_smtp.said == ["user=billing@desk.example\1auth=Bearer access-1\1\1"]

    oauth_smtp.refuses = True
    assert not smtp.check(access.mailbox)[-1].done
    assert OAuthAccess.objects.get().expires_at is None


# In the administration


@pytest.fixture
def desk(enter, root):
    return enter(root)


def test_somebody_gives_consent_in_the_administration(access, tokens, desk):
    OAuthAccess.objects.update(refresh_token="", authorize_url="https://provider.example/authorize")
    away = desk.get(reverse("admin:mailgateway_mailbox_oauth", args=[access.mailbox_id]))
    assert away.url.startswith("https://provider.example/authorize?")
    assert "code_challenge_method=S256" in away.url
    assert "access_type=offline" in away.url

    back = desk.get(reverse("admin:mailgateway_mailbox_oauth_back"), tokens.consent(away.url))

    assert back.url == reverse("admin:mailgateway_mailbox_change", args=[access.mailbox_id])
    assert oauth.access_token(access.mailbox) == "access-2"
    assert len(tokens.asked) == 1
    page = desk.get(back.url).content.decode()
    assert "Google lets this mailbox in." in page
    assert "/admin/mailgateway/mailbox/oauth/back/" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "forged"}, "not begun here"),
        ({"code": "forged"}, "refuses to let us in (invalid_grant)"),
        ({"error": "access_denied"}, "did not let us in: access_denied"),
    ],
)
def test_who_comes_back_with_something_else_is_not_let_in(access, tokens, desk, change, sentence):
    OAuthAccess.objects.update(refresh_token="")
    away = desk.get(reverse("admin:mailgateway_mailbox_oauth", args=[access.mailbox_id]))
    tokens.challenges["forged"] = "x"

    back = desk.get(
        reverse("admin:mailgateway_mailbox_oauth_back"),
        tokens.consent(away.url) | change,
        follow=True,
    )

    assert sentence in " ".join(str(one) for one in back.context["messages"])
    access.refresh_from_db()
    assert access.refresh_token == ""


@pytest.mark.parametrize("name", ["oauth", "oauth_back"])
def test_only_administrators_go_this_way(access, enter, grace, name):
    args = [access.mailbox_id] if name == "oauth" else []
    path = reverse(f"admin:mailgateway_mailbox_{name}", args=args)
    assert enter(grace).get(path).status_code in {302, 403}
    assert "provider" not in enter(grace).get(path).get("Location", "")


@pytest.fixture
def form(key_file):
    """What the administration sends about an app."""
    return {
        "provider": "microsoft",
        "grant": "person",
        "tenant": "organizations",
        "client_id": "desk",
        "client_secret": "app-secret",
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"grant": "app"}, "App-only access needs the ID of your directory."),
        ({"grant": "app", "provider": "google"}, "This is no key of a service account."),
        ({"token_url": "http://provider.example/token"}, "Only an address that begins with https"),
    ],
)
def test_facts_that_cannot_work_are_refused_in_words(form, change, sentence):
    found = OAuthForm({**form, **change})
    assert not found.is_valid()
    assert sentence in str(found.errors)


def test_a_key_file_is_taken_as_it_is(form, key_file):
    change = {"grant": "app", "provider": "google", "client_secret": key_file}
    assert OAuthForm({**form, **change}).is_valid()


def test_the_stored_secret_stays_with_its_app(access, form):
    same = {**form, "provider": "google", "token_url": access.token_url, "client_secret": ""}
    kept = OAuthForm(same, instance=access)
    assert kept.is_valid(), kept.errors
    assert kept.save().client_secret == "app-secret"
    assert access.refresh_token == "refresh-0"
    assert "app-secret" not in str(OAuthForm(instance=access))

    moved = OAuthForm({**same, "client_id": "other"}, instance=access)
    assert "the app is another" in str(moved.errors)
