"""People, places, hours, categories and services."""

from departments.models.calendar import Holiday, OpeningHours, OpeningSlot
from departments.models.knowledge import Category, Service
from departments.models.people import Agent, ApiToken, Notice, Organisation, User
from departments.models.places import Department, Membership, signature_of, signed
from departments.models.reach import ReturnedMail

__all__ = [
    "Agent",
    "ApiToken",
    "Category",
    "Department",
    "Holiday",
    "Membership",
    "Notice",
    "OpeningHours",
    "OpeningSlot",
    "Organisation",
    "ReturnedMail",
    "Service",
    "User",
    "signature_of",
    "signed",
]
