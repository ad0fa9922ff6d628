"""What programs may do, with a token. `api` is whole once its routers are in."""

from tickets.api import customers, tickets
from tickets.api.door import api

api.add_router("", tickets.router)
api.add_router("", customers.router)

__all__ = ["api"]
