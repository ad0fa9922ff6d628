"""Names of colleagues in a note, marked for those who read it."""

import html as entities
import re
from collections.abc import Collection

from helpdesk.lib.markup import Tag, pieces


def with_marks(html: str, names: Collection[str]) -> str:
    """`html` (clean) in which "@" and one of `names` are marked. Only text is touched, no tag."""
    if not names:
        return html
    # The longest first: "Ada Kovalenko" before "Ada".
    wanted = sorted((entities.escape(name, quote=False) for name in names), key=len, reverse=True)
    named = re.compile(f"@(?:{'|'.join(map(re.escape, wanted))})(?!\\w)", re.IGNORECASE)
    return "".join(
        html[piece.start : piece.end]
        if isinstance(piece, Tag)
        else named.sub(lambda found: f'<mark class="mention">{found[0]}</mark>', piece)
        for piece in pieces(html)
    )
