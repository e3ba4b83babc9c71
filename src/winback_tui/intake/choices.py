"""What was chosen where a file leaves room, as it is told. Standard library only."""

from typing import NamedTuple


class Choice(NamedTuple):
    """What was chosen where a file leaves room for it: a field, its column, and what not.

    For the fields status, other_status and document_type `others` are the words that count: as
    purchases, and as money that went back.
    """

    field: str
    column: str
    others: tuple[str, ...]


def two_names(column: str, number: str, names: tuple[str, str], count: int) -> Choice:
    """Return what is told of `count` numbers that bear two names, such as `number` with `names`."""
    return Choice("two_names", column, (number, *names, str(count)))
