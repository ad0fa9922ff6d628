"""What the composer of a ticket begins with: drafts, quotations, what may be passed on."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from departments.models import User
from helpdesk.lib.html import from_text
from helpdesk.lib.keys import key_in
from tickets import actions, forms
from tickets.agent.thread import Line
from tickets.models import CannedReply, Message

MENU = 30
MOST_PASSED_ON = 20
QUOTED = 20_000
"""Characters of a message that are quoted."""


def draft_of(ticket: Any, kind: str) -> dict[str, Any]:
    """What the reader had begun to write, as the initial values of its form; `version` is when it
    was saved, and None without a draft. `ticket` comes from `tickets_for`."""
    draft = next((one for one in ticket.drafts_here if one["kind"] == kind), None)
    if draft is None:
        return {"version": None}
    others = {name: one[0] if len(one) == 1 else one for name, one in draft["fields"].items()}
    return {
        **others,
        "body": draft["text"],
        "html": draft["html"],
        "uploads": draft["uploads"],
        "version": parse_datetime(draft["saved_at"]),
    }


def aside_of(lines: Sequence[Line], data: QueryDict, draft: dict[str, Any]) -> dict[str, Any]:
    """What the composer's part for third parties begins with: the side conversation that an address
    names, or a letter of its own that passes on what the customer said last."""
    wanted = str(data.get("conversation", ""))
    said = [line.message for line in lines if line.message is not None]
    initial = dict(draft)
    for one in reversed(said):
        if one.side_id is not None and str(one.side_id) == wanted:
            return initial | {"side": one.side_id, "to": ", ".join(one.side_people)}  # type: ignore[attr-defined]
    public = [one for one in said if one.kind == Message.Kind.REPLY and one.withdrawn_at is None]
    theirs = next((one.pk for one in reversed(public) if one.from_customer), None)
    if data.get("side") == "new":
        initial.pop("side", None)
    meant_for = {name: data[name] for name in ("to", "subject") if name in data}
    ticked: Any = [theirs] if theirs else []
    if draft["version"] is not None:
        ticked = draft.get("messages", [])
    return initial | meant_for | {"messages": [ticked] if isinstance(ticked, str) else ticked}


def passed_on(lines: Sequence[Line]) -> list[Message]:
    """The newest messages that may be passed on, the newest first."""
    said = [line.message for line in reversed(lines) if line.message is not None]
    public = [
        one
        for one in said
        if one.kind == Message.Kind.REPLY
        and one.withdrawn_at is None
        and not one.can_still_be_taken_back
    ]
    return public[:MOST_PASSED_ON]


def quotable(number: int) -> QuerySet[Message]:
    """Messages that a reply on the ticket may quote: all replies on it and on those merged in."""
    numbers = [number, *actions.absorbed([number])]
    return Message.objects.kept().filter(ticket__in=numbers, kind=Message.Kind.REPLY)


def quoted_html(message: Message) -> str:
    """A message as the editor shows a quotation."""
    return f"<blockquote>{from_text(message.text[:QUOTED])}</blockquote><p><br></p>"


def quoted_text(message: Message) -> str:
    """A message as plain text quotes it."""
    return "\n".join(f"> {line}" for line in message.text[:QUOTED].strip().splitlines())


def with_quotation(typed: dict[str, Any], number: int, key: int) -> dict[str, Any]:
    """Initial values of the reply with the message `key` quoted below what was typed."""
    message = quotable(number).filter(pk=key).first() if key else None
    if message is None:
        return typed
    text = "\n\n".join(part for part in (typed.get("body", ""), quoted_text(message)) if part)
    html = f"{typed['html']}{quoted_html(message)}" if typed.get("html") else ""
    return {**typed, "body": f"{text}\n\n", "html": html}


def canned_in_use(reader: User, form: forms.AgentReplyForm, data: QueryDict) -> list[CannedReply]:
    """Canned replies that went into the answer so far, by its draft, by the form that came back or
    (`canned` in `data`) just now, with their files; those unticked have `is_dropped`."""
    known, kept = _keys_in(form, "canned"), _keys_in(form, "canned_files")
    just = [key for typed in data.getlist("canned")[:MENU] if (key := key_in(typed))]
    if not (known or just):
        return []
    usable = CannedReply.objects.usable_by(reader).filter(pk__in=[*known, *just])
    found = list(
        usable.select_related("assigns_to", "moves_to").prefetch_related(
            "files", "adds_tags", "removes_tags"
        )
    )
    for one in found:
        for file in one.files.all():
            file.is_dropped = one.pk in known and file.pk not in kept  # type: ignore[attr-defined]
    return found


def _keys_in(form: forms.AgentReplyForm, name: str) -> list[int]:
    value = form[name].value() or []
    values = [value] if isinstance(value, str) else value
    return [key for typed in values[:MENU] if (key := key_in(str(typed)))]
