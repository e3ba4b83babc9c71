"""What came of the work, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from winback_tui.model import LetGoReason, Money, Stage
from winback_tui.words.cases import let_go_title
from winback_tui.words.customers import count as counted
from winback_tui.words.deeds import STAGES
from winback_tui.words.format import Formats


class Outcomes(NamedTuple):
    """What came of all cases; shares are None where there is nothing to share.

    `hours` is the median from flag to first attempt, `tried` of how many; `warned` counts contacts
    made against a consent warning with a typed reason.
    """

    stages: Mapping[Stage, int]
    calls: int
    reached: int
    reactivated: int
    amounts: tuple[Money, ...]
    at_risk: tuple[Money, ...]
    let_go: Mapping[LetGoReason | None, int]
    hours: float | None
    tried: int
    warned: int

    @property
    def rate(self) -> float | None:
        """The share of outbound calls that reached somebody."""
        return self.reached / self.calls if self.calls else None


def flagged_on(flagged_at: str) -> date:
    """Return the user's own day of an instant in UTC."""
    return datetime.fromisoformat(flagged_at).astimezone().date()


def speed(
    flagged_at: str, tried_at: str | None, formats: Formats, *, before: str | None = None
) -> str:
    """Return how long it took from the flag to the first attempt, or since when nobody tried.

    `before` is the instant of the last attempt that came before the flag.
    """
    flagged = datetime.fromisoformat(flagged_at).astimezone()
    since = f"flagged {formats.date(flagged.date())}"
    if flagged.time() != time():
        since += f" {flagged:%H:%M}"
    if tried_at is not None:
        span = (datetime.fromisoformat(tried_at) - flagged).total_seconds() / 3600
        return f"{since}, first tried after {hours(span, formats)}"
    if before is not None:
        return f"{since}, last tried before that, on {formats.date(flagged_on(before))}"
    return f"{since}, not tried yet"


def hours(span: float, formats: Formats) -> str:
    """Return a span of hours: minutes below one, days from two on."""
    if span < 1:
        return f"{formats.number(round(span * 60))} min"
    if span < 48:
        return f"{formats.number(round(span))} h"
    return f"{formats.number(round(span / 24))} days"


def report_lines(found: Outcomes, formats: Formats) -> list[tuple[str, str]]:
    """Return the report as pairs of label and value."""
    lines = [
        (STAGES[stage], formats.number(count)) for stage, count in found.stages.items() if count
    ]
    rate = "—" if found.rate is None else formats.percent(found.rate)
    lines += [
        ("calls", formats.number(found.calls)),
        ("of these reached", f"{formats.number(found.reached)} ({rate})"),
        ("won back", formats.number(found.reactivated)),
        ("what came in since", _money(found.amounts, formats)),
        ("what was at risk", _money(found.at_risk, formats)),
        ("let go, a good end too", formats.number(sum(found.let_go.values()))),
    ]
    lines += [
        (f"  {let_go_title(why) if why else 'no reason given'}", formats.number(count))
        for why, count in found.let_go.items()
    ]
    median = "—" if found.hours is None else hours(found.hours, formats)
    lines += [
        (
            "first tried after (median)",
            f"{median} ({counted(formats.number(found.tried), found.tried, 'customer')})",
        ),
        ("against a consent warning", formats.number(found.warned)),
    ]
    return lines


def _money(amounts: Sequence[Money], formats: Formats) -> str:
    return " + ".join(formats.money(each.amount, each.currency) for each in amounts) or "—"
