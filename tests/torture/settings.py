"""The real settings with a quicker clock: what is done every minute is done every second."""

from helpdesk.settings import *  # noqa: F403

for _name, _seconds in {
    "poll mailboxes": 1,
    "sweep the ledger": 4,
    "sweep the tray": 4,
}.items():
    CELERY_BEAT_SCHEDULE[_name] |= {  # noqa: F405
        "schedule": _seconds,
        "options": {"expires": _seconds},
    }
