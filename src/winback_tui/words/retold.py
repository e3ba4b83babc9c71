"""What import says of purchases that earlier files had brought, and of cells that were cut."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from winback_tui.model import exponent
from winback_tui.words.printable import printable


def lines(
    found: Mapping[str, Any],
    batch: int | None,
    shortened: int,
    number: Callable[[float], str],
) -> Iterator[str]:
    """Yield a line each about orders that were there, purchases that may be there twice, cut cells.

    `batch` is what the file became; None where nothing was kept.
    """

    def orders(count: int) -> str:
        return f"{number(count)} {'order' if count == 1 else 'orders'}"

    undo = f"“winback import undo {batch}” takes this file back" if batch else "leave this file out"
    column = shlex.quote(f"{found.get('column', '')}=ignore")
    if renewed := int(found.get("renewed", 0)):
        told = (
            f"{orders(renewed)} that an earlier file with this header had brought"
            f" {'has' if renewed == 1 else 'have'} changed; what this file says counts"
            f"{_shown(found.get('shown', ()), renewed)}."
        )
        if found.get("all_changed"):
            told = (
                f"Attention: {told} If they are other orders with the same numbers: {undo}, and"
                f" --map {column} leaves the numbers aside."
            )
        yield told
    if recalled := int(found.get("recalled", 0)):
        yield (
            f"{orders(recalled)} of earlier files"
            f" {'is no purchase' if recalled == 1 else 'are no purchases'} any more, and"
            f" {'counts' if recalled == 1 else 'count'} no longer"
            f"{_ended(found.get('ended', ()), recalled)}."
        )
    if left := int(found.get("left", 0)):
        bear, stay = ("bears", "it stays") if left == 1 else ("bear", "they stay")
        yield (
            f"Attention: {orders(left)} that this file calls off {bear} the number of a purchase of"
            f" another day or sum, such as {_one(found, 'left_one')}; {stay} as nothing says that"
            " it is the same. If it is, write that day and sum into the row that calls it off, and"
            " import that."
        )
    if named := int(found.get("named", 0)):
        are = "purchase of earlier files is" if named == 1 else "purchases of earlier files are"
        yield (
            f"{number(named)} {are} cancelled by a row that names it, such as"
            f" {_one(found, 'named_one')}; both count, and come to nothing, but the day of the"
            " purchase still counts as one."
        )
    if otherwise := int(found.get("otherwise", 0)):
        bear, count = ("bears", "both count") if otherwise == 1 else ("bear", "all count")
        yield (
            f"Attention: {orders(otherwise)} {bear} the number, customer and day of one that a file"
            f" with another header (batch {found['otherwise_by']}) had brought, such as"
            f" {_one(found, 'otherwise_one')}; {count}. If they are the same: {undo}."
        )
    if beside := int(found.get("beside", 0)):
        yield (
            f"{orders(beside)} {'bears' if beside == 1 else 'bear'} the number of another one of"
            " the same customer, of another day, with nothing in common, or with money going the"
            f" other way; both count. If they are the same: {undo}."
        )
    if moved := int(found.get("renumbered", 0)):
        rows, stand, were = ("row", "stands", "was") if moved == 1 else ("rows", "stand", "were")
        yield (
            f"{number(moved)} {rows} of receipts {stand} under the receipt's branch and till from"
            f" now on, and {were} there already under its number alone; each counts once."
        )
    if parted := int(found.get("parted", 0)):
        earlier = int(found["parted_from"])
        lack = "is told without articles" if parted == 1 else "are told without articles"
        yield (
            f"Attention: {orders(parted)} of earlier files {lack} that this file names nowhere, as"
            " an export of some articles does; those still count. If they were taken out of the"
            f" orders: “winback import undo {earlier}”, and this file once more with --again."
        )
    if alike := int(found.get("alike", 0)):
        yield (
            f"Attention: {number(alike)} of {number(int(found['asked']))} new rows equal purchases"
            f" that {found['file']} (batch {found['by']}) brought, by customer, day and amount. If"
            f" they are the same purchases, they now count twice: {undo}."
        )
    if others := found.get("strangers"):
        yield _strangers(others, number, undo)
    if shortened:
        cells = "cell was" if shortened == 1 else "cells were"
        yield f"{number(shortened)} {cells} too long; only the beginning was kept."


def _one(found: Mapping[str, Any], key: str) -> str:
    return printable(str(found.get(key, "")))[:40]


def _strangers(found: Mapping[str, Any], number: Callable[[float], str], undo: str) -> str:
    here, there = (printable(str(found[each]))[:40] for each in ("here", "there"))
    bear = "customer bears" if found["many"] == 1 else "customers bear"
    return (
        f"Attention: {number(found['many'])} {bear} the number of somebody with another name in"
        f" the book: {printable(str(found['number']))[:40]} is “{there}” there and “{here}” here."
        f" If they are others, such as those of another shop: {undo}, and put a sign of its own"
        " before the numbers of this file."
    )


def _shown(orders: Sequence[Sequence[Any]], count: int) -> str:
    """Return which orders have changed and by how much, some where they are many."""
    if not orders:
        return ""
    told = ", ".join(
        f"{printable(str(document))} came to {_money(before, currency)} and now to"
        f" {_money(now, currency)}"
        for document, currency, before, now in orders
    )
    return f"{', such as ' if count > len(orders) else ': '}{told}"


def _ended(orders: Sequence[Sequence[Any]], count: int) -> str:
    """Return which orders count no longer, and of how much, some where they are many."""
    if not orders:
        return ""
    told = ", ".join(
        f"{printable(str(document))} of {_money(amount, currency)}"
        for document, currency, amount in orders
    )
    return f"{', such as ' if count > len(orders) else ': '}{told}"


def _money(amount: int, currency: str) -> str:
    places = exponent(currency)
    minus, digits = "-" if amount < 0 else "", str(abs(amount)).zfill(places + 1)
    whole = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{minus}{whole} {currency}"
