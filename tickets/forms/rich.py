"""What agents write with our editor: formatted text, with pictures in it and files beside it."""

from datetime import datetime
from html import escape
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from helpdesk.lib import html as html_door
from helpdesk.lib.kinds import KINDS
from tickets import placeholders
from tickets.forms.ahead import AheadForm, TokensField, uploads_of
from tickets.forms.base import BODY_LENGTH, BodyField, TicketForm
from tickets.models import Body, CannedReply, Draft, Upload

# What is written takes more room with its tags.
HTML_LENGTH = 2 * BODY_LENGTH


def _moment(typed: str) -> datetime | None:
    try:
        return parse_datetime(typed)
    except ValueError:
        return None


class RichForm(AheadForm, TicketForm):
    """A form with the editor: `html` beside the text of `body`.

    Where `html` came, the text is made of it: a browser is not asked twice what was said.
    """

    body = BodyField(required=False)
    html = forms.CharField(
        required=False, max_length=HTML_LENGTH, strip=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = self.by
        self.fields["files"].kinds = KINDS  # type: ignore[attr-defined]

    def clean_html(self) -> str:
        """Clean; its pictures are uploads of this agent, bear their names, and go along as files.
        Others are left out: nobody else could see them."""
        html = html_door.clean_written(self.cleaned_data["html"])
        if tokens := html_door.own_pictures(html):
            self.shown = uploads_of(self.by, tokens)
            if len(self.shown) < len(tokens):
                html = html_door.clean_written(html, {str(one.token) for one in self.shown})
        for one in self.shown:
            source = f'src="{one.get_absolute_url()}"'
            html = html.replace(source, f'{source} alt="{escape(one.name)}"')
        return html

    def clean(self) -> dict[str, Any]:
        """Text in `body`, all that goes along in `files`; `html` stays for `said`."""
        if html := self.cleaned_data.get("html"):
            self.cleaned_data["body"] = html_door.to_text(html)
        return super().clean()

    def said(self, *, fill: bool = False) -> str | Body:
        """What goes to the verb as its `body`, when everything is clean; with placeholders filled
        where `fill` says so."""
        text, html = self.cleaned_data["body"], self.cleaned_data.pop("html", "")
        if fill:
            text = placeholders.fill(text, self.ticket, self.by)
            html = placeholders.fill(html, self.ticket, self.by, as_html=True)
        return Body.written(html) if html else text

    @property
    def writes_plain(self) -> bool:
        """Does this agent want to write without formatting?"""
        return self.by.writes_plain

    @property
    def version(self) -> str:
        """When the draft that this page knows was saved; empty if there is none."""
        if self.is_bound:
            return str(self.data.get("version", ""))
        return self.draft_of.isoformat() if self.draft_of else ""

    @property
    def draft_of(self) -> datetime | None:
        """Of when the draft is that stands in it, if one does; said as text where it was kept for
        somebody who had to sign in again."""
        version = None if self.is_bound else self.initial.get("version")
        return _moment(version) if isinstance(version, str) else version


class DraftForm(TicketForm):
    """save_draft. `version` is when the draft that this page knows was saved, empty for none;
    `discard` forgets it, `plain` chooses with or without formatting from now on."""

    slug = "draft"
    OTHER_LENGTH = 20_000

    body = BodyField(required=False)
    html = forms.CharField(required=False, max_length=HTML_LENGTH, strip=False)
    uploads = TokensField()
    version = forms.CharField(required=False, max_length=40)
    discard = forms.BooleanField(required=False)
    plain = forms.TypedChoiceField(
        choices=[("", ""), ("on", "on"), ("off", "off")],
        coerce="on".__eq__,
        empty_value=None,
        required=False,
    )
    insert = forms.ModelChoiceField(CannedReply.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["insert"].queryset = CannedReply.objects.usable_by(self.by)  # type: ignore[attr-defined]

    def clean_uploads(self) -> list[Upload]:
        """Tokens -> uploads, as far as they are there."""
        return uploads_of(self.by, self.cleaned_data["uploads"])

    def clean_version(self) -> datetime | None:
        """What the page saw; None if it does not say."""
        if "version" not in self.data:
            return None
        return _moment(self.cleaned_data["version"]) or Draft.NEVER

    def others(self) -> dict[str, list[str]]:
        """What else the form holds, for a page that shows it again."""
        found = {
            name: values
            for name, values in cast(QueryDict, self.data).lists()
            if name not in {*self.fields, *_NOT_KEPT}
        }
        size = sum(len(value) for values in found.values() for value in values)
        return found if size <= self.OTHER_LENGTH else {}


_NOT_KEPT = {"csrfmiddlewaretoken", "anyway", "last_message", "macro", "place"}
