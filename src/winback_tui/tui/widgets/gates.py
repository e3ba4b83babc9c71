"""What the gate says, as drawn lines: shown before anybody is contacted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from winback_tui.desk.evidence import Ledger
from winback_tui.desk.gate import Gate, Sorted, sort_out
from winback_tui.model import Standing
from winback_tui.tui.text import fit, printable, wrap
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets.columns import Words, consent_mark
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words.consent import fix_line, gate_line, leaving_line
from winback_tui.words.customers import CHANNELS
from winback_tui.words.evidence import chain_line, grounds, heading, moment, seal_line

#: So many who are left out are named.
_NAMED = 3


def gate_lines(gates: Sequence[Gate], width: int, pens: Pens, words: Words) -> list[Line]:
    """Return whether these customers may be contacted: why, until when, and what would fix it."""
    if len(gates) == 1:
        return _one(gates[0], width, pens, words)
    parts = sort_out(gates)
    line: Line = []
    for label, each, pen in (
        ("allowed", parts.allowed, pens.good),
        ("with a reason", parts.warned, pens.warn),
        ("blocked, left out", parts.blocked, pens.bad),
    ):
        if each:
            shown = words.formats.number(len(each))
            line += [(f"{shown} ", pen), (f"{label}   ", pens.text)]
    return [line, *_left_out(parts, width, pens, words)]


def _one(found: Gate, width: int, pens: Pens, words: Words) -> list[Line]:
    sign, pen = consent_mark(found.state, pens, words.glyphs)
    said = gate_line(found.state, words.formats)
    head = f"{CHANNELS[found.channel]} {sign} "
    lines: list[Line] = [
        [(head if not number else " " * len(head), pen), (text, pens.text)]
        for number, text in enumerate(wrap(said, max(20, width - len(head))))
    ]
    # A warning is met in the sheet, whose field says so.
    fix = fix_line(found.state.why) if found.standing is Standing.BLOCKED else ""
    return [*lines, *([(text, pens.dim)] for text in wrap(fix, max(20, width)))]


def _left_out(parts: Sorted, width: int, pens: Pens, words: Words) -> list[Line]:
    if not parts.blocked:
        return []
    names = ", ".join(printable(each.name) for each in parts.blocked[:_NAMED])
    more = len(parts.blocked) - _NAMED
    others = f" and {words.formats.number(more)} more" if more > 0 else ""
    text = f"left out: {names}{others}"
    return [[(line, pens.dim)] for line in wrap(text, max(20, width))] or [[("", Style())]]


def all_blocked(gates: Sequence[Gate]) -> bool:
    """Return whether nobody of them may be contacted."""
    return all(each.standing is Standing.BLOCKED for each in gates)


def evidence_lines(found: Ledger, width: int, pens: Pens, words: Words) -> list[Line]:
    """Return what the ledger holds on a customer: standings, then its rows, newest first."""
    formats, glyphs = words.formats, words.glyphs
    lines: list[Line] = []
    for channel, state in found.standings.items():
        sign, pen = consent_mark(state, pens, glyphs)
        told = [f"{gate_line(state, formats)}.", fix_line(state.why)]
        for number, text in enumerate(wrap(" ".join(told).strip(), max(20, width - 10))):
            head: Line = [(f"{sign} ", pen), (fit(CHANNELS[channel], 8), pens.dim)]
            lines.append([*(head if not number else [(" " * 10, pens.dim)]), (text, pens.text)])
        for at in found.addresses[channel]:
            if at.state != state:
                text = f"{at.address.value}: {gate_line(at.state, formats)}"
                lines += [
                    [(" " * 10 + piece, pens.dim)]
                    for piece in wrap(printable(text), max(20, width - 10))
                ]
    for channel, state in found.leaving.items():
        lines += [
            [(piece, pens.warn)]
            for piece in wrap(leaving_line(channel, state, formats), max(20, width))
        ]
    pen = pens.bad if found.broken else pens.good
    lines += [[], [(chain_line(found.rows, formats), pen)]]
    for row in reversed(found.rows):
        when = moment(row.at, row.precision, formats)
        strong = pens.strong if row.counts else pens.faint + Style(strike=True)
        lines += [[], [(f"{when}  ", pens.dim), (printable(heading(row)), strong)]]
        told = [*grounds(row), *([f"shown to them: {row.text}"] if row.text else [])]
        for text in told:
            lines += [
                [("  " + piece, pens.text)] for piece in wrap(printable(text), max(20, width - 2))
            ]
        seal = pens.dim if row.seal == "sealed" else pens.bad
        lines.append([("  " + seal_line(row, row.hash), seal)])
    return lines
