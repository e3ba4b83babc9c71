"""Making a sample book from a seed, and opening a copy of the one that comes with the program."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui import paths
from winback_tui.book import cases, consents, events, samples
from winback_tui.book.connection import Book
from winback_tui.book.file import look, make_way
from winback_tui.config import Config
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
    import sqlite3

    import polars as pl

    from winback_tui.intake.sample.stories import Deed

#: The day as of which a sample is made unless told otherwise: a Friday.
SAMPLE_AS_OF: Final = date(2026, 11, 20)
#: Customers that are drawn and written at once; their rows do not depend on it.
_CHUNK: Final = 25_000
#: Up to so many customers the book is also scored as of a week before, so that it shows what moved.
_LOOKED_BEFORE: Final = 20_000
#: How the folders of demos begin.
_DEMO: Final = "winback-demo-"
_MAKER: Final = "sample"

#: Hears what is being done and how much of all is behind, 0 to 1.
Progress = Callable[[str, float], None]


class Sample(NamedTuple):
    """A sample book that was made."""

    path: Path
    customers: int
    transactions: int
    events: int
    as_of: date


def make_sample(
    path: Path,
    customers: int,
    seed: int,
    as_of: date | None = None,
    *,
    transactions: int | None = None,
    force: bool = False,
    chunk: int = _CHUNK,
    progress: Progress | None = None,
) -> Sample:
    """Make a sample book at `path`, scored, and return what it holds.

    The same customers, seed, as-of date and transactions give the same rows on every machine.
    `transactions` is about how many lines the book gets (default: see lines.default_lines). A book
    that is there is replaced with `force` only. Raises BadInputError or BookError; then whatever
    was at `path` is still there.
    """
    if customers < 1:
        raise BadInputError(f"A sample needs at least one customer, not {customers}.")
    if transactions is not None and transactions < customers:
        raise BadInputError(
            f"{transactions} transactions are too few for {customers} customers; "
            "each needs at least one."
        )
    from winback_tui.intake.sample.lines import default_lines

    _make_way(path, force=force)
    today = as_of or SAMPLE_AS_OF
    report = progress or _ignore
    wanted = (transactions or default_lines(customers)) / customers
    plan = _Plan(customers, seed, today, wanted, chunk)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise BadInputError(f"{path} could not be created: {error.strerror}.") from error
    with folder as room:
        draft = Path(room) / path.name
        with Book.create(draft) as book:
            with samples.bulk(book) as connection:
                lines, deeds = _fill(connection, plan, report)
                book.bump_revision()
            _score(book, customers, today, report)
            samples.finish(book, customers)
        _make_way(path, force=force)
        draft.replace(path)
    return Sample(path, customers, lines, deeds, today)


@contextmanager
def demo_copy(today: date) -> Iterator[Path]:
    """Give the path of a copy of the sample book, moved to `today`; it is gone afterwards.

    Raises BadInputError where this installation has no sample book.
    """
    source = paths.sample_book()
    if source is None:
        raise BadInputError("This installation has no sample book; make one with “winback sample”.")
    paths.clear_up(Path(tempfile.gettempdir()), _DEMO)
    with tempfile.TemporaryDirectory(prefix=_DEMO) as room, paths.held(Path(room)):
        copy = Path(room) / "sample.db"
        samples.copy(source, copy)
        with Book.open(copy) as book:
            move_to(book, today)
        yield copy


def move_to(book: Book, today: date) -> None:
    """Move all dates of a sample so that it is as of `today`; its scores stay valid.

    Raises BadInputError for a book that is no sample.
    """
    from winback_tui.book import statistics

    made = samples.made_as_of(book)
    if made is None:
        raise BadInputError(f"{book.path} is not a sample book; its dates stay as they are.")
    if made == today:
        return
    with book.write() as connection:
        samples.move(connection, today - made)
        statistics.refresh(connection)


def _make_way(path: Path, *, force: bool) -> None:
    """Raise unless `path` is free, or holds a book that may be replaced and that nobody uses."""
    if not path.exists():
        make_way(path)
        return
    if not force:
        raise BadInputError(
            f"{path} exists already; name another file, or replace it with --force."
        )
    look(path)
    make_way(path)


class _Plan(NamedTuple):
    """What is to be drawn; `wanted` is the mean number of lines per customer."""

    customers: int
    seed: int
    as_of: date
    wanted: float
    chunk: int


def _fill(connection: "sqlite3.Connection", plan: _Plan, report: Progress) -> tuple[int, int]:
    """Write all rows but the scores; return how many lines and events there are."""
    import polars as pl

    from winback_tui.intake.sample import stories
    from winback_tui.intake.sample.chance import number
    from winback_tui.intake.sample.customers import customers
    from winback_tui.intake.sample.products import CATALOGUE

    samples.begin(
        connection,
        book_id=f"{number(plan.seed, 'book', 1):016x}{number(plan.seed, 'book', 2):016x}",
        seed=plan.seed,
        as_of=plan.as_of,
        maker=_MAKER,
        file=f"sample-{plan.customers}-{plan.seed}",
    )
    goods = [(each.code, each.name, each.category) for each in CATALOGUE]
    schema = ["code", "name", "category"]
    samples.insert(
        connection, "products", pl.DataFrame(goods, schema=schema, orient="row").sort("code")
    )
    lines = 0
    chosen: list[pl.DataFrame] = []
    for low in range(0, plan.customers, plan.chunk):
        report("draw", 0.8 * low / plan.customers)
        drawn = customers(plan.seed, low, min(low + plan.chunk, plan.customers))
        lines += _fill_chunk(connection, plan, drawn)
        chosen.append(stories.worked(drawn, plan.seed, plan.customers))
    samples.count_batch(connection, lines)
    deeds = list(stories.deeds(pl.concat(chosen), plan.as_of))
    for deed in sorted(deeds, key=lambda deed: (deed.at, deed.customer)):
        _log(connection, deed, plan.seed)
    return lines, len(deeds)


def _fill_chunk(connection: "sqlite3.Connection", plan: _Plan, drawn: "pl.DataFrame") -> int:
    """Write the rows of some customers; return how many lines they have."""
    import polars as pl

    from winback_tui.book.ledger import Entry
    from winback_tui.intake.sample.facts import contracts, signals
    from winback_tui.intake.sample.lines import transactions
    from winback_tui.intake.sample.people import consents, contact_points, contacts, search_text

    seed, as_of = plan.seed, plan.as_of
    who = contacts(drawn, seed, as_of)
    points = contact_points(who, seed)
    allowed = consents(drawn, seed, as_of).with_columns(actor=pl.lit(_MAKER), recorded_at="at")
    rows = transactions(drawn, seed, as_of, plan.wanted, len(str(plan.customers)))
    samples.insert(connection, "customers", drawn.select(_CUSTOMER))
    samples.insert(connection, "contacts", who.select(_CONTACT))
    samples.insert(connection, "contact_points", points)
    said = allowed.rename({"customer_id": "customer"}).iter_rows(named=True)
    samples.append_consents(connection, (Entry(**each) for each in said), seed)
    brought = pl.lit(samples.BATCH).alias("batch_id")
    samples.insert(connection, "signals", signals(drawn, seed, as_of).with_columns(brought))
    samples.insert(connection, "contracts", contracts(drawn, seed, as_of).with_columns(brought))
    samples.insert(connection, "customer_search", search_text(drawn, who, points))
    return samples.insert(
        connection, "transactions", rows.with_columns(batch_id=pl.lit(samples.BATCH))
    )


_CUSTOMER: Final = (
    "id", "number", "name", "party_kind", "segment", "industry", "owner", "street", "zip", "city",
    "country",
)  # fmt: skip
_CONTACT: Final = ("id", "customer_id", "name", "role", "verified_on", "ended_on")


def _log(connection: "sqlite3.Connection", deed: "Deed", seed: int) -> None:
    """Append a deed of the past as its own action, as the desk would have on that day."""
    state = cases.load(connection, deed.customer)
    after = deed.move(state)
    old, new = cases.difference(state, after)
    event = events.append(
        connection,
        kind=deed.kind,
        actor=deed.actor,
        at=deed.at,
        customer=deed.customer,
        payload={"on": deed.on.isoformat(), **deed.facts, "before": old, "after": new},
        action=None,
    )
    if old != new:
        cases.save(connection, deed.customer, after)
    if deed.objects:
        said = consents.objections(
            deed.customer,
            at=deed.at,
            source="call",
            actor=deed.actor,
            note=deed.facts.get("note"),
            event=event,
        )
        samples.append_consents(
            connection, (each._replace(recorded_at=deed.at) for each in said), seed
        )


def _score(book: Book, customers: int, as_of: date, report: Progress) -> None:
    """Keep statistics and scores, as if somebody had looked a week before and this morning."""
    from winback_tui.book import statistics
    from winback_tui.desk.scoring import renew

    report("score", 0.85)
    with book.write() as connection:
        statistics.refresh(connection)
    week_before = [as_of - timedelta(days=7)] if customers <= _LOOKED_BEFORE else []
    for day in (*week_before, as_of):
        # A model of the sample's own day, so that fitting it anew changes nothing.
        renew(Desk(book, Config(), day, _MAKER), refit=day == as_of)
        samples.stamp(book, f"{day}T05:31:00Z")
    report("score", 1.0)


def _ignore(step: str, share: float) -> None:
    """Hear no progress."""
