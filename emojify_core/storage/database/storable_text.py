"""Which strings a database can keep: one rule for both, checked before either is asked."""

from emojify_core.errors import UnstorableTextError


def is_storable(value: str) -> bool:
    """Tell whether every database keeps this string as it is."""
    if "\0" in value:  # PostgreSQL refuses it
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def check_storable(**values: str | None) -> None:
    """Raise UnstorableTextError, naming the field, for a string that cannot be kept.

    Refused rather than stripped: what is learned shall be what was sent.
    """
    for name, value in values.items():
        if value is not None and not is_storable(value):
            raise UnstorableTextError(
                f"The field {name} holds a NUL character or half of a surrogate pair, "
                "which cannot be stored. Send it without."
            )
