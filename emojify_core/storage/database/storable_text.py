"""Which strings both databases can store, checked before the query."""

from emojify_core.errors import UnstorableTextError


def is_storable(value: str) -> bool:
    """Tell whether both databases can store this string unchanged."""
    if "\0" in value:  # PostgreSQL refuses it
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def check_storable(**values: str | None) -> None:
    """Raise UnstorableTextError with the name of the field for a string that cannot be stored.

    Nothing is stripped: the model must learn exactly what the client sent.
    """
    for name, value in values.items():
        if value is not None and not is_storable(value):
            raise UnstorableTextError(
                f"The field {name} contains a NUL character or half of a surrogate pair, "
                "which cannot be stored. Remove it and send the request again."
            )
