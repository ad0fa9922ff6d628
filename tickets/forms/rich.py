"""What agents write with our editor: formatted text, with pictures in it and files beside it."""

from datetime import datetime
from html import escape
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from helpdesk.lib import html as html_door
from tickets import placeholders
from tickets.attachments import MAX_FILES, IncomingFile
from tickets.forms.base import BODY_LENGTH, BodyField, FilesField, TicketForm
from tickets.models import Body, CannedReply, Draft, Upload

# What is written takes more room with its tags.
HTML_LENGTH = 2 * BODY_LENGTH
_TOKEN_LENGTH = len(str(UUID(int=0)))


class UploadsField(forms.CharField):
    """Files that came ahead of the form, as tokens with commas; cleaned to their owner's uploads.

    `owner` is set by the form. One that is not there is an error where they `are_needed`.
    """

    widget = forms.HiddenInput
    owner: Any = None

    def __init__(self, *, are_needed: bool = True, **kwargs: Any) -> None:
        self.are_needed = are_needed
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", (_TOKEN_LENGTH + 1) * MAX_FILES)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A list, as a draft keeps it, as the text of the field."""
        return ",".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Upload]:
        """Tokens -> uploads, in that order. Somebody else's are not known here."""
        tokens = list(dict.fromkeys(filter(None, super().clean(value).split(","))))
        found = uploads_of(self.owner, tokens)
        if self.are_needed and len(found) < len(tokens):
            raise forms.ValidationError(
                _("A file is not here any more, or was sent already. Attach it once more.")
            )
        return found


def uploads_of(owner: Any, tokens: list[str]) -> list[Upload]:
    """Uploads of `owner` among `tokens`, in that order."""
    rows = Upload.objects.filter(owner=owner, token__in=_ids(tokens))
    known = {str(one.token): one for one in rows}
    return [known[token] for token in tokens if token in known]


def _moment(typed: str) -> datetime | None:
    try:
        return parse_datetime(typed)
    except ValueError:
        return None


def _ids(tokens: list[str]) -> list[UUID]:
    ids = []
    for token in tokens:
        try:
            ids.append(UUID(token))
        except ValueError:
            continue
    return ids


class RichForm(TicketForm):
    """A form with the editor: `html` beside the text of `body`, and `uploads` beside `files`.

    Where `html` came, the text is made of it: a browser is not asked twice what was said.
    """

    body = BodyField(required=False)
    html = forms.CharField(
        required=False, max_length=HTML_LENGTH, strip=False, widget=forms.HiddenInput
    )
    uploads = UploadsField()
    files = FilesField()  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].owner = self.by  # type: ignore[attr-defined]
        self.shown: list[Upload] = []

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
        super().clean()
        data = self.cleaned_data
        if html := data.get("html"):
            data["body"] = html_door.to_text(html)
        beside = [one for one in data.pop("uploads", []) if one not in self.shown]
        files: list[IncomingFile | Upload] = [*data.get("files", []), *beside, *self.shown]
        if len(files) > MAX_FILES:
            self.add_error(
                None, _("At most %(count)d files fit on one message.") % {"count": MAX_FILES}
            )
        data["files"] = files
        return data

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

    @property
    def beside(self) -> list[Upload]:
        """What lies beside the text already, for a page that shows the form again."""
        value = self["uploads"].value() or ""
        tokens = value if isinstance(value, list) else str(value).split(",")
        return uploads_of(self.by, tokens[:MAX_FILES]) if any(tokens) else []


class DraftForm(TicketForm):
    """save_draft. `version` is when the draft that this page knows was saved, empty for none;
    `discard` forgets it, `plain` chooses with or without formatting from now on."""

    slug = "draft"
    OTHER_LENGTH = 20_000

    body = BodyField(required=False)
    html = forms.CharField(required=False, max_length=HTML_LENGTH, strip=False)
    uploads = UploadsField(are_needed=False)
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
        self.fields["uploads"].owner = self.by  # type: ignore[attr-defined]

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
