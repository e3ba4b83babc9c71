"""The score's models: what was fitted, when, and to which state of the book."""

import hashlib
import sqlite3
from datetime import date, timedelta
from typing import Final, NamedTuple

#: How long after its own as-of date a model serves.
LONGEST: Final = timedelta(days=31)
#: A model serves until the book has grown by more than this share of its customers …
_GROWTH: Final = 0.1
#: … or, where it was fitted to fewer than so many, by this number.
_FEW: Final = 50
_FEW_MORE: Final = 5


class KeptModel(NamedTuple):
    """A fitted model as it lies in the book; `parameters` is the JSON of scoring.formula.Model."""

    id: int
    fitted_at: str
    as_of: str
    customers: int
    fingerprint: str
    parameters: str


def current(connection: sqlite3.Connection) -> KeptModel | None:
    """Return the model that was fitted last, or None while there is none."""
    row = connection.execute(
        "SELECT id, fitted_at, as_of, customers, fingerprint, parameters"
        " FROM score_models ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else KeptModel(*row)


def of(connection: sqlite3.Connection, identity: int | None) -> KeptModel | None:
    """Return the kept model of this id, or None where there is none."""
    row = connection.execute(
        "SELECT id, fitted_at, as_of, customers, fingerprint, parameters"
        " FROM score_models WHERE id = ?",
        (identity,),
    ).fetchone()
    return None if row is None else KeptModel(*row)


def serving(connection: sqlite3.Connection, as_of: date, customers: int) -> KeptModel | None:
    """Return the kept model that scores a book of so many customers as of a date, or None.

    It is the one with the latest as-of date up to that date. It serves for 31 days, and until the
    book has grown by more than a tenth since (by five, where it was fitted to fewer than fifty).
    """
    row = connection.execute(
        "SELECT id, fitted_at, as_of, customers, fingerprint, parameters FROM score_models"
        " WHERE as_of BETWEEN ? AND ? ORDER BY as_of DESC, id DESC LIMIT 1",
        ((as_of - LONGEST).isoformat(), as_of.isoformat()),
    ).fetchone()
    if row is None:
        return None
    model = KeptModel(*row)
    more = customers - model.customers
    outgrown = more >= _FEW_MORE if model.customers < _FEW else more > _GROWTH * model.customers
    return None if outgrown else model


def keep(
    connection: sqlite3.Connection, *, fitted_at: str, as_of: str, customers: int, parameters: str
) -> KeptModel:
    """Add a model fitted at an instant, as of an ISO date, to so many customers; return it.

    Call it inside a write. Its fingerprint says whether two models score alike.
    """
    fingerprint = hashlib.sha256(parameters.encode()).hexdigest()[:16]
    identity = connection.execute(
        "INSERT INTO score_models (fitted_at, as_of, customers, fingerprint, parameters)"
        " VALUES (?, ?, ?, ?, ?) RETURNING id",
        (fitted_at, as_of, customers, fingerprint, parameters),
    ).fetchone()[0]
    return KeptModel(identity, fitted_at, as_of, customers, fingerprint, parameters)
