"""What stands on the shelves of these stories."""

import pytest

from knowledge import actions
from knowledge.models import Section


@pytest.fixture
def shelf(db):
    """Where articles about mail stand."""
    return Section.objects.create(slug="mail", name={"en": "Mail", "uk": "Пошта"})


@pytest.fixture
def write(shelf, ada):
    """`write("Title", "Text")`: Ada's draft."""

    def written(title, body="Do this, then that.", language="en", **fields):
        html = body if body.startswith("<") else f"<p>{body}</p>"
        article = fields.pop("article", None)
        if article is not None:
            return actions.save_text(
                article, language=language, title=title, html=html, seen=0, by=ada
            )
        fields.setdefault("section", shelf)
        return actions.start_article(language=language, title=title, html=html, by=ada, **fields)

    return written


@pytest.fixture
def publish(write, grace):
    """`publish("Title", "Text")`: Ada has written it, Grace lets readers see it."""

    def published(*args, **fields):
        text = write(*args, **fields)
        return actions.publish_text(text, seen=text.version, by=grace)

    return published
