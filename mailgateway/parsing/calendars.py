"""Invitations (RFC 5545, RFC 6047) as a few lines to read, where a letter says nothing else."""

import re

_LONGEST = 100_000
_EVENT = re.compile(r"BEGIN:V(?:EVENT|TODO)\n(.*?)(?:END:V(?:EVENT|TODO)|\Z)", re.DOTALL)
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z)?)?")
_METHOD = re.compile(r"^METHOD:([A-Za-z-]{1,20})\s*$", re.MULTILINE)


def method_of(text: str) -> str:
    """What the sender asks for: REQUEST, REPLY, CANCEL, ..., or an empty string."""
    found = _METHOD.search(text[:_LONGEST].replace("\r\n", "\n"))
    return found[1].upper() if found else ""


def summary(text: str) -> str:
    """What, when, where, with whom; each on its own line, without words of ours."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text[:_LONGEST]).replace("\r\n", "\n")
    event = _EVENT.search(unfolded)
    if not event:
        return ""
    fields: dict[str, tuple[str, str]] = {}
    for line in event[1].split("\n"):
        head, colon, value = line.partition(":")
        name, _semicolon, parameters = head.partition(";")
        if colon:
            fields.setdefault(name.upper(), (parameters, value.strip()))
    when = " – ".join(_time(*fields[key]) for key in ("DTSTART", "DTEND") if key in fields)
    person = re.sub(r"^mailto:", "", fields.get("ORGANIZER", ("", ""))[1], flags=re.IGNORECASE)
    lines = [_plain(fields, "SUMMARY"), when, _plain(fields, "LOCATION"), person]
    description = _plain(fields, "DESCRIPTION")
    return "\n".join([*filter(None, lines), *(["", description] if description else [])])


def _plain(fields: dict[str, tuple[str, str]], name: str) -> str:
    value = fields.get(name, ("", ""))[1]
    return re.sub(r"\\(.)", lambda hit: "\n" if hit[1] in "nN" else hit[1], value).strip()


def _time(parameters: str, value: str) -> str:
    zone = re.search(r"TZID=\"?([^;\"]{1,60})", parameters)
    found = _MOMENT.fullmatch(value)
    if not found:
        return value[:60]
    year, month, day, hour, minute, utc = found.groups()
    clock = f" {hour}:{minute}" if hour else ""
    name = "UTC" if utc else (zone[1] if zone else "")
    return f"{year}-{month}-{day}{clock} {name}".strip()
