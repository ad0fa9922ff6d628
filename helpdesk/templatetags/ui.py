"""Small signs that every page draws alike: icon, face, state dot, relative time, file size."""

import zlib
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, to_locale

from helpdesk.lib import names

register = template.Library()

THEMES = ("system", "light", "dark")
FACES = 8  # colours of avatars in tokens.css
AGO_STEPS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
AGO_LIMIT = timedelta(days=7)  # further away a date says more than a distance


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A drawing from the sprite; without a label it is decoration and silent to screen readers.

    `size` is "", "small" (16 px) or "large" (40 px).
    """
    css = f"icon icon--{size}" if size else "icon"
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            css,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>',
        css,
        href,
    )


@register.filter
def initials(name: str) -> str:
    """Two letters for a face: "Carla Bondar" gives CB, "carla@akme.test" gives C, "" gives ""."""
    words = [word for word in name.partition("@")[0].split() if word[0].isalnum()]
    if not words:
        return ""
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


@register.inclusion_tag("partials/_avatar.html")
def avatar(person: Any, size: str = "medium", *, label: bool = False) -> dict[str, Any]:
    """The round face of a person (`public_name`, `email`, `face_url`): their picture, else their
    initials; nobody gives the dashed circle.

    The colour follows the address, so a person keeps it. `label` says the name to screen readers
    where it does not stand beside the face.
    """
    if person is None:
        return {"name": "", "initials": "", "hue": 0, "size": size, "label": label, "url": ""}
    name = str(getattr(person, "public_name", "") or person)
    address = str(getattr(person, "email", "") or name).casefold()
    return {
        "name": name,
        "initials": initials(name) or "?",
        "hue": zlib.crc32(address.encode()) % FACES,
        "size": size,
        "label": label,
        "url": str(getattr(person, "face_url", "")),
    }


@register.simple_tag
def status_dot(status: str, label: str = "") -> SafeString:
    """The state of a ticket as a shape with its name: new, open, waiting, solved..."""
    words = str(label or getattr(status, "label", "") or status)
    return format_html(
        '<span class="dot dot--{}" role="img" title="{}"></span>',
        getattr(status, "value", status),
        words,
    )


def _distance(gap: timedelta) -> str:
    """The words for a distance in time, as `Intl.RelativeTimeFormat` says them in the browser."""
    if abs(gap) < timedelta(minutes=1):
        return gettext("just now")
    return format_timedelta(
        next(_whole(gap, step) for step in AGO_STEPS if abs(gap) >= step),
        threshold=1,
        add_direction=True,
        format="short",
        locale=to_locale(get_language() or "en"),
    )


def _whole(gap: timedelta, step: timedelta) -> timedelta:
    """The gap without what does not fill a step, towards now: 119 minutes are one hour."""
    return step * int(gap / step)


register.filter("harmless", names.harmless)


@register.filter
def ago(when: datetime | None) -> SafeString:
    """A relative time inside `<time>`, the exact one on hover; older than a week it is the date.

    Takes an aware datetime, past or future, in any zone; shows the reader's zone.
    """
    if when is None:
        return SafeString("")
    local = timezone.localtime(when)
    gap = when - timezone.now()
    exact = date_format(local, "SHORT_DATETIME_FORMAT")
    if abs(gap) >= AGO_LIMIT:
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            local.isoformat(timespec="seconds"),
            exact,
            date_format(local, "SHORT_DATE_FORMAT"),
        )
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        local.isoformat(timespec="seconds"),
        exact,
        _distance(gap),
    )


@register.filter
def file_size(size: int | None) -> str:
    """Bytes for people: 812 bytes, 412 KB, 1.5 MB (1024 bytes to the KB)."""
    count = int(size or 0)
    if count < 1000:
        return ngettext("%(size)d byte", "%(size)d bytes", count) % {"size": count}
    if count < 1024 * 1000:
        return gettext("%s KB") % number_format(max(1, round(count / 1024)))
    return gettext("%s MB") % number_format(round(count / 1024**2, 1), decimal_pos=1)


@register.filter
def time_spent(minutes: int) -> str:
    """Minutes for people: 45 min, 1 h 20 min, 3 h."""
    hours, rest = divmod(minutes, 60)
    parts = [
        gettext("%(hours)d h") % {"hours": hours} if hours else "",
        gettext("%(minutes)d min") % {"minutes": rest} if rest or not hours else "",
    ]
    return " ".join(part for part in parts if part)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme of the reader: the person's own, else the session's, else "system"."""
    request = context.get("request")
    session = getattr(request, "session", {})
    chosen = getattr(getattr(request, "user", None), "theme", "") or session.get("theme", "")
    return str(chosen) if chosen in THEMES else "system"


@register.filter
def field_kind(field: BoundField) -> str:
    """Which frame a form field wants: "check", "choices", "files" or "line"."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "files" if isinstance(widget, FileInput) else "line"
