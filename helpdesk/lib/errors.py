"""A rule said no, in a sentence fit for a person."""

from django.utils.functional import Promise


class DeskError(Exception):
    """Refusal with a translatable sentence; every door shows it in its own form."""

    status = 422

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)
