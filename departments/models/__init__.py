"""People, places, hours, categories and services."""

from departments.models.addresses import (
    addresses_of,
    has_address,
    people_at,
    people_called,
    person_at,
    person_now,
)
from departments.models.brands import Brand, desk_name, desk_url
from departments.models.calendar import Holiday, OpeningHours, OpeningSlot
from departments.models.desk import RATABLE_DAYS, DeskSettings
from departments.models.knowledge import Category, Service
from departments.models.letter_text import BLOCKS, EXPLAINED, RULES, LetterKind, LetterText
from departments.models.people import Agent, ApiToken, Organisation, User
from departments.models.places import Department, Membership, signature_of, signed
from departments.models.reach import ReturnedMail
from departments.models.wishes import LETTERS, Notice, Reason, Way

__all__ = [
    "BLOCKS",
    "EXPLAINED",
    "LETTERS",
    "RATABLE_DAYS",
    "RULES",
    "Agent",
    "ApiToken",
    "Brand",
    "Category",
    "Department",
    "DeskSettings",
    "Holiday",
    "LetterKind",
    "LetterText",
    "Membership",
    "Notice",
    "OpeningHours",
    "OpeningSlot",
    "Organisation",
    "Reason",
    "ReturnedMail",
    "Service",
    "User",
    "Way",
    "addresses_of",
    "desk_name",
    "desk_url",
    "has_address",
    "people_at",
    "people_called",
    "person_at",
    "person_now",
    "signature_of",
    "signed",
]
