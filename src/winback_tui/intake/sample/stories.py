"""What Nordwind's account managers have done so far: calls, notes, moves, snoozes, hand-overs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import polars as pl

from winback_tui.intake.sample.behaviour import MIX, Behaviour
from winback_tui.intake.sample.chance import below, draw, lookup
from winback_tui.model import CaseState, EventKind, LeavingReason, Mood, Outcome, Stage
from winback_tui.rules import cases

#: About so many customers at most have a story, so that a big book does not wait for them.
_WORKED: Final = 3_000


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed to be logged: `move` is what it does to the case, `facts` what the event says."""

    on: date
    at: str
    actor: str
    customer: int
    kind: EventKind
    facts: Mapping[str, Any]
    move: Callable[[CaseState], CaseState]
    objects: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One deed of a story, `ago` days before the as-of date; `due` counts days after it."""

    ago: int
    kind: EventKind
    facts: Mapping[str, str] = field(default_factory=dict)
    due: int | None = None


def _call(ago: int, outcome: Outcome, note: str = "", due: int | None = None, **more: str) -> Step:
    return Step(ago, EventKind.CALL, {"outcome": outcome.value, "note": note, **more}, due)


def _stage(ago: int, stage: Stage, why: str = "", **more: str) -> Step:
    return Step(ago, EventKind.STAGE, {"stage": stage.value, "why": why, **more})


def _note(ago: int, text: str) -> Step:
    return Step(ago, EventKind.NOTE, {"note": text})


_SERVICE, _PRICE, _COMPETITOR, _SEASON, _PAYMENT, _NO_NEED = (
    LeavingReason(each).value
    for each in ("service", "price", "competitor", "seasonal", "payment", "no_need")
)
_BAD, _FAIR, _GOOD = (mood.value for mood in Mood)
_NORTH: Final = "Field sales North"

#: Of customers who are drifting away.
_DRIFTING: Final[tuple[tuple[Step, ...], ...]] = (
    (
        _call(9, Outcome.NO_ANSWER),
        _call(4, Outcome.VOICEMAIL, "Left our number, back on Friday.", 0, next_action="third try"),
    ),
    (
        _note(24, "Complaint: two deliveries in a row came late and incomplete."),
        _call(12, Outcome.REACHED, "Annoyed about late deliveries. Apologised; told dispatch.",
              3, mood=_BAD, next_action="tell what was fixed", reason=_SERVICE),
        _stage(12, Stage.NURTURE, "wants to see two clean deliveries first"),
    ),
    (
        _call(15, Outcome.REACHED, "Is offered coffee 8 % cheaper; compares until month's end.",
              10, mood=_FAIR, next_action="ask how the comparison went", reason=_PRICE),
        _stage(15, Stage.NURTURE, "compares prices"),
    ),
    (
        _call(8, Outcome.REACHED, "Opens a second place in January, needs a first fit-out.", 1,
              mood=_GOOD, next_action="send the list for the fit-out"),
        _stage(6, Stage.WARM, "budget and date are settled"),
    ),
    (
        _call(14, Outcome.MESSAGE, "Message left with the front desk."),
        _call(11, Outcome.INBOUND, "Called back, asks for a framework price.", mood=_GOOD),
        _stage(11, Stage.WARM, "decides himself, wants it before Christmas"),
        Step(3, EventKind.HANDOVER, {"to": _NORTH, "note": "Promised an answer within a week."}),
    ),
    (
        _call(6, Outcome.CONTACT_LEFT, "The buyer left in summer; nobody told the successor of us.",
              4, next_action="introduce ourselves to the successor"),
    ),
    (
        _call(5, Outcome.REACHED, "Kitchen is being rebuilt, closed until the new year."),
        Step(5, EventKind.SNOOZE, due=46),
    ),
    (
        _call(2, Outcome.CALLBACK, "In a meeting, asked for Friday after lunch.", 0,
              next_action="call back 14:30"),
    ),
    (_call(7, Outcome.WRONG_NUMBER, "Number now belongs to a private person."),),
    (
        _call(33, Outcome.VOICEMAIL),
        _call(26, Outcome.BUSY),
        _call(19, Outcome.NO_ANSWER, "", -2, next_action="write a card"),
    ),
    (_call(17, Outcome.NO_CONTACT, "Asked us never to call or write again."),),
    (
        _note(30, "Invoice for the last order still unpaid; accounts asked us to be gentle."),
        _call(13, Outcome.REACHED, "Short of cash until the tax refund.", 18,
              mood=_FAIR, reason=_PAYMENT),
    ),
)  # fmt: skip

#: Of customers who are gone.
_PARTED: Final[tuple[tuple[Step, ...], ...]] = (
    (
        _call(330, Outcome.NO_ANSWER),
        _call(310, Outcome.VOICEMAIL),
        _call(280, Outcome.NO_ANSWER),
        _stage(240, Stage.LET_GO, "three tries, no reaction"),
    ),
    (
        _call(200, Outcome.REACHED, "Has signed with a chain's supplier for two years.",
              mood=_FAIR, reason=_COMPETITOR),
        _stage(200, Stage.LOST, "contract elsewhere until 2028", reason=_COMPETITOR),
    ),
    (_call(150, Outcome.REACHED, "Shop sold; new owners have their own supplier."),
     _stage(150, Stage.LOST, "change of ownership", reason=_NO_NEED)),
    (_call(90, Outcome.NO_CONTACT, "Wants no more advertising from us."),),
)  # fmt: skip

#: Of customers who came back.
_WON: Final[tuple[tuple[Step, ...], ...]] = (
    (
        _call(140, Outcome.REACHED, "Missed us: the cheaper one delivers only once a week.",
              mood=_GOOD, reason=_PRICE),
        _stage(25, Stage.REACTIVATED, "orders again since summer", reason=_PRICE),
    ),
    (
        _call(160, Outcome.VOICEMAIL),
        _call(150, Outcome.INBOUND, "Called back after our card.", mood=_GOOD),
        _stage(20, Stage.REACTIVATED, "first orders are in"),
    ),
)  # fmt: skip

#: Of customers who order by the season.
_SEASONAL: Final[tuple[tuple[Step, ...], ...]] = (
    (
        _call(40, Outcome.REACHED, "Closed in winter, orders again before Easter.",
              mood=_GOOD, reason=_SEASON),
        Step(40, EventKind.SNOOZE, due=95),
    ),
)  # fmt: skip

#: Of customers where all is well.
_STEADY: Final[tuple[tuple[Step, ...], ...]] = (
    (_note(45, "Deliver before seven, key box beside the side door."),),
    (_note(120, "Invoices by mail to accounts only."),),
    (_note(18, "Asked for the new catalogue; sent."),),
    (_note(75, "Met at the trade fair, likes the compostable bowls."),),
)

_PARTS: Final = {
    **dict.fromkeys((Behaviour.FADING, Behaviour.SHRINKING, Behaviour.LOST), (_DRIFTING, 52)),
    Behaviour.GONE: (_PARTED, 40),
    Behaviour.RETURNED: (_WON, 60),
    Behaviour.SPRING: (_SEASONAL, 20),
}


def worked(customers: pl.DataFrame, seed: int, book: int) -> pl.DataFrame:
    """Return those of these customers who have a story; `book` is the whole book's customers.

    In a big book they are a small share.
    """
    key = pl.col("id")
    share = min(1_000_000, _WORKED * 3_000_000 // max(book, 1))
    parts = [_PARTS.get(rhythm.behaviour, (_STEADY, 9)) for rhythm in MIX]
    often = lookup(pl.col("rhythm"), [percent for _, percent in parts])
    return customers.filter(
        below(draw(seed, "share", key), 1_000_000) < share,
        below(draw(seed, "worked", key), 100) < often,
    ).select("id", "rhythm", "owner", below(draw(seed, "minute", key), 50).alias("minute"))


def deeds(chosen: pl.DataFrame, as_of: date) -> Iterator[Deed]:
    """Yield the deeds on the customers that `worked` chose, in the order of the frame.

    Stories are dealt in turn, so that even a small book has each of them.
    """
    dealt: Counter[int] = Counter()
    for row in chosen.iter_rows(named=True):
        stories, _ = _PARTS.get(MIX[row["rhythm"]].behaviour, (_STEADY, 9))
        story = stories[dealt[id(stories)] % len(stories)]
        dealt[id(stories)] += 1
        for hour, step in enumerate(story, 8):
            yield _deed(step, row, as_of, hour)


def _deed(step: Step, row: Mapping[str, Any], as_of: date, hour: int) -> Deed:
    on = _weekday(as_of - timedelta(days=step.ago), back=True)
    due = None if step.due is None else as_of + timedelta(days=step.due)
    if due is not None and due > as_of:
        due = _weekday(due, back=False)
    facts = {name: value for name, value in step.facts.items() if value}
    if due is not None:
        facts["until" if step.kind is EventKind.SNOOZE else "follow_up"] = due.isoformat()
    return Deed(
        on=on,
        at=f"{on}T{hour:02d}:{5 + row['minute']:02d}:00Z",
        actor=row["owner"],
        customer=row["id"],
        kind=step.kind,
        facts=facts,
        move=_move(step, on, due),
        objects=facts.get("outcome") == Outcome.NO_CONTACT,
    )


def _move(step: Step, on: date, due: date | None) -> Callable[[CaseState], CaseState]:
    facts = step.facts
    reason = LeavingReason(facts["reason"]) if "reason" in facts else None
    match step.kind:
        case EventKind.CALL:
            return partial(
                cases.after_call,
                outcome=Outcome(facts["outcome"]),
                today=on,
                follow_up=due,
                next_action=facts.get("next_action"),
                reason=reason,
            )
        case EventKind.STAGE:
            return partial(cases.after_stage, stage=Stage(facts["stage"]), today=on, reason=reason)
        case EventKind.SNOOZE if due is not None:
            return partial(cases.after_snooze, until=due, today=on)
        case EventKind.HANDOVER:
            return partial(cases.after_handover, to=facts["to"], today=on)
        case _:
            return _unmoved


def _unmoved(state: CaseState) -> CaseState:
    return state


def _weekday(day: date, *, back: bool) -> date:
    """Return `day`, or where it is a weekend the Friday before or the Monday after."""
    over = max(0, day.weekday() - 4)
    if not over:
        return day
    return day - timedelta(days=over) if back else day + timedelta(days=3 - over)
