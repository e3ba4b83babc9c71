"""What moved a score since the run before: the parts of now against those of then."""

from datetime import date
from typing import NamedTuple

from winback_tui.desk.dossier import Dossier
from winback_tui.desk.listing import EPOCH
from winback_tui.desk.session import Desk


class Change(NamedTuple):
    """By how many points a part of the score moved: history, silence, rhythm, signal or model."""

    code: str
    points: float


#: Points below this are what a rounding leaves.
_LEAST = 1e-4
#: The parts of a score that a customer's own days and deeds move.
_OWN = ("silence", "rhythm", "signal")


def since(desk: Desk, found: Dossier) -> tuple[date, tuple[Change, ...]] | None:
    """Return the day of the run before and what moved since; the points add up to the change.

    What the customer was then is scored again from the lines of then by the model of the scores
    on show, which need not be the one fitted last: somebody may have looked ahead. So each part
    moved for a reason of theirs. "model" is the rest: the model was fitted anew, or
    what was known of that day has changed. None where there is no score to compare with.
    """
    from winback_tui.book import frames, listing, models
    from winback_tui.book.scores import current_run
    from winback_tui.desk import groups
    from winback_tui.scoring.formula import Model
    from winback_tui.scoring.statistics import statistics

    stored = found.row.record
    with desk.book.snapshot() as connection:
        run, scored = listing.run(connection), current_run(connection)
        if run is None or scored is None or run.previous_as_of is None:
            return None
        kept = models.of(connection, scored.model_id)
        if kept is None or stored.previous_score is None:
            return None
        day = (run.previous_as_of - EPOCH).days
        lines = frames.transactions_of(connection, [stored.id], until=day)
        then = groups.score_all(
            desk, connection, statistics(lines), day, Model.from_json(kept.parameters)
        )
    if then.is_empty():
        return None
    row = then.row(0, named=True)
    # Alone in the frame, the customer is the average of it: base and history are one part.
    history = stored.base_points + stored.history_points - row["base_points"]
    changes = [Change("history", history - row["history_points"])]
    for code in _OWN:
        name = f"{code}_points"
        changes.append(Change(code, getattr(stored, name) - row[name]))
    whole = stored.score - stored.previous_score
    changes.append(Change("model", whole - sum(each.points for each in changes)))
    return run.previous_as_of, tuple(each for each in changes if abs(each.points) >= _LEAST)
