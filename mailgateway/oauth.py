"""The only door to OAuth 2: consent of a person, tokens for IMAP and SMTP, and their renewal.

A mailbox signs in by XOAUTH2 with an access token that lives about an hour. It is renewed under a
lock on its row, so that two workers do not spend one refresh token; what the provider gives in its
place is stored in the same transaction.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import JWTBearerGrant
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from joserfc.jwk import RSAKey

from mailgateway.models import Mailbox, OAuthAccess
from mailgateway.problems import MailboxProblem

# Seconds to connect and to wait for an answer.
PATIENCE = (10, 20)
# What a provider says when no other try will help before somebody has acted (RFC 6749, 5.2).
REFUSALS = frozenset(
    {
        *("invalid_grant", "invalid_client", "unauthorized_client"),
        *("interaction_required", "consent_required", "login_required"),
    }
)
Provider, Grant = OAuthAccess.Provider, OAuthAccess.Grant


@dataclass(frozen=True)
class Place:
    """Where a provider is found, and what it calls reading and sending."""

    authorize_url: str
    token_url: str
    scope: str
    app_scope: str
    wishes: dict[str, str] = field(default_factory=dict)


PLACES = {
    Provider.GOOGLE: Place(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 (an address)
        scope="https://mail.google.com/",
        app_scope="https://mail.google.com/",
        # Without these Google gives a refresh token the first time only.
        wishes={"access_type": "offline", "prompt": "consent"},
    ),
    Provider.MICROSOFT: Place(
        authorize_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106
        scope=(
            "offline_access https://outlook.office.com/IMAP.AccessAsUser.All"
            " https://outlook.office.com/SMTP.Send"
        ),
        # Its permissions (IMAP.AccessAsApp, SMTP.SendAsApp) are given in the directory.
        app_scope="https://outlook.office365.com/.default",
    ),
}


@dataclass(frozen=True)
class Consent:
    """Where to send the person, and what to remember until they come back."""

    url: str
    state: str
    verifier: str


def ask_consent(access: OAuthAccess, redirect_uri: str) -> Consent:
    """Begin the sign-in of a person at the provider (authorisation code with PKCE, RFC 7636)."""
    place = PLACES[Provider(access.provider)]
    verifier = secrets.token_urlsafe(64)
    session = _session(access, redirect_uri=redirect_uri, code_challenge_method="S256")
    url, state = session.create_authorization_url(
        access.authorize_url or place.authorize_url.format(tenant=access.tenant),
        state=secrets.token_urlsafe(32),
        code_verifier=verifier,
        scope=place.scope,
        login_hint=access.mailbox.imap_user or access.mailbox.address,
        **place.wishes,
    )
    return Consent(url, state, verifier)


def take_consent(access: OAuthAccess, *, code: str, verifier: str, redirect_uri: str) -> None:
    """Turn the code with which a person comes back into tokens. Raises MailboxProblem."""
    with transaction.atomic(durable=True):
        access = _locked(access)
        try:
            token = _asked(
                _session(access, redirect_uri=redirect_uri).fetch_token,
                grant_type="authorization_code",
                url=_token_url(access),
                code=code,
                code_verifier=verifier,
            )
        except OAuthError as error:
            raise MailboxProblem(_refused(access, error)) from None
        _keep(access, token)


def access_token(mailbox: Mailbox) -> str:
    """A token with which `mailbox` may sign in now, renewed if need be.

    Raises MailboxProblem; when the provider will give none before somebody has acted, that is noted
    with the access. Not to be called in a transaction: what is renewed must stay renewed.
    """
    access = OAuthAccess.objects.select_related("mailbox").filter(mailbox=mailbox).first()
    if access is None:
        raise MailboxProblem(_("OAuth 2 is not set up for this mailbox."))
    if access.is_fresh(timezone.now()):
        return str(access.access_token)
    with transaction.atomic(durable=True):
        access = _locked(access)
        if not access.is_fresh(timezone.now()):  # else somebody renewed it while we waited
            _renew(access)
    if access.error:
        raise MailboxProblem(access.error)
    return str(access.access_token)


def distrust(mailbox: Mailbox) -> None:
    """A mail server refused the token: ask for another one before the next try."""
    OAuthAccess.objects.filter(mailbox=mailbox).update(expires_at=None)


def xoauth2(user: str, token: str) -> str:
    """What a client says to sign in by XOAUTH2, before it is encoded as base64."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def _renew(access: OAuthAccess) -> None:
    """Get the next token and keep it, or note that the provider refuses and what is to be done."""
    if access.grant == Grant.PERSON and (access.lost_at or not access.refresh_token):
        access.error = access.error or _what_to_do(access)
        return
    try:
        token = _RENEWALS[(access.provider, access.grant)](access)
    except OAuthError as error:
        if error.error not in REFUSALS:
            raise MailboxProblem(_refused(access, error)) from None
        access.error = f"{_refused(access, error)} {_what_to_do(access)}"
        access.lost_at, access.access_token, access.expires_at = timezone.now(), "", None
        access.save(update_fields=["lost_at", "error", "access_token", "expires_at"])
    else:
        _keep(access, token)


def _refreshed(access: OAuthAccess) -> dict[str, Any]:
    scope = PLACES[Provider(access.provider)].scope
    session = _session(access, scope=scope)
    return _asked(session.refresh_token, url=_token_url(access), refresh_token=access.refresh_token)


def _as_app(access: OAuthAccess) -> dict[str, Any]:
    """Microsoft: client credentials."""
    return _asked(
        _session(access).fetch_token,
        grant_type="client_credentials",
        url=_token_url(access),
        scope=PLACES[Provider.MICROSOFT].app_scope,
    )


def _as_service(access: OAuthAccess) -> dict[str, Any]:
    """Google: a service account that may act for the whole domain (RFC 7523)."""
    url = _token_url(access)
    assertion = JWTBearerGrant.sign(
        RSAKey.import_key(private_key(access.client_secret)),
        issuer=access.client_id,
        audience=url,
        subject=access.mailbox.imap_user or access.mailbox.address,
        claims={"scope": PLACES[Provider.GOOGLE].app_scope},
        header={"alg": "RS256"},
    )
    return _asked(
        _session(access).fetch_token,
        grant_type=JWTBearerGrant.GRANT_TYPE,
        url=url,
        assertion=assertion,
        auth=_nobody,  # the assertion says who we are
    )


_RENEWALS: dict[tuple[str, str], Callable[[OAuthAccess], dict[str, Any]]] = {
    (Provider.GOOGLE, Grant.PERSON): _refreshed,
    (Provider.MICROSOFT, Grant.PERSON): _refreshed,
    (Provider.GOOGLE, Grant.APP): _as_service,
    (Provider.MICROSOFT, Grant.APP): _as_app,
}


def private_key(secret: str) -> str:
    """The key in what Google gives for a service account: a JSON file, or the key alone."""
    if not secret.lstrip().startswith("{"):
        return secret
    try:
        return str(json.loads(secret)["private_key"])
    except (ValueError, KeyError, TypeError):
        return ""


def _locked(access: OAuthAccess) -> OAuthAccess:
    rows = OAuthAccess.objects.select_for_update(of=("self",)).select_related("mailbox")
    return rows.get(pk=access.pk)


def _keep(access: OAuthAccess, token: dict[str, Any]) -> None:
    """Store what the provider gave; a refresh token stays valid where it gave no other."""
    access.access_token = str(token["access_token"])
    access.refresh_token = str(token.get("refresh_token") or access.refresh_token)
    lifetime = timedelta(seconds=int(token.get("expires_in") or 3600))
    access.expires_at = timezone.now() + lifetime
    access.lost_at, access.error = None, ""
    access.save(update_fields=["access_token", "refresh_token", "expires_at", "lost_at", "error"])


def _session(access: OAuthAccess, **facts: Any) -> OAuth2Session:
    return OAuth2Session(
        access.client_id,
        access.client_secret,
        token_endpoint_auth_method="client_secret_post" if access.client_secret else "none",
        **facts,
    )


def _asked(ask: Any, **words: Any) -> dict[str, Any]:
    """The provider's answer. Raises OAuthError for a refusal, MailboxProblem without an answer."""
    try:
        token: dict[str, Any] = ask(timeout=PATIENCE, allow_redirects=False, **words)
        if token.get("access_token"):
            return token
        why = _("it gave no token")
    except requests.RequestException as error:
        why = type(error).__name__
    except ValueError as error:
        why = str(error)
    raise MailboxProblem(
        _("The provider's sign-in server %(host)s does not answer as it should: %(why)s.")
        % {"host": urlsplit(words["url"]).hostname, "why": why}
    )


def _token_url(access: OAuthAccess) -> str:
    usual = PLACES[Provider(access.provider)].token_url.format(tenant=access.tenant)
    return access.token_url or usual


def _nobody(request: Any) -> Any:
    return request


def _refused(access: OAuthAccess, error: OAuthError) -> str:
    return _("%(provider)s refuses to let us in (%(code)s): %(why)s") % {
        "provider": access.get_provider_display(),
        "code": error.error,
        "why": " ".join(str(error.description or "").split())[:300] or "—",
    }


def _what_to_do(access: OAuthAccess) -> str:
    if access.grant == Grant.PERSON:
        return _("Open this mailbox in the administration and sign in at the provider there.")
    return _("Look at the app's secret, which may have expired, and at what it is allowed to do.")
