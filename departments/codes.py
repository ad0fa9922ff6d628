"""Mailed codes that prove one thing: whoever types it reads the letters of a person.

Signing in by a code is django-allauth's; these open something smaller. The letter is the same, and
both count together towards how many are mailed.
"""

import time
from enum import Enum, auto

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from departments.models import User
from helpdesk.lib import tokens

MOST_TRIES = 3
_KEY = "code"


class Typed(Enum):
    """What came of a code that somebody typed."""

    RIGHT = auto()
    WRONG = auto()
    OVER = auto()  # none waits: never asked for, too old, or the third wrong one


def mail_code(request: HttpRequest, person: User, *, purpose: str) -> bool:
    """Mail `person` a code that is good for `purpose`, in this browser; False if too many were
    mailed lately."""
    if not ratelimit.consume(request, action="request_login_code", key=person.email):
        return False
    adapter = get_adapter(request)
    code = adapter.generate_login_code()
    adapter.send_mail("account/email/login_code", person.email, {"code": code})
    # One at a time; what lies in the session opens nothing by itself.
    request.session[_KEY] = {
        "purpose": purpose,
        "mac": _mac(purpose, code),
        "until": time.time() + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "tries": 0,
    }
    return True


def is_waited_for(request: HttpRequest, *, purpose: str) -> bool:
    """Was a code for `purpose` mailed that may still be typed here?"""
    waiting = request.session.get(_KEY)
    return bool(waiting and waiting["purpose"] == purpose and waiting["until"] > time.time())


def check_code(request: HttpRequest, typed: str, *, purpose: str) -> Typed:
    """Whether it is the code that was mailed for `purpose`. A right one is used up; after the third
    wrong one none is right."""
    if not is_waited_for(request, purpose=purpose):
        return Typed.OVER
    waiting = request.session[_KEY]
    if constant_time_compare(waiting["mac"], _mac(purpose, typed)):
        del request.session[_KEY]
        return Typed.RIGHT
    waiting["tries"] += 1
    if waiting["tries"] >= MOST_TRIES:
        del request.session[_KEY]
        return Typed.OVER
    request.session[_KEY] = waiting
    return Typed.WRONG


def masked(address: str) -> str:
    """Enough of an address to know it by, for whoever has it: c…@customer.example"""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _mac(purpose: str, code: str) -> str:
    letters = "".join(one for one in code.upper() if one.isalnum())
    return tokens.short_mac("code", f"{purpose}:{letters}")
