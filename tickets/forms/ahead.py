"""Files that come ahead of a form, or stay with it when it comes back."""

from collections.abc import Iterable
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib import tokens
from helpdesk.lib.kept import WRITER
from tickets.attachments import MAX_FILES, IncomingFile
from tickets.forms.base import FilesField
from tickets.models import Message, Upload

WRITER_LASTS: Final = 3 * 24 * 3600
"""Seconds for which a form may bring files after its writer's session has ended."""

_TOKEN_LENGTH = len(str(UUID(int=0)))


class TokensField(forms.CharField):
    """Files that came ahead of the form, as tokens with commas; cleaned to a list of them."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", (_TOKEN_LENGTH + 1) * MAX_FILES)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A list, as a draft keeps it, as the text of the field."""
        return ",".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Each token once."""
        return tokens_in(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A form that holds nothing else is an empty one."""
        return False


class DroppedField(forms.Field):
    """Tokens of files that stay behind."""

    widget = forms.MultipleHiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A form that holds nothing else is an empty one."""
        return False


def tokens_in(text: str) -> list[str]:
    """The tokens in what a form says of its uploads."""
    return list(dict.fromkeys(filter(None, text.split(","))))[:MAX_FILES]


def uploads_of(owner: User | None, tokens: list[str]) -> list[Upload]:
    """Uploads of `owner` among `tokens`, in that order. Nobody else's are known here."""
    if owner is None or not tokens:
        return []
    rows = Upload.objects.filter(owner=owner, token__in=_ids(tokens))
    known = {str(one.token): one for one in rows}
    return [known[token] for token in tokens if token in known]


def sent_with(owner: User, tokens: list[str]) -> Message | None:
    """What `owner` said with files that had the `tokens` before: a file keeps its own."""
    sent = Message.objects.filter(author=owner, attachments__token__in=_ids(tokens))
    return sent.select_related("ticket").first()


def _ids(tokens: list[str]) -> list[UUID]:
    ids = []
    for token in tokens:
        try:
            ids.append(UUID(token))
        except ValueError:
            continue
    return ids


def writer_token(owner: User) -> str:
    """What a form says so that files which come after the session has ended are kept for `owner`.
    It lets nobody in, shows nothing, and ends with the password of that time."""
    return tokens.make(WRITER, [owner.pk, _password_of(owner)])


def writer_of(token: str) -> User | None:
    """Whose form said `token`; None if it is forged or too old, or they may not write any more."""
    pk, password = tokens.read(WRITER, token, max_age=WRITER_LASTS) or (0, "")
    person = User.objects.filter(pk=pk, is_active=True).first()
    return person if person is not None and _password_of(person) == password else None


def _password_of(person: User) -> str:
    return tokens.short_mac(WRITER, person.get_session_auth_hash())


class AheadForm(forms.Form):
    """A form with files: those in `uploads` came ahead of it, those in `files` come with it; both
    are cleaned to `files`. What is ticked in `dropped` stays behind, where no script removes it.

    `owner` is whose uploads they are, and is set before the form is read.
    """

    uploads = TokensField()
    dropped = DroppedField()
    files = FilesField()  # type: ignore[assignment]

    owner: User | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Uploads that stand in the text.
        self.shown: list[Upload] = []

    def clean_uploads(self) -> list[Upload]:
        """Tokens -> uploads; one that is not there any more is an error."""
        tokens = self._staying(self.cleaned_data["uploads"])
        found = uploads_of(self.owner, tokens)
        if len(found) < len(tokens):
            raise forms.ValidationError(
                _("A file is not here any more, or was sent already. Attach it once more.")
            )
        return found

    def clean(self) -> dict[str, Any]:
        """All that goes along, in `files`."""
        super().clean()
        data = self.cleaned_data
        data.pop("dropped", None)
        beside = [one for one in data.pop("uploads", []) if one not in self.shown]
        files: list[IncomingFile | Upload] = [*data.get("files", []), *beside, *self.shown]
        if len(files) > MAX_FILES:
            self.add_error(
                None, _("At most %(count)d files fit on one message.") % {"count": MAX_FILES}
            )
        data["files"] = files
        return data

    @property
    def writer(self) -> str:
        """Who writes, for when their session ends meanwhile; empty where nobody is known."""
        return writer_token(self.owner) if self.owner is not None else ""

    def _staying(self, tokens: list[str]) -> list[str]:
        without = set(self["dropped"].value() or [])
        return [one for one in tokens if one not in without]

    @property
    def tokens(self) -> list[str]:
        """What lies beside the text already, whether it is still there or not."""
        return self._staying(tokens_in(self["uploads"].value() or ""))

    @property
    def beside(self) -> list[Upload]:
        """What lies beside the text already, for a page that shows the form again."""
        return uploads_of(self.owner, self.tokens)

    @property
    def loose(self) -> list[IncomingFile]:
        """Good files that came with the form: a browser forgets them when it comes back."""
        return self.fields["files"].taken  # type: ignore[attr-defined,no-any-return]

    def put_beside(self, uploads: Iterable[Upload]) -> None:
        """`uploads` lie beside the text from now on."""
        self.say_beside([str(one.token) for one in (*self.beside, *uploads)])

    def say_beside(self, tokens: Iterable[str]) -> None:
        """The form now says that these lie beside its text."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("uploads")] = ",".join(tokens)
        self.data = data
