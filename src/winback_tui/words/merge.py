"""What is said about duplicates."""

from collections.abc import Sequence
from typing import Final

from winback_tui.words.customers import customer_name

REASONS: Final = {
    "vat_id": "same VAT id",
    "email": "same e-mail",
    "phone": "same phone",
    "zeros": "the same number but for zeros in front",
    "name_zip": "nearly the same name at one place",
    "name_city": "nearly the same name in one town",
    "name": "the same name, and no address",
}
NONE: Final = "Nobody looks like a duplicate."


def why(reasons: Sequence[str]) -> str:
    """Return what two customers share."""
    return ", ".join(REASONS.get(each, each.replace("_", " ")) for each in reasons)


def merged(kept: tuple[str, str], gone: tuple[str, str]) -> str:
    """Return the sentence after a merge; each is number and name."""
    return (
        f"Merged {customer_name(*gone)} ({gone[0]}) into {customer_name(*kept)} ({kept[0]}); both "
        "numbers find it."
    )


def apart(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Return the sentence after two customers were said to be two."""
    return (
        f"{customer_name(*one)} ({one[0]}) and {customer_name(*other)} ({other[0]}) are two; they "
        "are not suggested again."
    )
