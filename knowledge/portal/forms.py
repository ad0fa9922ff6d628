"""What readers say of an article."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OpinionForm(forms.Form):
    """`vote`: did it help, and if it did not, what was missing."""

    helped = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce="yes".__eq__)
    comment = forms.CharField(
        label=_("What did you look for, or what is not clear?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )

    def clean_comment(self) -> str:
        """A word to the writers; where it helped there is nothing to mend."""
        return "" if self.cleaned_data.get("helped") else self.cleaned_data["comment"]
