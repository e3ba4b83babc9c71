"""How a backtest is laid out on a screen: sentences, two drawings, and the analyst's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from winback_tui.desk.backtest import Proof
from winback_tui.tui.glyphs import Glyphs
from winback_tui.tui.text import fit, wrap
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import backtest as words
from winback_tui.words import plots
from winback_tui.words.format import Formats

#: From this width on things stand beside each other.
WIDE: Final = 110
_GAP: Final = 3
#: The width of the table of figures; the calibration table stands beside it.
_FIGURES: Final = 74
_BAR: Final = 10
#: A name is cut to so many cells at the least.
_NAME: Final = 16


def report(proof: Proof, width: int, pens: Pens, glyphs: Glyphs, formats: Formats) -> list[Line]:
    """Return the lines of a proof at `width` cells."""
    result = proof.result
    reason = words.why_not(result, proof.as_of, formats)
    left = words.left_out(result, formats, proof.drawn)
    if reason is not None:
        told = _paragraph(reason, min(width, 76), pens.strong)
        return [[], *told, [], *(_paragraph(left, min(width, 76), pens.dim) if left else [])]
    wide = width >= WIDE
    half = (width - _GAP) // 2
    lines = _story(proof, min(width, WIDE), pens, formats)
    figures = table(words.figures(result, formats), width, pens, strong=1)
    groups = table(words.groups(result, formats), width, pens)
    bands = _bands(proof, pens, glyphs, formats)
    drawings = _drawings(proof, width, pens, glyphs, formats)
    by_segment = words.segments(result, formats)
    segments = table(by_segment, half if wide else width, pens) if by_segment else []
    names = [
        table(words.named(result, proof.people, formats, right=each), half if wide else width, pens)
        for each in (True, False)
    ]
    if wide:
        blocks = [
            _beside(figures, groups, _FIGURES),
            drawings,
            _beside(bands, segments, half),
            _beside(names[0], names[1], half),
        ]
    else:
        blocks = [drawings, figures, bands, groups, segments, *names]
    for block in blocks:
        lines += [[], *block] if block else []
    return lines


def table(given: words.Table, width: int, pens: Pens, *, strong: int | None = None) -> list[Line]:
    """Return a table within `width` cells; its widest left column gives way."""
    if not given.rows:
        return [[(fit(given.title, min(width, cell_len(given.title))), pens.dim)]]
    cells = [given.headers, *given.rows]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(len(given.headers))]
    over = sum(widths) + 2 * (len(widths) - 1) - width
    if over > 0:
        named = max(
            (at for at in range(len(widths)) if at not in given.right), key=widths.__getitem__
        )
        widths[named] = max(min(widths[named], _NAME), widths[named] - over)
    lines: list[Line] = [[(text, pens.title)] for text in wrap(given.title, width)]
    for number, row in enumerate(cells):
        line: Line = []
        for at, cell in enumerate(row):
            pen = pens.dim if number == 0 or at == 0 else pens.text
            if number and at == strong:
                pen = pens.strong
            gap = "  " if at + 1 < len(row) else ""
            line.append((fit(cell, widths[at], right=at in given.right) + gap, pen))
        lines.append(line)
    return lines


def _story(proof: Proof, width: int, pens: Pens, formats: Formats) -> list[Line]:
    result = proof.result
    first, chosen, *others = words.story(result, formats)
    few, left = words.warning(result, formats), words.left_out(result, formats, proof.drawn)
    lines = [*_paragraph(chosen, width, pens.strong), [], *_paragraph(few or "", width, pens.warn)]
    for sentence in (first, *others):
        lines += _paragraph(sentence, width, pens.text)
    return [*lines, *_paragraph(left or "", width, pens.dim)]


def _drawings(proof: Proof, width: int, pens: Pens, glyphs: Glyphs, formats: Formats) -> list[Line]:
    result = proof.result
    half = min((width - _GAP) // 2, 64)
    tall = 13 if width >= WIDE else 11
    plain = formats.plain or glyphs.dot == "-"
    marks = plots.ASCII if plain else plots.Marks()
    curves = result.curves
    left = plots.calibration(result.groups, half, tall, marks)
    right = plots.lift(curves["winback"], curves["recency"], half, tall, marks)
    roles = {
        plots.POINT: pens.title,
        plots.OTHER: pens.key,
        plots.CHANCE: pens.faint,
        plots.AXIS: pens.faint,
        plots.TEXT: pens.dim,
    }
    one, two = words.DRAWINGS
    about, signs = words.legend(marks.point, marks.other, marks.chance)
    return [
        *_beside([[(one, pens.title)]], [[(two, pens.title)]], half),
        *_beside([[(about, pens.dim)]], [[(signs, pens.dim)]], half),
        *_beside(
            [[(text, roles[role]) for text, role in line] for line in left],
            [[(text, roles[role]) for text, role in line] for line in right],
            half,
        ),
    ]


def _bands(proof: Proof, pens: Pens, glyphs: Glyphs, formats: Formats) -> list[Line]:
    """Return the table of bands, each with a bar of its share who stayed away."""
    given = words.bands(proof.result, formats)
    title, header, *rows = table(given, 10_000, pens)
    bars = [glyphs.bar(each.precision.value or 0.0, _BAR) for each in proof.result.bands]
    drawn = [[*row, (f"  {bar}", pens.warn)] for row, bar in zip(rows, bars, strict=True)]
    return [title, header, *drawn]


def _beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    """Return two blocks beside each other, the left one padded to `width` cells."""
    joined: list[Line] = []
    for at in range(max(len(left), len(right))):
        first = left[at] if at < len(left) else []
        space = width + _GAP - sum(cell_len(text) for text, _ in first)
        joined.append(
            [*first, (" " * max(1, space), Style()), *(right[at] if at < len(right) else [])]
        )
    return joined


def _paragraph(text: str, width: int, pen: Style) -> list[Line]:
    return [[(line, pen)] for line in wrap(text, width)]
