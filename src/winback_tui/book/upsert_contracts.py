"""Which contract a row of a file means: by its number, and without one by title and dates."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from winback_tui.entries import Entry

#: Start and end of a contract as ISO dates, "" where none is said.
Term = tuple[str, str]


def keys(
    matched: Sequence[tuple[Entry, int]], standing: Mapping[tuple[int, str], Mapping[str, Any]]
) -> dict[int, tuple[int, str]]:
    """Return customer and key of the contract of each row that has one.

    Contracts of one customer without a number are told by their dates, so that none takes
    another's place. `standing` are those that the book has, by customer and key.
    """
    found: dict[int, tuple[int, str]] = {}
    nameless: dict[tuple[int, str], dict[Term, list[int]]] = {}
    for entry, customer in matched:
        contract = entry.contract
        if contract is None:
            continue
        if contract.number:
            found[entry.row] = (customer, contract.number)
            continue
        terms = nameless.setdefault((customer, contract.title), {})
        terms.setdefault((contract.starts_on, contract.ends_on), []).append(entry.row)
    there: dict[int, dict[str, Term]] = {}
    for (customer, name), said in standing.items() if nameless else ():
        there.setdefault(customer, {})[name] = (said["starts_on"] or "", said["ends_on"])
    for (customer, title), terms in nameless.items():
        own = {
            name: term for name, term in there.get(customer, {}).items() if _numbered(name, title)
        }
        for term, name in _paired(list(terms), own, title).items():
            found.update(dict.fromkeys(terms[term], (customer, name)))
    return found


def _numbered(name: str, title: str) -> bool:
    """Return whether a contract's key is its title, or that with a number behind it."""
    return name == title or re.fullmatch(rf"{re.escape(title)} ?\(\d+\)", name) is not None


def _paired(terms: Sequence[Term], standing: Mapping[str, Term], title: str) -> dict[Term, str]:
    """Return the key of the contract that each term (start, end) means; new ones get a new key.

    The same start and end, then the same start, then the same end; a single one on either side is
    the same contract with another term.
    """
    found: dict[Term, str] = {}
    free = dict(standing)
    tests: tuple[Callable[[Term, Term], bool], ...] = (
        lambda one, other: one == other,
        lambda one, other: bool(one[0]) and one[0] == other[0],
        lambda one, other: one[1] == other[1] and not (one[0] and other[0]),
        lambda *_: len(terms) == len(standing) == 1,
    )
    for same in tests:
        for term in terms:
            name = next((name for name, there in free.items() if same(term, there)), None)
            if term not in found and name is not None:
                found[term] = name
                del free[name]
    taken = set(standing)
    for term in terms:
        name, number = title, 2
        while term not in found and name in taken:
            name, number = f"{title} ({number})".strip(), number + 1
        if term not in found:
            found[term] = name
            taken.add(name)
    return found
