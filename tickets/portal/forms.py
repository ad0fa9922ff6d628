"""The customers' forms; their fields are the arguments of the verbs."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models import Brand, Category, Service, User
from tickets.actions import opening
from tickets.attachments import MAX_FILES
from tickets.coach import MOST_PARTS
from tickets.forms import AheadForm, BodyField, ReplyForm, sent_with, tokens_in
from tickets.models import Body, Message, Rating

SCORES = [(score, str(score)) for score in range(1, 6)]
GOOD_OR_BAD = [("5", _("Good")), ("1", _("Bad"))]


class AboutForm(forms.Form):
    """What one or several tickets are about."""

    category = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("I am not sure"),
    )
    service = forms.ModelChoiceField(
        label=_("Product or service"),
        queryset=Service.objects.none(),
        required=False,
        empty_label=_("Not about a product"),
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("category", Category.objects.offered_by(brand)),
            ("service", Service.objects.filter(is_active=True)),
        ):
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows


class FilesForm(AheadForm):
    """A form of `by` with files."""

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = by

    @property
    def sent_already(self) -> Message | None:
        """The same words with files that lay beside this form, which is not valid for they are gone
        with those: it was sent twice, by one click."""
        tokens = tokens_in(str(self["uploads"].value() or ""))
        if self.owner is None or not tokens or "uploads" not in self.errors:
            return None
        sent = sent_with(self.owner, tokens)
        body = Body.plain(self.cleaned_data.get("body", ""))
        return sent if sent is not None and sent.text == body.text else None


class AnswerForm(ReplyForm, FilesForm):
    """`continue_conversation`."""


class NewTicketForm(AboutForm, FilesForm):
    """`open_ticket` in the customer's words."""

    subject = forms.CharField(
        label=_("In a few words: what is it about?"), max_length=opening.SUBJECT_LENGTH
    )
    body = BodyField(
        label=_("What happened?"),
        help_text=_("What did you do, what did you expect, what came instead, and since when?"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class PartForm(FilesForm):
    """One of several matters; left empty, it is none."""

    subject = forms.CharField(
        label=_("In a few words: what is it about?"), max_length=opening.SUBJECT_LENGTH
    )
    body = BodyField(label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 6}))

    at, of = 0, 1

    @property
    def matters(self) -> list[tuple[int, str, bool]]:
        """To which matter a file may be said to belong: (which, in words, whether it is this
        one)."""
        words = _("Matter %(number)s")
        return [(at, words % {"number": at + 1}, at == self.at) for at in range(self.of)]


class PartsFormSet(forms.BaseFormSet):
    """The matters that one text was divided into. `matter-TOKEN` says to which of them, from 0, an
    upload belongs that stands with another one."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Each of them may be emptied."""
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Each knows its place among them."""
        super().add_fields(form, index)
        part = cast(PartForm, form)
        part.at, part.of = index or 0, self.total_form_count()

    def full_clean(self) -> None:
        """Files first go where they belong."""
        if self.is_bound:
            self._place_files()
        super().full_clean()

    def _place_files(self) -> None:
        # The files of a matter that was emptied go with one that stays, for nobody left them out.
        staying = [form.at for form in self.forms if form.has_changed()]
        placed: dict[int, list[str]] = {form.at: [] for form in self.forms}
        for form in self.forms:
            for token in form.tokens:
                chosen = self.data.get(f"matter-{token}", "")
                at = next((at for at in placed if str(at) == chosen), form.at)
                at = at if at in staying or not staying else staying[0]
                placed[at if len(placed[at]) < MAX_FILES else form.at].append(token)
        for form in self.forms:
            form.say_beside(placed[form.at])

    @property
    def said(self) -> list[dict[str, Any]]:
        """What was filled, once all are valid."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data]

    def clean(self) -> None:
        """At least one matter must be left."""
        if not any(form.has_changed() for form in self.forms):
            raise forms.ValidationError(_("Write down what it is about, please."))


Parts = cast(
    type[PartsFormSet],
    forms.formset_factory(
        PartForm,
        formset=PartsFormSet,
        extra=0,
        max_num=MOST_PARTS,
        absolute_max=MOST_PARTS,
        validate_max=True,
    ),
)


class RatingForm(forms.Form):
    """One answer (good or bad) or the whole ticket (1 to 5)."""

    score = forms.TypedChoiceField(
        coerce=int, error_messages={"required": _("Choose one, please.")}
    )
    comment = BodyField(
        label=_("Anything to add?"),
        required=False,
        max_length=Rating.COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, of_answer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_answer = of_answer
        choices = GOOD_OR_BAD if of_answer else SCORES
        cast(forms.ChoiceField, self.fields["score"]).choices = choices
