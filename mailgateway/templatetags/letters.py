"""The letter behind a message, on the page of its ticket."""

from typing import Any

from django import template

from mailgateway.agent.forms import CHARSETS

register = template.Library()


@register.inclusion_tag("letters/_show_as.html")
def letter_behind(message: Any) -> dict[str, Any]:
    """A menu for a message that came by mail: show it in another charset, fetch its letter."""
    return {"message": message, "charsets": CHARSETS}
