"""What the log may tell. Some addresses of the desk are their own proof (a rating, a feed, a new
password), and Django writes the address of every request that it refuses."""

import logging
import re
from typing import Final

# A part of a path long enough to be a key; the names of our pages are shorter.
_KEY: Final = re.compile(r"(?<=/)[\w.:=~-]{22,}(?=[/?\s\"']|$)")


class WithoutKeys(logging.Filter):
    """Writes `…` in the place of keys in addresses of requests, whoever reports them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets `record` through, changed."""
        if record.name.startswith("django."):
            record.msg, record.args = _KEY.sub("…", record.getMessage()), ()
        return True
