"""Keys of rows as addresses and forms say them."""

# More digits than these may be more than a key of the database can be.
MOST_DIGITS = 18


def key_in(typed: str | None) -> int:
    """The key that `typed` says; 0, which no row has, for anything else."""
    typed = typed or ""
    is_key = typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    return int(typed) if is_key else 0
