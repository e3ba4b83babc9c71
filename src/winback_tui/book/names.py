"""What names a file gives to customers: two to one of them, or another one than the book has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from winback_tui.book.customers import fold
from winback_tui.book.strangers import Strangers
from winback_tui.entries import Entry
from winback_tui.rules.names import of_others

#: Fields of a customer of which the last row of a file wins.
_SAID_LAST: Final = ("street", "zip", "city", "country", "vat_id")


class TwoNames(NamedTuple):
    """How many customers a file tells two things of; one of them as example, the last one last."""

    many: int
    number: str
    one: str
    other: str
    field: str = "name"


@dataclass
class Names:
    """The names of a file's customers, row by row."""

    _first: dict[int, str] = field(default_factory=dict)
    _twice: dict[int, tuple[str, str]] = field(default_factory=dict)
    _others: dict[int, tuple[str, str]] = field(default_factory=dict)
    _compared: set[int] = field(default_factory=set)
    _numbers: dict[int, str] = field(default_factory=dict)
    _said: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _differ: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def see(
        self, entry: Entry, customer: int, there: str, shares: Callable[[Entry, int], bool]
    ) -> None:
        """Look at the name in a row that means a customer, whom the book calls `there` ("": new).

        `shares` says whether the row has an address of theirs: then they are the same whatever
        their name.
        """
        if not entry.number or entry.of_person:
            return
        self._numbers.setdefault(customer, entry.number)
        self._see_facts(entry, customer)
        if not entry.name:
            return
        first = self._first.setdefault(customer, entry.name)
        if first != entry.name and fold(first) != fold(entry.name):
            self._twice[customer] = first, entry.name
        if there and there != entry.number:
            self._compared.add(customer)
            other = there != entry.name and of_others(there, entry.name)
            if other and not shares(entry, customer):
                self._others.setdefault(customer, (entry.name, there))

    def twice(self) -> TwoNames | None:
        """Return the customers with two names in the file, None if there are none."""
        if not self._twice:
            return None
        customer, names = next(iter(self._twice.items()))
        return TwoNames(len(self._twice), self._numbers[customer], *names)

    def differing(self) -> TwoNames | None:
        """Return the customers with two addresses in the file, or two VAT ids; None for none."""
        if not self._differ:
            return None
        customer, (which, one, other) = next(iter(self._differ.items()))
        return TwoNames(len(self._differ), self._numbers[customer], one, other, which)

    def _see_facts(self, entry: Entry, customer: int) -> None:
        said = (entry.street, entry.zip, entry.city, entry.country, entry.vat_id)
        before = self._said.setdefault(customer, said)
        if before is not said and before != said and customer not in self._differ:
            for which, one, other in zip(_SAID_LAST, before, said, strict=True):
                if one and other and fold(one) != fold(other):
                    self._differ[customer] = which, one, other
                    break

    def strangers(self, *, most: bool) -> Strangers | None:
        """Return those whom the book calls otherwise; with `most`, None unless half of them are."""
        many, of = len(self._others), len(self._compared)
        if not many or (most and 2 * many < of):
            return None
        customer, names = next(iter(self._others.items()))
        return Strangers(many, of, self._numbers[customer], *names)
