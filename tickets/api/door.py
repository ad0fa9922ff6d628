"""The HTTP API."""

from ninja import NinjaAPI

api = NinjaAPI(title="Help desk", version="1")
