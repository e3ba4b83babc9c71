"""What a backtest says: first as a manager would put it, then in an analyst's tables."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.model import Lifecycle
from winback_tui.proof import Backtest, Figure, Group
from winback_tui.words.customers import LIFECYCLES, count, customer_name
from winback_tui.words.format import Formats

SCORERS: Final = {
    "winback": "winback",
    "formula": "formula",
    "recency": "recency",
    "rfm": "RFM",
}
#: Fewer customers, or fewer of either kind, say little.
FEW: Final = 30
FEW_OF_A_KIND: Final = 5
_EPOCH: Final = date(1970, 1, 1)
#: Key of ScorerFigures, its title, decimals, and how it is multiplied to be shown.
_FIGURES: Final = (
    ("auc", "AUC", 3),
    ("lift_top_decile", "lift, top tenth", 2),
    ("listed", "stayed away, list", 2),
    ("lift_list", "lift, list", 2),
    ("brier", "Brier", 3),
    ("log_loss", "log loss", 3),
    ("calibration_error", "calibration error", 3),
)


class Table(NamedTuple):
    """A table to print: its title, the headers, the rows, and which columns stand at the right."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]


def why_not(result: Backtest, as_of: date, formats: Formats) -> str | None:
    """Return the sentence on a book of which nothing can be told, or None where something can."""
    if result.first is None or result.last is None:
        return (
            f"Nobody had bought anything by {formats.date(as_of)}, so there is nothing to look "
            "back on: import transactions first."
        )
    if result.day is None:
        day = formats.date(_date(result.first))
        return f"All purchases are of {day}, so there is no past to look back on yet."
    day, last = formats.date(_date(result.day)), formats.date(_date(result.last))
    told = count(formats.number(result.customers), result.customers, "customer")
    if not result.customers:
        return (
            f"Nobody can be judged: looking back to {day}, no customer's horizon had run out by "
            f"{last}, the day of the last purchase. A shorter one may do: "
            "“winback backtest --horizon 30”."
        )
    if not result.stayed:
        return (
            f"Looking back to {day}, everybody bought again in time ({told}), so this book "
            "cannot show whether the score tells who stays away."
        )
    if result.stayed == result.customers:
        return (
            f"Looking back to {day}, nobody bought again in time ({told}), so this book cannot "
            "show whether the score tells who comes back."
        )
    return None


def warning(result: Backtest, formats: Formats) -> str | None:
    """Return the sentence on a book that is too small to tell much, or None."""
    bought = result.customers - result.stayed
    if result.customers >= FEW and min(bought, result.stayed) >= FEW_OF_A_KIND:
        return None
    told = count(formats.number(result.customers), result.customers, "customer")
    return (
        f"Only {told} can be judged, of whom {formats.number(result.stayed)} stayed away: too few "
        "to tell a good score from a lucky one, so mind how far the figures may be off."
    )


def story(result: Backtest, formats: Formats) -> list[str]:
    """Return what happened, sentence by sentence, for a book of which `why_not` says nothing."""
    told = [_set_up(result, formats), _list(result, formats), _order(result, formats)]
    return [*told, _calibration(result, formats), *_early(result, formats)]


def left_out(
    result: Backtest, formats: Formats, drawn: tuple[int, int] | None = None
) -> str | None:
    """Return the sentence on whom the figures leave out, or None.

    `drawn` says how many customers of a very big book were looked at, and of how many.
    """
    parts = []
    if drawn is not None:
        some, total = (formats.number(each) for each in drawn)
        parts.append(f"all but {some} of the book's {total} customers, drawn by chance")
    if result.unobserved:
        number = formats.number(result.unobserved)
        parts.append(f"{number} whose horizon runs beyond the last purchase of the book")
    if result.long_gone:
        parts.append(f"{formats.number(result.long_gone)} who were silent for over a year then")
    return f"Left out: {', and '.join(parts)}." if parts else None


def figures(result: Backtest, formats: Formats) -> Table:
    """Return the table of scorers: each figure with half the width of its 95 % interval."""
    rows = tuple(
        (
            title,
            *(_figure(getattr(result.scorers[name], key), decimals, formats) for name in SCORERS),
        )
        for key, title, decimals in _FIGURES
    )
    return Table(
        f"The figures ({_give_or_take(formats)} half of the {formats.percent(0.95)} interval)",
        ("", *SCORERS.values()),
        rows,
        frozenset(range(1, len(SCORERS) + 1)),
    )


def bands(result: Backtest, formats: Formats) -> Table:
    """Return the table of bands: precision and recall."""
    rows = tuple(
        (
            LIFECYCLES[Lifecycle(each.band)],
            formats.number(each.customers),
            _percent(each.precision.value, formats),
            _between(each.precision, formats),
            _percent(each.recall, formats),
        )
        for each in result.bands
    )
    headers = ("band", "customers", "stayed away", "between", "of all who did")
    return Table("The bands", headers, rows, frozenset({1, 2, 3, 4}))


def groups(result: Backtest, formats: Formats) -> Table:
    """Return the calibration table: what was said, and what happened."""
    rows = tuple(
        (
            _percent(each.predicted, formats),
            _percent(each.stayed.value, formats),
            _between(each.stayed, formats),
            formats.number(each.customers),
        )
        for each in result.groups
    )
    headers = ("said", "stayed away", "between", "customers")
    return Table("Said and happened, in tenths by score", headers, rows, frozenset(range(4)))


def segments(result: Backtest, formats: Formats) -> Table | None:
    """Return the table of segments, or None where the book knows of no two."""
    if not result.segments:
        return None
    rows = tuple(
        (
            each.segment or "(none)",
            formats.number(each.customers),
            _percent(each.predicted, formats),
            _percent(each.churned_share, formats),
            _figure(each.auc, 2, formats),
        )
        for each in result.segments
    )
    headers = ("segment", "customers", "said", "stayed away", "AUC")
    return Table("By segment", headers, rows, frozenset({1, 2, 3, 4}))


def tables(result: Backtest, formats: Formats) -> Sequence[Table]:
    """Return the analyst's tables, the names left out."""
    by_segment = segments(result, formats)
    return [
        figures(result, formats),
        bands(result, formats),
        groups(result, formats),
        *([by_segment] if by_segment else []),
    ]


def named(
    result: Backtest,
    people: dict[int, tuple[str, str]],
    formats: Formats,
    *,
    right: bool,
    top: int = 10,
) -> Table:
    """Return the table of those it flagged who stayed away, or (not right) did not."""
    chosen = [each for each in result.flagged if each.stayed is right]
    rows = tuple(
        (
            formats.number(each.score),
            customer_name(*people.get(each.customer_id, ("", ""))),
            formats.days(each.silence, short=True),
            _nothing(formats)
            if each.usual_gap is None
            else formats.days(each.usual_gap, short=True),
            _afterwards(each.returned_after, formats),
        )
        for each in chosen[:top]
    )
    shown = formats.number(len(chosen))
    of = formats.number(len(result.flagged))
    title = (
        f"It would have flagged, and they stayed away: {shown} of {of}"
        if right
        else f"It would have flagged, and was wrong: {shown} of {of}"
    )
    if len(chosen) > top:
        title += f"; the first {formats.number(top)}"
    headers = ("score", "customer", "silent", "usual", "bought again")
    return Table(title, headers, rows, frozenset({0, 2, 3}))


def heading(result: Backtest, formats: Formats) -> str:
    """Return the title of a backtest: "Backtest of 3 Jul 2011"."""
    return "Backtest" if result.day is None else f"Backtest as of {formats.date(_date(result.day))}"


def legend(point: str, other: str, chance: str) -> tuple[str, str]:
    """Return what the signs of the two drawings mean."""
    return (
        f"{point} ten groups by score; {chance} as said",
        f"{point} winback  {other} recency  {chance} chance",
    )


#: The titles of the two drawings.
DRAWINGS: Final = ("% who stayed away, by what was said", "% found of those who stayed away")


def _set_up(result: Backtest, formats: Formats) -> str:
    day, last = formats.date(_date(result.day or 0)), formats.date(_date(result.last or 0))
    told = count(formats.number(result.customers), result.customers, "customer")
    days = formats.days(result.horizon or result.usual_horizon or 0)
    horizon = f"within {days}" if result.horizon else f"within their own horizon (usually {days})"
    share = formats.percent(result.churned_share or 0.0)
    return (
        f"On {day}, with nothing known of later, the score looked at {told}. By {last} it was "
        f"known who had bought again {horizon}: {share} had not."
    )


def _list(result: Backtest, formats: Formats) -> str:
    size = result.list_size

    def found(name: str) -> str:
        return formats.number((result.scorers[name].listed.value or 0.0) * size)

    if not size:
        return "Everybody was gone by then, so there was no list to make."
    chance = result.workable_stayed / max(1, result.workable) * size
    return (
        f"Of {count(formats.number(size), size, 'customer')} it would have put on your list, "
        f"{found('winback')} did not come back in time; picked by recency alone "
        f"{found('recency')}, by RFM {found('rfm')}, by chance {formats.number(chance)}: all among "
        f"{_workable(result, formats)} not gone by then.{_filled_up(result, formats)}"
    )


def _workable(result: Backtest, formats: Formats) -> str:
    one = result.workable == 1
    return "the one who was" if one else f"the {formats.number(result.workable)} who were"


def _filled_up(result: Backtest, formats: Formats) -> str:
    """Return the sentence on whom the list holds beside those whom the queue would have held."""
    flagged, size = len(result.flagged), result.list_size
    if flagged >= size:
        return ""
    who = "Nobody on it" if not flagged else f"Only {formats.number(flagged)} of them"
    return (
        f" {who} stood at risk or lapsed, as who is in the queue does; the list is filled up with "
        "the next by score."
    )


def _order(result: Backtest, formats: Formats) -> str:
    own, recency = result.scorers["winback"].auc, result.scorers["recency"].auc
    if own.value is None or recency.value is None:
        return "In what order customers should stand, this book cannot tell."
    lead = result.leads["recency"].auc
    verdict = "whether that is better than recency, this book cannot tell"
    if lead.low is not None and lead.low > 0:
        verdict = "better than recency beyond chance"
    elif lead.high is not None and lead.high < 0:
        verdict = "on this book recency alone orders better"
    return (
        "Of one who stayed away and one who bought, it put the right one first "
        f"{formats.number(own.value * 100)} times in 100{_range(own, formats)}, recency alone "
        f"{formats.number(recency.value * 100)}: {verdict}."
    )


def _calibration(result: Backtest, formats: Formats) -> str:
    worst = max(result.groups, key=_apart)
    error = (result.scorers["winback"].calibration_error.value or 0.0) * 100
    return (
        f"Its percentages were off by {formats.number(error, 1)} points on average; most where it "
        f"said {formats.percent(worst.predicted)} and {_percent(worst.stayed.value, formats)} "
        "stayed away."
    )


def _early(result: Backtest, formats: Formats) -> list[str]:
    time = result.lead_time
    if time.flagged_share is None or not time.customers:
        return []
    share = formats.percent(time.flagged_share)
    if time.days.value is None:
        return [f"Of those who stayed away, {share} were flagged before their last chance."]
    return [
        f"Of those who stayed away, {share} were flagged before their last chance, half of these "
        f"{formats.days(time.days.value)} before it or earlier."
    ]


def _afterwards(after: int | None, formats: Formats) -> str:
    return "never since" if after is None else f"after {formats.days(after)}"


def _apart(group: Group) -> float:
    return abs(group.predicted - (group.stayed.value or 0.0))


def _range(figure: Figure, formats: Formats) -> str:
    if figure.low is None or figure.high is None:
        return ""
    low, high = (formats.number(end * 100) for end in (figure.low, figure.high))
    return f" ({low} to {high})"


def _figure(figure: Figure, decimals: int, formats: Formats) -> str:
    if figure.value is None:
        return _nothing(formats)
    text = formats.number(figure.value, decimals)
    if figure.low is None or figure.high is None:
        return text
    half = formats.number((figure.high - figure.low) / 2, decimals)
    return f"{text} {_give_or_take(formats)}{half}"


def _between(figure: Figure, formats: Formats) -> str:
    if figure.low is None or figure.high is None:
        return _nothing(formats)
    return f"{formats.number(figure.low * 100)} to {formats.percent(figure.high)}"


def _percent(share: float | None, formats: Formats) -> str:
    return _nothing(formats) if share is None else formats.percent(share)


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _nothing(formats: Formats) -> str:
    return "-" if formats.plain else "\u2014"


def _give_or_take(formats: Formats) -> str:
    return "+/-" if formats.plain else "±"
