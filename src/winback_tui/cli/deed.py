"""What the commands that do a deed share: whom they name, how they confirm it, a deed as JSON."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.session import Desk
    from winback_tui.desk.undoing import HistoryEntry

_Word = TypeVar("_Word", bound=StrEnum)


class Shape(StrEnum):
    """How a deed is confirmed."""

    TEXT = "text"
    JSON = "json"


class ListShape(StrEnum):
    """How the history is printed."""

    TABLE = "table"
    JSON = "json"


Customer = Annotated[str, typer.Argument(help="The customer's number, or their name.")]
Format = Annotated[Shape, typer.Option("--format", help="Text for people, or JSON for scripts.")]


def find(desk: "Desk", customer: str, *, exact_only: bool = False) -> int:
    """Return the id of the customer of this number or name; `exact_only` takes no part of a name.

    Raises BadInputError where there is none, or more than one.
    """
    from winback_tui.book import customers
    from winback_tui.book.connection import plain_errors
    from winback_tui.desk.action import clean

    with plain_errors(desk.book.path):
        return customers.find(desk.book.connection, clean(customer), exact_only=exact_only)


def word(kind: type[_Word], text: str, what: str, allowed: Sequence[_Word] | None = None) -> _Word:
    """Return the member that `text` names; hyphens and underscores are one.

    Raises BadInputError listing the words that are allowed.
    """
    words = {each.value.replace("_", "-"): each for each in allowed or tuple(kind)}
    found = words.get(text.strip().casefold().replace("_", "-"))
    if found is None:
        raise BadInputError(f"“{text}” is no {what}; there are {', '.join(words)}.")
    return found


def say_done(ctx: typer.Context, desk: "Desk", action: "Action", shape: Shape) -> None:
    """Print what was done, in one sentence or as JSON."""
    from winback_tui.desk import undoing
    from winback_tui.words.deeds import confirmation

    entry = undoing.entry_of(desk, action.id)
    if shape is Shape.JSON:
        printing.print_json(as_json(entry))
        return
    sentence = confirmation(
        entry.kind, entry.facts, _labels(desk, entry), len(entry.customers), formats(ctx).date
    )
    printing.line(printed.done(sentence, packet=action.kind is EventKind.HANDOVER))


def _labels(desk: "Desk", entry: "HistoryEntry") -> list[str]:
    from winback_tui.book import cases
    from winback_tui.words.customers import customer_name

    labels = cases.labels(desk.book.connection, entry.customers[:3])
    return [
        f"{name} ({number})" if name.strip() else customer_name(number, name)
        for number, name in labels.values()
    ]


def as_json(entry: "HistoryEntry") -> dict[str, Any]:
    """Return a deed as JSON has it."""
    return {
        "action": entry.action,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.kind.value,
        "customers": len(entry.customers),
        "names": list(entry.names),
        "undone": entry.undone,
        "recall": entry.recall,
        "facts": entry.facts,
    }
