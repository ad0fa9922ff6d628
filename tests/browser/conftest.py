"""A real browser: Debian's Chromium, driven by Playwright, watched for what must not happen."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from departments.models import User
from tests.surroundings import SYSTEM_PATH

# Playwright runs an event loop in this thread, and Django would refuse to talk to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
HOW = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # What passes is not told one by one, and style sheets are not fetched a second time.
    "resultTypes": ["violations"],
    "preload": False,
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    path = shutil.which("chromium", path=SYSTEM_PATH)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Window:
    """A page of the browser, and everything it complained of."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    listening: bool = True

    def go(self, path: str) -> Page:
        """Open an address of the desk."""
        self.page.goto("about:blank")
        self.listening = True
        self.page.goto(path if path.startswith("http") else f"{self.base}{path}")
        return self.page

    def faults(self) -> list[str]:
        """What axe finds on the page, one line each."""
        # axe itself tries inline styles and fetches style sheets under wrong addresses: what is
        # complained of from here on is not the page's fault.
        self.listening = False
        self.page.evaluate(AXE)
        found = self.page.evaluate("async how => (await axe.run(document, how)).violations", HOW)
        return [
            f"{one['id']}: {node['html'][:160]} — {node['failureSummary'][:300]}"
            for one in found
            for node in one["nodes"]
        ]

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


Opener = Callable[..., Window]


@pytest.fixture
def quiet(live_server) -> Iterator[None]:
    """Answers that nobody waits for any more are finished before the tables are emptied: the two
    would wait for each other's locks."""
    open_requests: set[int] = set()

    def began(environ: dict[str, Any], **_kwargs: Any) -> None:
        open_requests.add(threading.get_ident())

    def ended(**_kwargs: Any) -> None:
        open_requests.discard(threading.get_ident())

    request_started.connect(began)
    request_finished.connect(ended)
    yield
    patience = time.monotonic() + 10
    while open_requests and time.monotonic() < patience:
        time.sleep(0.01)
    request_started.disconnect(began)
    request_finished.disconnect(ended)


@pytest.fixture
def window(chromium, live_server, quiet) -> Iterator[Opener]:
    """`window(ada, width=..., dark=..., scripts=...)`: a browser in which Ada has signed in.

    At the end nothing may have been complained of: no script error, no breach of the content
    security policy, no file that is missing.
    """
    opened: list[tuple[BrowserContext, Window]] = []

    def open_window(
        user: User | None = None,
        *,
        size: dict[str, int] | None = None,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
        language: str = "en",
    ) -> Window:
        context = chromium.new_context(
            viewport=size or WIDE,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            has_touch=touch,
            is_mobile=touch,
            locale=language,
            reduced_motion="reduce",
        )
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        made = Window(page, live_server.url)
        page.on("console", lambda line: note(made, line))
        page.on("pageerror", lambda error: made.complaints.append(f"error: {error}"))
        opened.append((context, made))
        return made

    yield open_window

    complaints = [line for _context, made in opened for line in made.complaints]
    for context, _made in opened:
        context.close()
    assert complaints == []


def note(window: Window, line: Any) -> None:
    # The browser reports every answer of 400 and above as an error of its own; pages that answer
    # 422 with what was typed mean it.
    if window.listening and line.type == "error" and "422" not in line.text:
        window.complaints.append(f"{line.text} ({line.location['url']})")


def session_cookie(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}
