"""What programs may do, with a token. `api` is whole once its routers are in."""

from tickets.api import tickets
from tickets.api.door import api

api.add_router("", tickets.router)

__all__ = ["api"]
