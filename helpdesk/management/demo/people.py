"""Who works at the demo desk and who writes to it."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from departments.actions import join_department
from departments.models import Department, Membership, Organisation, User

# short name: (address, name, name shown to customers, {department: role})
AGENTS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "linus": ("linus@desk.example", "Linus Weber", "Linus", {"hosting": "agent"}),
    "olena": ("olena@desk.example", "Olena", "", {"hosting": "lead"}),
    "ada": ("ada@desk.example", "Ada Kovalenko", "Ada", {"billing": "agent", "sales": "agent"}),
    "grace": ("grace@desk.example", "Grace Melnyk", "Grace", {"billing": "lead"}),
    "jonas": ("jonas@desk.example", "Jonas", "", {"hosting": "agent", "sales": "agent"}),
    "marta": ("marta@desk.example", "Marta", "", {"sales": "lead"}),
}
ADMINISTRATOR = ("admin@desk.example", "Administrator")

# name: (domains, do colleagues see each other's tickets)
ORGANISATIONS: dict[str, tuple[list[str], bool]] = {
    "Customer & Co.": (["customer.example"], True),
    "Хлібний двір": (["bakery.example"], True),
    "Печатный дом": (["print.example"], False),
    "Nordwind Verlag": (["nordwind.example"], True),
    "Quiet Studio": (["studio.example"], False),
}

# short name: (address, name, language)
CUSTOMERS: dict[str, tuple[str, str, str]] = {
    "carla": ("carla@customer.example", "Carla Bondar", "uk"),
    "mallory": ("mallory@elsewhere.example", "Mallory", "en"),
    "colleague": ("office@customer.example", "Офіс", "uk"),
    "baker": ("shop@bakery.example", "Оксана", "uk"),
    "teacher": ("school@education.example", "Тарас", "uk"),
    "printer": ("anna@print.example", "Анна", "ru"),
    "developer": ("ivan@code.example", "Иван", "ru"),
    "publisher": ("heike@nordwind.example", "Heike", "de"),
    "editor": ("frank@nordwind.example", "Frank", "de"),
    "musician": ("post@klangraum.example", "Jule", "de"),
    "designer": ("susan@studio.example", "Susan", "en"),
    "shopkeeper": ("tom@corner-shop.example", "Tom", "en"),
    "stranger": ("win@prizes.example", "Best Prize", "en"),
}
KNOWN_FOR = timedelta(days=120)
LINUS_SIGNATURE = "{agent}\n{department}, desk.example\nMo-Fr 9-17"
ACCOUNTS = {
    "agent": "linus",
    "lead": "olena",
    "administrator": "administrator",
    "customer": "carla",
}
"""{role: short name} of those who get a password."""


def settle(places: dict[str, Department]) -> dict[str, User]:
    """Make everybody; {short name: person}. Nobody has a password yet: codes come by mail."""
    for name, (domains, shares) in ORGANISATIONS.items():
        Organisation.objects.create(name=name, domains=domains, shares_tickets=shares)
    employers = {
        domain: organisation
        for organisation in Organisation.objects.all()
        for domain in organisation.domains
    }
    people = {}
    for key, (email, name, shown, roles) in AGENTS.items():
        people[key] = User.objects.create_user(email, name=name, shown_name=shown)
        for place, role in roles.items():
            join_department(people[key], places[place], role=role)
    email, name = ADMINISTRATOR
    people["administrator"] = User.objects.create_superuser(email, name=name)
    for key, (email, name, language) in CUSTOMERS.items():
        employer = employers.get(email.rpartition("@")[2])
        people[key] = User.objects.create_user(
            email, name=name, language=language, organisation=employer
        )
    User.objects.update(created_at=timezone.now() - KNOWN_FOR)
    Membership.objects.filter(user=people["linus"]).update(signature=LINUS_SIGNATURE)
    # Sign-in asks for a confirmed address; at a demo desk everybody's is.
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people.values()
    )
    return people


def give_passwords(people: dict[str, User]) -> list[dict[str, str]]:
    """Fresh passwords for one person of each role: [{role, email, password}]."""
    accounts = []
    for role, key in ACCOUNTS.items():
        password = secrets.token_urlsafe(9)
        person = people[key]
        person.set_password(password)
        person.save(update_fields=["password"])
        accounts.append({"role": role, "email": person.email, "password": password})
    return accounts
