"""Two small drawings for a terminal: what was said against what happened, and whom a score finds.

A drawing is lines of strokes: text with the role that it plays, for whoever has colours.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from winback_tui.proof import Group

#: The roles of strokes: the score's own points, another scorer's, pure chance, the frame, words.
POINT, OTHER, CHANCE, AXIS, TEXT = "point", "other", "chance", "axis", "text"

Stroke = tuple[str, str]
Drawing = list[list[Stroke]]


class Marks(NamedTuple):
    """The signs of a drawing; every one has a shape of its own."""

    point: str = "●"
    other: str = "○"
    chance: str = "·"
    range: str = "│"
    vertical: str = "┤"
    corner: str = "└"
    horizontal: str = "─"


#: For terminals without UTF-8.
ASCII: Final = Marks("*", "o", ".", "|", "|", "+", "-")


def calibration(groups: Sequence[Group], width: int, height: int, marks: Marks) -> Drawing:
    """Return the plot of the share who stayed away (upwards) over the probability (rightwards).

    Each group is a point with its 95 % interval; on the dotted line both are the same. `width` and
    `height` are those of the whole drawing, axes included.
    """
    canvas = _Canvas(width, height, marks)
    canvas.diagonal()
    for group in groups:
        low, high = group.stayed.low, group.stayed.high
        if low is not None and high is not None:
            canvas.column(group.predicted, low, high)
    for group in groups:
        canvas.put(group.predicted, group.stayed.value or 0.0, marks.point, POINT)
    return canvas.drawing("said")


def lift(
    own: Sequence[float], other: Sequence[float], width: int, height: int, marks: Marks
) -> Drawing:
    """Return the plot of the share found (upwards) among the first share of a list (rightwards).

    `own` and `other` are shares found at equal steps from 0 to 1; the dotted line is chance.
    """
    canvas = _Canvas(width, height, marks)
    canvas.diagonal()
    for values, sign, role in ((other, marks.other, OTHER), (own, marks.point, POINT)):
        for step in range(canvas.columns):
            across = step / (canvas.columns - 1)
            canvas.put(across, _between(values, across), sign, role)
    return canvas.drawing("of the list")


def side_by_side(left: Drawing, right: Drawing, width: int, gap: int = 2) -> Drawing:
    """Return two drawings beside each other, the left one padded to `width`."""
    rows = max(len(left), len(right))
    joined: Drawing = []
    for at in range(rows):
        first = left[at] if at < len(left) else []
        space = " " * (width + gap - sum(len(text) for text, _ in first))
        joined.append([*first, (space, TEXT), *(right[at] if at < len(right) else [])])
    return joined


def plain(drawing: Drawing) -> list[str]:
    """Return a drawing as lines of text."""
    return ["".join(text for text, _ in line).rstrip() for line in drawing]


def _between(values: Sequence[float], across: float) -> float:
    """Return the value at a share of the way through `values`, on straight lines between them."""
    if len(values) < 2:
        return across
    place = across * (len(values) - 1)
    before = min(int(place), len(values) - 2)
    return values[before] + (values[before + 1] - values[before]) * (place - before)


class _Canvas:
    """Cells over the square from 0 to 1, with axes at the left and below."""

    _LABELS: Final = 5
    _BELOW: Final = 2

    def __init__(self, width: int, height: int, marks: Marks) -> None:
        self.columns = max(2, width - self._LABELS)
        self.rows = max(2, height - self._BELOW)
        self.marks = marks
        self.cells: list[list[Stroke]] = [[(" ", TEXT)] * self.columns for _ in range(self.rows)]

    def put(self, across: float, up: float, sign: str, role: str) -> None:
        """Set the sign nearest to a place."""
        self.cells[self._row(up)][self._column(across)] = (sign, role)

    def column(self, across: float, low: float, high: float) -> None:
        """Draw an upright line."""
        for row in range(self._row(high), self._row(low) + 1):
            self.cells[row][self._column(across)] = (self.marks.range, AXIS)

    def diagonal(self) -> None:
        """Draw the dotted line on which both axes say the same."""
        for step in range(self.columns):
            across = step / (self.columns - 1)
            self.put(across, across, self.marks.chance, CHANCE)

    def drawing(self, below: str) -> Drawing:
        """Return the cells with their axes, in percent, and the word for the lower one."""
        lines: Drawing = []
        for row, cells in enumerate(self.cells):
            share = 1 - row / (self.rows - 1)
            shown = row in (0, self.rows // 2, self.rows - 1)
            label = f"{round(share * 100):>3} " if shown else "    "
            lines.append([(label, TEXT), (self.marks.vertical, AXIS), *_joined(cells)])
        lines.append(
            [("    ", TEXT), (self.marks.corner + self.marks.horizontal * self.columns, AXIS)]
        )
        ends = f"0{below.center(self.columns - 4)}100"
        lines.append([("     ", TEXT), (ends, TEXT)])
        return lines

    def _row(self, up: float) -> int:
        return self.rows - 1 - round(min(max(up, 0.0), 1.0) * (self.rows - 1))

    def _column(self, across: float) -> int:
        return round(min(max(across, 0.0), 1.0) * (self.columns - 1))


def _joined(cells: Sequence[Stroke]) -> list[Stroke]:
    """Return neighbours of one role as one stroke."""
    joined: list[Stroke] = []
    for text, role in cells:
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + text, role)
        else:
            joined.append((text, role))
    return joined
