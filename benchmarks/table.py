"""What was measured, line by line, and the table that shows it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured beside its yardstick, both in `unit` ("ms", "s" or "MB").

    `target` is the most that `judged` may be: the ratio of ours to the yardstick, or ours itself.
    A line without a target tells something that no target is about.
    """

    what: str
    ours: float
    unit: str
    yardstick: float | None = None
    beside: str = ""
    target: float | None = None
    judged: str = "ratio"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the yardstick ours is; None without one."""
        return self.ours / self.yardstick if self.yardstick else None

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        measured = self.ratio if self.judged == "ratio" else self.ours
        return None if self.target is None or measured is None else measured <= self.target


_TITLES: Final = ("what", "ours", "yardstick", "ratio", "target", "holds")


def median(values: Iterable[float]) -> float:
    """Return the median, the measure that one disturbed run does not move."""
    return statistics.median(values)


def megabytes(values: Iterable[int | None]) -> float | None:
    """Return the median of sizes in bytes in MB (10⁶ bytes), or None where none is known."""
    known = [value for value in values if value is not None]
    return statistics.median(known) / 1e6 if known else None


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a Markdown table that a terminal shows aligned as well."""
    rows = [_TITLES, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]

    def written(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if place in (0, 5) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "| " + " | ".join(cells) + " |"

    rule = (
        "-" * (width + 1) + ("-" if place in (0, 5) else ":") for place, width in enumerate(widths)
    )
    notes = [f"- {line.what}: {line.note}" for line in lines if line.note]
    drawn = [written(rows[0]), "|" + "|".join(rule) + "|", *(written(row) for row in rows[1:])]
    return "\n".join([*drawn, *([""] if notes else []), *notes])


def missed(lines: Iterable[Line]) -> int:
    """Return how many targets were not met."""
    return sum(line.holds is False for line in lines)


def write_json(lines: Iterable[Line], path: Path) -> None:
    """Write the lines with their ratios, for a comparison of two runs."""
    kept = [{**asdict(line), "ratio": line.ratio, "holds": line.holds} for line in lines]
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _cells(line: Line) -> tuple[str, ...]:
    beside = f"{line.beside} {_size(line.yardstick, line.unit)}" if line.yardstick else ""
    target = ""
    if line.target is not None:
        target = f"≤ {line.target:g} ×"
        if line.judged != "ratio":
            target = f"< {line.target:g} {line.unit}"
    holds = {None: "", True: "yes", False: "NO"}[line.holds]
    ratio = "" if line.ratio is None else f"{line.ratio:.2f} ×"
    return (line.what, _size(line.ours, line.unit), beside, ratio, target, holds)


def _size(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.2f} {unit}" if unit == "s" else f"{value:.0f} {unit}"
