"""What every page knows about the desk itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info


def desk(request: HttpRequest) -> dict[str, Any]:
    """`desk`: name, trial (the trial mail server is in use), version, languages [(code, name)]."""
    return {
        "desk": {
            "name": settings.DESK_NAME,
            "trial": settings.DESK_TRIAL,
            "version": settings.VERSION,
            "languages": [
                (code, get_language_info(code)["name_local"].capitalize())
                for code, _name in settings.LANGUAGES
            ],
        }
    }
