"""Answers that took long, kept for as long as the book is in the state that they hold for."""

from collections.abc import Callable
from typing import TypeVar

from winback_tui.desk.session import Desk

_Kept = TypeVar("_Kept")
#: Answers, each with the state of the book that it holds for.
_kept: dict[object, tuple[object, object]] = {}


def is_kept(desk: Desk, name: object, now: object) -> bool:
    """Return whether `keep` would read nothing."""
    kept = _kept.get((desk.book.path, name))
    return kept is not None and kept[0] == (desk.book.meta("book_id"), now)


def keep(desk: Desk, name: object, now: object, read: Callable[[], _Kept]) -> _Kept:
    """Return what `read` gives, read again only when the state `now` of the book is another."""
    slot = (desk.book.path, name)
    state = (desk.book.meta("book_id"), now)
    kept = _kept.get(slot)
    if kept is not None and kept[0] == state:
        return kept[1]  # type: ignore[return-value]
    value = read()
    for other in [each for each in list(_kept) if each[0] != desk.book.path]:  # type: ignore[index]
        _kept.pop(other, None)
    _kept[slot] = (state, value)
    return value
