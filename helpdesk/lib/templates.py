"""Templates are written as people read them and sent without what only people need."""

import re

from django.template.base import Origin
from django.template.loaders import filesystem

# What stands in a row of a list is sent for every row. Lines stay lines: a space between words
# stays a space.
INDENT = re.compile(r"\n[ \t\n]+")
REMARK = re.compile(r"^\{#[^\n]*#\}\n", re.MULTILINE)
# Tags that say nothing themselves, alone on their line.
SILENT = re.compile(
    r"^(\{% (?:if|elif|else|endif|for|empty|endfor|with|endwith|load|translate [^\n]* as)\b"
    r"[^\n%]*%\})\n",
    re.MULTILINE,
)


class Loader(filesystem.Loader):
    """Reads templates from `DIRS`; pages (.html) lose indentation, remarks and empty lines."""

    def get_contents(self, origin: Origin) -> str:
        """The source of a template. Raises TemplateDoesNotExist."""
        source = super().get_contents(origin)
        return tight(source) if origin.name.endswith(".html") else source


def tight(source: str) -> str:
    """The same page in fewer bytes."""
    return SILENT.sub(r"\1", REMARK.sub("", INDENT.sub("\n", source)))
