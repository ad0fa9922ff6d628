"""The faces of the desk: what customers see of the company, by host name and by department."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.lib import colours, multilingual
from helpdesk.lib.shelf import Shelf

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from departments.models.places import Department

LOGOS = "logos"
_BRACES = re.compile(r"\{([^{}]*)\}")
_PLACEHOLDERS = {
    "sender_name": ("{agent}", "{department}", "{company}"),
    "automatic_sender_name": ("{department}", "{company}"),
}


class LogoStorage(FileSystemStorage):
    """Where files are kept, with the public address of logos."""

    def url(self, name: str | None) -> str:
        """Every logo that was saved has an address of its own."""
        return reverse("logo", args=[(name or "").rpartition("/")[2].removesuffix(".webp")])


def logo_storage() -> LogoStorage:
    """For the migrations, which would else write down where files were kept."""
    return LogoStorage()


def _ascii(host: str) -> str:
    """`host` as browsers ask for it (IDNA)."""
    with suppress(UnicodeError):
        return host.encode("idna").decode()
    return host


class Brand(models.Model):
    """Name, logo, colour and words of a company. The one without a host name is the whole desk's;
    others have a host name of their own, and departments whose tickets and letters are theirs."""

    name = models.CharField(
        _("name of the company"),
        max_length=100,
        blank=True,
        help_text=_("Stands on top of all pages and in letters."),
    )
    host = models.CharField(
        _("host name"),
        max_length=253,
        unique=True,
        blank=True,
        help_text=_(
            "Where this brand's customers find it, without https://: help.example.org. It must "
            "lead to this server."
        ),
    )
    logo = models.FileField(
        _("logo"), upload_to=LOGOS, storage=logo_storage, blank=True, editable=False
    )
    dark_logo = models.FileField(
        _("logo for dark pages"),
        upload_to=LOGOS,
        storage=logo_storage,
        blank=True,
        editable=False,
    )
    shows_name = models.BooleanField(
        _("name beside the logo"),
        default=False,
        help_text=_("For logos in which the name does not stand."),
    )
    accent = models.CharField(
        _("colour"),
        max_length=7,
        default=colours.HOUSE,
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z")],
        help_text=_("Of the bar on top, links and buttons. Text stays readable with any colour."),
    )
    welcome = multilingual.MultilingualField(
        _("welcome"),
        rows=2,
        blank=True,
        help_text=_("On the pages where customers sign in and where they find their requests."),
    )
    before_writing = multilingual.MultilingualField(
        _("before writing"), rows=3, blank=True, help_text=_("Above the form for a new request.")
    )
    footer = multilingual.MultilingualField(
        _("last line"), blank=True, help_text=_("At the foot of all pages of customers.")
    )
    imprint_url = models.URLField(
        _("address of the imprint"), blank=True, validators=[URLValidator(["http", "https"])]
    )
    privacy_url = models.URLField(
        _("address of the privacy policy"), blank=True, validators=[URLValidator(["http", "https"])]
    )
    sender_name = multilingual.MultilingualField(
        _("sender of answers"),
        blank=True,
        help_text=_(
            "{agent}, {department} and {company} are filled in. Empty: {agent} · {department}"
        ),
    )
    automatic_sender_name = multilingual.MultilingualField(
        _("sender of automatic letters"),
        blank=True,
        help_text=_("{department} and {company} are filled in. Empty: {department}"),
    )

    if TYPE_CHECKING:
        departments: "RelatedManager[Department]"

    class Meta:
        ordering = ["host"]
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.shown_name

    def clean(self) -> None:
        """Host names are compared in lower case, and this server must answer to them."""
        super().clean()
        self.host = _ascii(self.host.strip().lower().rpartition("//")[2].rstrip("./"))
        wrong: dict[str, Any] = {
            name: _("Only these can stand in braces: %s") % ", ".join(known)
            for name, known in _PLACEHOLDERS.items()
            if any(
                set(_BRACES.findall(text)) - {one.strip("{}") for one in known}
                for text in getattr(self, name).values()
            )
        }
        if self.host and (sentence := self._host_fault()):
            wrong["host"] = sentence
        if self.host and not self.name:
            wrong["name"] = _("A brand with a host name needs a name.")
        if wrong:
            raise ValidationError(wrong)

    def _host_fault(self) -> str:
        """Why nobody could be sent to its host name; empty if they can."""
        domain, _port = split_domain_port(self.host)
        if not domain:
            return gettext("“%s” is no host name.") % self.host
        if self.host == urlsplit(settings.DESK_URL).netloc:
            return gettext("This is the address of the whole desk.")
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            return (
                gettext(
                    "This server does not answer to %s yet. Add the name to ALLOWED_HOSTS in the "
                    "environment of the desk and start it again."
                )
                % domain
            )
        return ""

    @property
    def is_default(self) -> bool:
        """Is it the whole desk's?"""
        return not self.host

    @property
    def shown_name(self) -> str:
        """Its name, or the one in the environment."""
        return self.name or settings.DESK_NAME

    @property
    def url(self) -> str:
        """The address that its customers type, without a slash at the end."""
        home: str = settings.DESK_URL
        return home if self.is_default else f"{urlsplit(home).scheme}://{self.host}"

    @property
    def look(self) -> str:
        """The address of the style sheet with its colours; empty while they are the house's."""
        if self.accent == colours.HOUSE:
            return ""
        try:
            return reverse("look", args=[colours.sheet_name(self.accent)])
        except ValueError:
            return ""

    @property
    def sign(self) -> str:
        """The address of what stands in tabs of browsers, the first letter of its name; empty
        while it has no name."""
        letter = next((one for one in self.name.upper() if one.isalnum()), "")
        try:
            return reverse("sign", args=[colours.sheet_name(self.accent), letter]) if letter else ""
        except ValueError:
            return ""

    @classmethod
    def at(cls, host: str) -> "Brand":
        """Whose pages are shown under `host` (with or without a port); one that is not saved if
        nobody set one up."""
        brands = shelf.take()
        for name in (host.lower(), split_domain_port(host)[0], ""):
            if name in brands:
                return brands[name]
        return cls()

    @classmethod
    def of(cls, department: "Department") -> "Brand":
        """Whose name letters about tickets of `department` carry, and where they lead."""
        if department.brand_id is None:
            return cls.at("")
        brands = shelf.take().values()
        found = next((one for one in brands if one.pk == department.brand_id), None)
        return found or department.brand or cls.at("")

    def own(self, path: str = "") -> models.Q:
        """Narrows rows to its departments: `Category.objects.filter(brand.own("department__"))`."""
        return models.Q((f"{path}brand", None if self.is_default else self))

    def sender(self, department: "Department", agent: str = "") -> str:
        """Who a letter about tickets of `department` is from: in the active language, by a person
        whom customers call `agent`, or by a machine."""
        usual, own = ("{department}", self.automatic_sender_name)
        if agent:
            usual, own = ("{agent} · {department}", self.sender_name)
        words = {"agent": agent, "department": department.label, "company": self.shown_name}
        return _BRACES.sub(lambda found: words.get(found[1], ""), multilingual.pick(own) or usual)


def _by_host() -> dict[str, Brand]:
    return {one.host: one for one in Brand.objects.all()}


shelf = Shelf(_by_host, model=Brand)


def desk_url(department: "Department | None" = None) -> str:
    """Where customers of `department` find us (None: the whole desk), without a slash at the
    end."""
    return Brand.of(department).url if department else settings.DESK_URL


def desk_name() -> str:
    """What the whole desk is called."""
    return Brand.at("").shown_name
