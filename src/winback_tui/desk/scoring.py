"""Scores the book as of the desk's date, and keeps the scores for the next start."""

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import aside, flags, models, score_history, scores
from winback_tui.book.connection import plain_errors
from winback_tui.book.models import KeptModel
from winback_tui.book.scores import ScoreRun
from winback_tui.config.signals import effective
from winback_tui.desk.session import Desk, moment, now
from winback_tui.errors import BookBusyError, BookError
from winback_tui.model import Sort, Tab

if TYPE_CHECKING:
    import polars as pl

    from winback_tui.scoring.formula import Model

#: Hears what is being done ("read", "fit", "score", "store", "stored") and how much of all is
#: behind, 0 to 1.
Progress = Callable[[str, float], None]

#: The step that is reported once the new scores can be read.
STORED: Final = "stored"
#: Part of the fingerprint: raised when the same data is to be scored otherwise than before.
_FORMULA: Final = "mbg-7"
#: How often scoring starts over because somebody imported meanwhile, before it gives up.
_PATIENCE: Final = 3


class Renewal(NamedTuple):
    """What `renew` did."""

    #: Whether the kept scores were replaced.
    changed: bool
    #: Whether a model was fitted.
    fitted: bool
    #: How many customers have a score.
    customers: int
    run: ScoreRun
    #: The model that scored; None for the priors of `prelude`.
    model: KeptModel | None


class _How(Enum):
    """Which model scores: the kept one if there is one, a newly fitted one, or the priors."""

    KEPT = auto()
    FIT = auto()
    PRIOR = auto()


class _Draft(NamedTuple):
    """Scores computed from one consistent view of the book, not yet written."""

    revision: int
    standing: ScoreRun | None
    #: The model that was fitted last, whether or not it served.
    newest: KeptModel | None
    #: The kept model that served.
    kept: KeptModel | None
    #: The JSON of a model to be kept; None where nothing was fitted.
    fitted: str | None
    customers: int
    prepared: scores.Prepared
    #: The ids of each list, as soon as they are in their order.
    lists: "Future[dict[tuple[Tab, Sort], bytes]]"
    #: The last day before that is known, and its queue as ids in little-endian uint32.
    earlier: str | None
    was: bytes | None


def is_fresh(desk: Desk) -> bool:
    """Return whether the kept scores are those of the desk's date, data, model and config."""
    with desk.book.snapshot() as connection:
        return _standing(desk, connection) is not None


def looks_back(desk: Desk, run: ScoreRun | None) -> bool:
    """Return whether the desk's date lies before the kept run, which then is to stay as it is.

    A run dated after the real day is none to keep: somebody looked ahead.
    """
    return run is not None and desk.as_of.isoformat() < run.as_of <= desk.clock().isoformat()


def renew(desk: Desk, *, refit: bool = False, progress: Progress | None = None) -> Renewal:
    """Score the book as of `desk.as_of` and keep scores, lists and run in one transaction.

    Nothing is computed or written where the kept run still holds. A model that was fitted to the
    book up to 31 days before the as-of date serves again, unless the book has grown by more than
    a tenth since (see `models.serving`); where there is none, or with `refit`, one is fitted and
    kept. So a date in the past never sees a model of later data. Without any customers the priors
    score, and no model is kept.

    Each customer's previous score is the one of the last run with an earlier as-of date, as far as
    the kept run or the history of scores knows one. The book is locked for the writing alone: the
    scores are computed from a snapshot, and computed again if the transactions changed meanwhile.

    Raises BookError where another program keeps the book locked or keeps changing it.
    """
    report = progress or _ignore
    if not refit:
        with desk.book.snapshot() as connection:
            standing = _standing(desk, connection)
        if standing is not None:
            return standing
    return _renewed(desk, _How.FIT if refit else _How.KEPT, report)


def glimpse(
    desk: Desk, *, refit: bool = False, progress: Progress | None = None, path: Path | None = None
) -> None:
    """Score the book as of `desk.as_of` for the desk's own connection, until that is closed.

    What it then reads as scores, lists and run is this; the book keeps those that it has. So a
    look at another day disturbs nobody, and a book may be read-only or locked. A model that had to
    be fitted is kept in the book where that may be written to at once. `path` is a new file for
    what other connections are to read so, by `Book.lay_over`.
    """
    report = progress or _ignore
    with desk.book.snapshot() as connection:
        draft = _draft(desk, connection, _How.FIT if refit else _How.KEPT, report)
    report("store", 0.5)
    model = draft.kept
    if draft.fitted is not None and not desk.book.read_only:
        with suppress(BookBusyError), desk.book.patience(0), desk.book.write() as connection:
            model = _keep(desk, connection, draft)
    with plain_errors(desk.book.path):
        scores.set_aside(
            desk.book.connection, draft.prepared, draft.lists.result(), _run(desk, draft, model)
        )
        if path is not None:
            aside.save(desk.book.connection, path)


def prelude(desk: Desk) -> bool:
    """Score a book that was never scored by the priors alone; return whether that was to do.

    It takes a moment instead of the seconds of a fit, so that a first list can be shown. Such a
    run refers to no model, so it never counts as fresh, and `renew` replaces it.
    """
    with desk.book.snapshot() as connection:
        if scores.current_run(connection) is not None:
            return False
    _renewed(desk, _How.PRIOR, _ignore)
    return True


def _renewed(desk: Desk, how: _How, report: Progress) -> Renewal:
    from winback_tui.book import statistics

    with desk.book.snapshot() as connection:
        outdated = statistics.outdated(connection)
    if outdated:
        with desk.book.write() as connection:
            statistics.refresh(connection)
    for _ in range(_PATIENCE):
        with desk.book.snapshot() as connection:
            draft = _draft(desk, connection, how, report)
        report("store", 0.5)
        with plain_errors(desk.book.path), scores.ready(connection, draft.prepared) as prepared:
            report("store", 0.8)
            done = None
            with desk.book.write() as connection:
                if _unchanged(desk, connection, draft):
                    done = _store(desk, connection, draft, prepared)
            if done is not None:
                # Folding the log into the book is all that is left to do.
                report(STORED, 1.0)
                return done
    raise BookError(
        f"{desk.book.path} was changed by another program again and again while it was being "
        "scored; try again when that is done."
    )


def _standing(desk: Desk, connection: sqlite3.Connection) -> Renewal | None:
    """Return the kept run as a renewal that changed nothing, or None where it is out of date."""
    run = scores.current_run(connection)
    if run is None or run.as_of != desk.as_of.isoformat():
        return None
    model = models.serving(connection, desk.as_of, run.customers) if run.customers else None
    if run.customers and model is None:
        return None
    holds = run.model_id == (model and model.id) and run.fingerprint == _fingerprint(desk, model)
    return Renewal(False, False, run.customers, run, model) if holds else None


def _unchanged(desk: Desk, connection: sqlite3.Connection, draft: _Draft) -> bool:
    """Return whether the book still is as it was when the draft was computed."""
    return (
        desk.book.revision() == draft.revision
        and scores.current_run(connection) == draft.standing
        and models.current(connection) == draft.newest
    )


def _draft(desk: Desk, connection: sqlite3.Connection, how: _How, report: Progress) -> _Draft:
    """Return the scores of the book as it is in `connection`, fitting first where it must."""
    from winback_tui.book import statistics
    from winback_tui.desk import groups
    from winback_tui.scoring.formula import Model
    from winback_tui.scoring.order import orders

    day = (desk.as_of - date(1970, 1, 1)).days
    revision, standing = desk.book.revision(), scores.current_run(connection)
    newest = models.current(connection)
    report("read", 0.0)
    worker = ThreadPoolExecutor(2)
    # While one thread unpacks the statistics, another reads what else there is.
    ahead = statistics.ahead(connection, worker)
    facts = groups.facts(desk, connection)
    table = statistics.load(connection, day, ahead)
    # Of a million customers each of these takes a tenth of what the process may have.
    del ahead
    kept, fitted = None, None
    if how is _How.KEPT:
        kept = models.serving(connection, desk.as_of, table.height)
    if kept is not None:
        model = Model.from_json(kept.parameters)
    elif how is _How.PRIOR or table.is_empty():
        from winback_tui.scoring.prior import prior

        model = prior(table)
    else:
        report("fit", 0.2)
        model = _fitted(desk, connection, table, day)
        fitted = model.to_json()
    report("score", 0.3)
    work = groups.to_score(desk, facts, table, day, model)
    scored = worker.submit(work)
    # While polars computes, the book is read, and what is needed next is imported.
    numbers = scores.by_number(connection)
    earlier = _earlier(connection, standing, desk.as_of.isoformat())
    standing_rows = scores.kept(connection)
    scores.warm_up()
    frame = scored.result()
    del table, facts, work, scored
    # And while the rows are written, the rest is made ready.
    lists = worker.submit(orders, frame, numbers)
    prepared = scores.prepare(frame, earlier.scores, standing_rows, worker)
    worker.shutdown(wait=False)
    return _Draft(
        revision,
        standing,
        newest,
        kept,
        fitted,
        frame.height,
        prepared,
        lists,
        earlier.as_of,
        earlier.queue,
    )


def _fitted(desk: Desk, connection: sqlite3.Connection, table: "pl.DataFrame", day: int) -> "Model":
    """Return a model of the book, learned from the lines up to a day."""
    from winback_tui.book import frames
    from winback_tui.desk import groups
    from winback_tui.scoring.model import sample, train, wanted

    signals = groups.signals(connection)
    chosen = sample(table, wanted(signals)).to_list()
    lines = frames.transactions_of(connection, chosen, until=day)
    return train(
        lines,
        day,
        horizon=desk.config.horizon,
        known=table,
        segments=groups.segments(desk),
        members=groups.members(desk, connection),
        signals=signals,
        rules=groups.rules(desk),
    )


class _Earlier(NamedTuple):
    """The last run before a date, as far as it is known: customer_id and previous_score as well."""

    scores: "pl.DataFrame"
    as_of: str | None = None
    queue: bytes | None = None


def _earlier(connection: sqlite3.Connection, standing: ScoreRun | None, as_of: str) -> _Earlier:
    """Return the standing run where it is of a day before, else what it knows of the one before.

    Where that is of no day before either, the history tells of one, to a hundredth of a point.
    """
    if standing is not None and standing.as_of < as_of:
        found = scores.previous(connection, "score")
        return _Earlier(found, standing.as_of, scores.queue(connection))
    before = None if standing is None else standing.previous_as_of
    if standing is not None and before is not None and before < as_of:
        found = scores.previous(connection, "previous_score")
        return _Earlier(found, before, standing.previous_queue)
    return _Earlier(*score_history.remembered(connection, as_of))


def _store(
    desk: Desk, connection: sqlite3.Connection, draft: _Draft, prepared: scores.Prepared
) -> Renewal:
    """Write the draft as the run that the book holds; `prepared` as `scores.store` wants it."""
    scores.store_rows(connection, prepared)
    model = _keep(desk, connection, draft)
    run = _run(desk, draft, model)
    scores.store(connection, prepared, draft.lists.result(), run, today=desk.clock().isoformat())
    flags.note(connection, moment(desk.as_of))
    return Renewal(True, draft.fitted is not None, run.customers, run, model)


def _keep(desk: Desk, connection: sqlite3.Connection, draft: _Draft) -> KeptModel | None:
    """Return the draft's model, kept now if it is new; None for the priors."""
    if draft.fitted is None:
        return draft.kept
    return models.keep(
        connection,
        fitted_at=now(),
        as_of=desk.as_of.isoformat(),
        customers=draft.customers,
        parameters=draft.fitted,
    )


def _run(desk: Desk, draft: _Draft, model: KeptModel | None) -> ScoreRun:
    """Return what the book says of a run of this draft."""
    was = draft.was
    return ScoreRun(
        desk.as_of.isoformat(),
        draft.earlier,
        now(),
        model.id if model else None,
        _fingerprint(desk, model),
        draft.customers,
        None if was is None else _arrived(draft.lists.result()[Tab.QUEUE, Sort.SCORE], was),
        was,
    )


def _arrived(queue: bytes, was: bytes) -> int:
    """Return how many stand in a queue and did not in the one before."""
    now_in, then_in = array("I", queue), array("I", was)
    return len(set(now_in).difference(then_in))


def _fingerprint(desk: Desk, model: KeptModel | None) -> str:
    """Return what stands for the data, the model and the config that scores depend on."""
    parts = {
        "formula": _FORMULA,
        "revision": desk.book.revision(),
        "model": model.fingerprint if model else "prior",
        "bands": desk.config.bands._asdict(),
        "horizon": desk.config.horizon._asdict(),
        "segments": {
            name: (each._asdict(), each.match) for name, each in desk.config.segments.items()
        },
        "signals": {kind: rule._asdict() for kind, rule in effective(desk.config.signals).items()},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _ignore(step: str, share: float) -> None:
    """Hear no progress."""
