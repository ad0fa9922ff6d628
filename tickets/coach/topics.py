"""What the kinds of topics want to know, as the product ships them; administrators change it."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tickets.coach.advice import Wishes
from tickets.coach.evidence import Evidence, Number


class Topic(TextChoices):
    """What a category of tickets is about."""

    SITE = "site", _("a site or service does not work")
    NETWORK = "network", _("network and connection")
    HARDWARE = "hardware", _("disk, memory and other hardware")
    PANEL = "panel", _("the control panel")
    MAIL = "mail", _("mail")
    BILLING = "billing", _("invoices and payment")
    QUESTION = "question", _("a question")
    SUGGESTION = "suggestion", _("a suggestion")


SHIPPED: Final = {
    Topic.SITE: Wishes(
        is_fault=True,
        evidence=((Evidence.ADDRESS,), (Evidence.SCREENSHOT, Evidence.MESSAGE, Evidence.LOG)),
    ),
    Topic.NETWORK: Wishes(
        is_fault=True,
        numbers=(Number.SERVER,),
        evidence=((Evidence.PING,), (Evidence.ROUTE,), (Evidence.SOURCE,)),
    ),
    Topic.HARDWARE: Wishes(
        is_fault=True,
        numbers=(Number.SERVER,),
        evidence=((Evidence.SMART, Evidence.MEMORY, Evidence.LOG),),
    ),
    Topic.PANEL: Wishes(
        is_fault=True, evidence=((Evidence.BROWSER,), (Evidence.SCREENSHOT, Evidence.MESSAGE))
    ),
    Topic.MAIL: Wishes(
        is_fault=True,
        numbers=(Number.DOMAIN,),
        evidence=((Evidence.HEADERS, Evidence.MESSAGE, Evidence.LOG),),
    ),
    Topic.BILLING: Wishes(
        numbers=(Number.INVOICE, Number.ACCOUNT), evidence=((Evidence.PAYMENT,),)
    ),
    Topic.QUESTION: Wishes(),
    Topic.SUGGESTION: Wishes(),
}
