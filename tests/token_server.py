"""A provider of OAuth 2 on loopback: codes with PKCE, rotating refresh tokens, apps, and the
question whose a token is. The pytest fixture `tokens`; a plugin, named in pyproject.toml."""

import base64
import hashlib
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from helpdesk.embedded.processes import free_port


@dataclass
class TokenServer:
    """Answers at `url`; keeps every question in `asked`.

    `refuse` is what it says instead of a token, such as `invalid_grant`.
    """

    port: int = field(default_factory=free_port)
    secret: str = "app-secret"
    email: str = "billing@desk.example"
    refuse: str = ""
    lifetime: int = 3600
    refresh_tokens: set[str] = field(default_factory=lambda: {"refresh-0"})
    challenges: dict[str, str] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: Any = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where tokens are asked for."""
        return f"http://127.0.0.1:{self.port}/token"

    def consent(self, url: str) -> dict[str, str]:
        """What a person's browser brings back who went to `url` and agreed."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{next(self.numbers)}"
        self.challenges[code] = asked["code_challenge"]
        return {"code": code, "state": asked["state"]}

    def answer(self, words: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the token endpoint says."""
        self.asked.append(words)
        if self.refuse:
            return 400, {"error": self.refuse, "error_description": "Token has been revoked."}
        grant = words["grant_type"]
        by_assertion = grant.endswith(":jwt-bearer")
        if not by_assertion and words.get("client_secret") != self.secret:
            return 401, {"error": "invalid_client"}
        with self.lock:
            if grant == "authorization_code" and not self._proved(words):
                return 400, {"error": "invalid_grant"}
            if grant == "refresh_token":
                if words["refresh_token"] not in self.refresh_tokens:
                    return 400, {"error": "invalid_grant"}
                self.refresh_tokens.remove(words["refresh_token"])  # each is good for once
            number = next(self.numbers)
            self.alive.add(f"access-{number}")
            token = {"access_token": f"access-{number}", "expires_in": self.lifetime,
                     "token_type": "Bearer"}  # fmt: skip
            if grant in {"authorization_code", "refresh_token"}:
                token["refresh_token"] = f"refresh-{number}"
                self.refresh_tokens.add(f"refresh-{number}")
            return 200, token

    def _proved(self, words: dict[str, str]) -> bool:
        digest = hashlib.sha256(words["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.challenges.pop(words["code"], None) == challenge


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A fresh provider."""
    yield from serve(TokenServer())


def serve(server: TokenServer) -> Iterator[TokenServer]:
    """Run `server` in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            words = {key: values[0] for key, values in parse_qs(body).items()}
            self._say(*server.answer(words))

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            known = token in server.alive
            self._say(200 if known else 401, {"email": server.email} if known else {})

        def _say(self, status: int, content: dict[str, Any]) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: Any) -> None:
            """Nothing is written."""

    http = ThreadingHTTPServer(("127.0.0.1", server.port), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield server
    http.shutdown()
    http.server_close()
