"""The score's models: what was fitted, when, and to which state of the book."""

import hashlib
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptModel:
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
