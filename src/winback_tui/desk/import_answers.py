"""What was said about a header, and told about a file, so that neither is asked for twice."""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from winback_tui.book import answers
from winback_tui.config import Config
from winback_tui.desk.imports import FileSummary, ImportOptions
from winback_tui.desk.session import Desk
from winback_tui.intake.fields import Answers

#: What is not told again of a file that comes a second time.
_OF_THE_MOMENT: Final = (
    *("samples", "batch", "already", "customers_created", "changes", "consents", "suggestions"),
    "retold",
)


class Header(NamedTuple):
    """What files of a kind with the same header have in common; `columns` are one file's own."""

    kind: str
    fingerprint: str
    columns: tuple[str, ...]


def saved(desk: Desk, kind: str, options: ImportOptions) -> dict[str, Answers]:
    """Return what was said about earlier files of a kind, by their header's fingerprint."""
    if not options.use_saved:
        return {}
    with desk.book.snapshot() as connection:
        found = answers.mappings(connection, kind)
    return {each.fingerprint: answered(each) for each in found}


def answered(mapping: answers.Mapping) -> Answers:
    """Return what was said about a header as the readers take it."""
    said: dict[str, Any] = mapping.answers
    return Answers(
        mapping=tuple((str(column), str(field)) for column, field in said.get("mapping", ())),
        decimal=said.get("decimal"),
        day_first=said.get("day_first"),
        currency=said.get("currency"),
        saved_at=mapping.saved_at,
    )


def says(options: ImportOptions) -> bool:
    """Return whether a person says something that helps with the next file as well."""
    said = options.mapping or options.decimal or options.currency
    return bool(said) or options.day_first is not None


def counting(options: ImportOptions, before: Answers | None) -> Answers | None:
    """Return what counts for files with a header from now on, `before` having counted so far."""
    if not says(options):
        return before
    known = before or Answers()
    return Answers(
        mapping=options.mapping or known.mapping,
        decimal=options.decimal or known.decimal,
        day_first=known.day_first if options.day_first is None else options.day_first,
        currency=options.currency or known.currency,
    )


def keep(
    desk: Desk, header: Header, options: ImportOptions, before: Answers | None, at: str
) -> None:
    """Keep what was said for the next file with this header; the transaction is open."""
    said = counting(options, before)
    if said is None or not says(options):
        if not options.use_saved:
            answers.forget(desk.book.connection, header.kind, header.fingerprint)
        return
    kept = {k: v for k, v in said._asdict().items() if v not in (None, (), "")}
    kept.pop("saved_at", None)
    answers.keep(desk.book.connection, answers.Mapping(*header, kept, at, desk.actor))


def read_as(options: ImportOptions, config: Config, said: Answers | None, *more: str) -> str:
    """Return how a file is read as a text that two readings can be compared by."""
    known = said or Answers()
    order = known.day_first if options.day_first is None else options.day_first
    return json.dumps([
        options.preset, options.mapping or known.mapping, options.decimal or known.decimal, order,
        options.currency or known.currency or config.imports.currency, options.sheet,
        *([options.party_kind] if options.party_kind else []), *more,
    ])  # fmt: skip


def to_tell(summary: FileSummary, fingerprint: str) -> dict[str, Any]:
    """Return what is told of a file when it comes again."""
    told = {k: v for k, v in summary._asdict().items() if k not in _OF_THE_MOMENT}
    return {**told, "fingerprint": fingerprint}


def told_again(told: dict[str, Any], name: str, batch: int, *, duplicates: int = 0) -> FileSummary:
    """Return what is told of a file of which everything is in the book, by `batch`.

    `duplicates` are rows that say what another row of the file says.
    """
    kept = int(told["read"]) - int(told["rejected"]) - int(told["suppressed"]) - duplicates
    known = {k: _frozen(v) for k, v in told.items() if k in FileSummary._fields}
    summary: dict[str, Any] = {
        **known, "file": name, "created": 0, "updated": 0, "unchanged": kept,
        "duplicates": duplicates, "batch": None, "already": batch, "customers_created": 0,
    }  # fmt: skip
    return FileSummary(**summary)


def lookup(desk: Desk, kinds: Sequence[str], fingerprint: str) -> dict[str, Answers]:
    """Return what was said about a header, by the kind of file it was said of."""
    with desk.book.snapshot() as connection:
        found = answers.mappings(connection)
    return {
        each.kind: answered(each)
        for each in found
        if each.fingerprint == fingerprint and each.kind in kinds
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
