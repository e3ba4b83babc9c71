"""What an import did, or would do, laid out in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback_tui.tui.text import cut, printable, wrap
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.words import importing as words
from winback_tui.words import imports, readings, retold

if TYPE_CHECKING:
    from winback_tui.desk.imports import FileSummary, ImportSummary
    from winback_tui.words.format import Formats

#: The counts of a summary, in the order in which they are told.
COUNTS = ("created", "updated", "unchanged", "duplicates", "suppressed", "rejected")
_TITLES = {
    "created": "new",
    "updated": "updated",
    "unchanged": "known already",
    "duplicates": "twice in the file",
    "suppressed": "suppressed",
    "rejected": "rejected",
}


class Trial(Drawn):
    """Shows a sentence, how far an import has come, or what became of it."""

    DEFAULT_CSS = "Trial { height: auto; }"

    sentence = ""
    share: float | None = None
    summary: ImportSummary | None = None

    def show(
        self, sentence: str, summary: ImportSummary | None = None, share: float | None = None
    ) -> None:
        """Show a sentence, with a summary or a bar below it."""
        self.sentence, self.summary, self.share = sentence, summary, share
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines."""
        pens = self.pens
        found: list[Line] = [[], *([(text, pens.strong)] for text in wrap(self.sentence, width))]
        if self.share is not None:
            found += [[], _bar(self.share, min(width, 60), self.winback.glyphs.bars, pens)]
        for file in self.summary.files if self.summary else ():
            kept = not (self.summary and self.summary.dry_run)
            shown = file._replace(samples=()) if kept else file
            found += [[], *summary_lines(shown, width, pens, self.winback.formats, kept=kept)]
        return found


def _bar(share: float, width: int, signs: str, pens: Pens) -> Line:
    filled = round(max(0.0, min(1.0, share)) * width)
    return [(signs[-1] * filled, pens.key), (signs[1] * (width - filled), pens.faint)]


def summary_lines(
    file: FileSummary, width: int, pens: Pens, formats: Formats, *, kept: bool = True
) -> list[Line]:
    """Return what became of one file: the counts that add up, and what is worth a look.

    `kept` is False for what an import would do.
    """
    number = formats.number
    found: list[Line] = [[(f"{number(file.read):>9}", pens.strong), ("  rows read", pens.text)]]
    for count in COUNTS:
        rows = int(getattr(file, count))
        if rows:
            found.append([(f"{number(rows):>9}", pens.text), (f"  {_TITLES[count]}", pens.dim)])
    if file.customers_created:
        found.append(
            [(f"{number(file.customers_created):>9}", pens.text), ("  new customers", pens.dim)]
        )
    if file.reasons:
        found += _part("Rejected", [imports.rejected(file.reasons, number)], width, pens)
    if file.samples:
        told = [readings.sample(**each) for each in file.samples]
        found += _part("Samples", told, width, pens)
    if file.choices:
        told = [words.chosen(**choice) for choice in file.choices]
        found += _part("Chosen", told, width, pens)
    ahead = [imports.future(file.future, number)] if file.future else []
    found += _part("", ahead, width, pens) if ahead else []
    looked = [*retold.lines(file.retold, file.batch, file.cells_shortened, number)]
    found += _part("Look at", looked, width, pens) if looked else []
    if file.unknown_kind:
        told = [imports.of_unknown_kind(file.unknown_kind, number, kept=kept)]
        found += _part("Kind", told, width, pens)
    if file.consents:
        told = [words.consent_change(what, number(n)) for what, n in file.consents.items()]
        told += [imports.CLOSED] * (file.kind == "signals")
        found += _part("Consent", told, width, pens)
    idle = [imports.ruleless(file.ruleless, number)] if file.ruleless else []
    found += _part("Signals", idle, width, pens) if idle else []
    if file.changes:
        found += _part("Changes", [words.changed(each) for each in file.changes], width, pens)
    if file.suggestions:
        found += _part("May be one", [words.same(each) for each in file.suggestions], width, pens)
    if file.columns_without_a_home:
        people = file.kind != "transactions"
        passed = imports.homeless(file.columns_without_a_home, people=people)
        found += _part("Passed over", [passed.removeprefix("Passed over: ")], width, pens)
    if file.already is not None:
        found += _part("", [imports.already(file.already)], width, pens)
    return found


def _part(title: str, told: list[str], width: int, pens: Pens) -> list[Line]:
    room = max(20, width - 14)
    found: list[Line] = [[]]
    for text in told:
        for line in wrap(text, room) or [""]:
            label = title if len(found) == 1 else ""
            found.append([(f"{cut(label, 12):<13} ", pens.dim), (printable(line), pens.text)])
    return found
