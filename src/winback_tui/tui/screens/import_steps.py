"""The first two steps of an import: which file, and what its columns hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import on
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from winback_tui.desk import importing
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.tui.text import cut, fit, printable
from winback_tui.tui.widgets.import_lines import COLUMNS, FILE, About
from winback_tui.tui.widgets.lines import TitleLine
from winback_tui.tui.work import work
from winback_tui.words import importing as words
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.imports import ImportSummary
    from winback_tui.intake.preview import Preview
    from winback_tui.tui.app import WinbackApp


class ImportSteps(Screen[bool]):
    """Lets a person pick a file, see the guess and correct it."""

    def __init__(self, desk: Desk, folder: Path | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.folder = folder or Path.cwd()
        self.step = FILE
        self.kind = importing.KINDS[0]
        self.said: dict[str, str] = {}
        self.decimal, self.days, self.currency = "", "", ""
        self.before: Mapping[str, importing.Recalled] = {}
        self.sheet: str | None = None
        self.file: Path | None = None
        self.found: Preview | None = None
        self.summary: ImportSummary | None = None
        self.changed = False
        self._places: list[importing.Place] = []
        self._cancelled = False
        self._working = False
        self._width = 0

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    def go(self, step: int) -> None:
        """Show a step."""
        raise AssertionError("the screen shows its steps")

    def right(self) -> str:
        """Return what stands at the right of the title: the file, or the folder."""
        if self.file and self.step != FILE:
            return printable(self.file.name)
        return printable(str(self._typed()[0]))

    # The file

    def _typed(self) -> tuple[Path, str]:
        """Return the folder and the part of a name that the line holds."""
        text = self.query_one(Input).value.strip()
        if "/" not in text:
            return self.folder, text
        head, _, rest = text.rpartition("/")
        return (self.folder / Path(f"{head}/").expanduser()), rest

    def list_places(self) -> None:
        """Show what lies in the folder and fits what was typed."""
        folder, part = self._typed()
        options = self.query_one(OptionList)
        options.clear_options()
        try:
            places = importing.places(folder)
        except WinbackError as error:
            self._places = []
            self.query_one(About).say(words.CHOOSE, wrong=str(error))
            return
        self._places = [each for each in places if part.casefold() in each.name.casefold()]
        pens, formats = self.winback.pens, self.winback.formats
        self.query_one(About).say(words.CHOOSE if self._places else words.NO_PLACES)
        width = max(20, self.size.width - 30)
        for place in self._places:
            size = "" if place.folder else words.size(place.size)
            options.add_option(
                Option(
                    Text.assemble(
                        (
                            fit(place.name + "/" * place.folder, width),
                            pens.key if place.folder else pens.text,
                        ),
                        (fit(size, 9, right=True), pens.dim),
                        ("  " + formats.date(_day(place.changed)), pens.dim),
                        no_wrap=True,
                    )
                )
            )
        options.highlighted = 0 if self._places else None

    @on(Input.Changed)
    def _input_changed(self) -> None:
        if self.step == FILE:
            self.query_one(TitleLine).say(right=self.right())
            self.list_places()

    @on(Input.Submitted)
    def _input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        folder, part = self._typed()
        place = self.query_one(OptionList).highlighted
        if part and (folder / part).is_file():
            self._open(folder / part)
        elif place is not None:
            self._enter(folder, self._places[place])
        else:
            self.query_one(About).say(words.CHOOSE, wrong=words.NO_PLACES)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.step == FILE:
            self._enter(self._typed()[0], self._places[event.option_index])
        elif self.step == COLUMNS and self.found is not None:
            self.run_worker(work(self.ask_field, self.found.columns[event.option_index].name))

    def _enter(self, folder: Path, place: importing.Place) -> None:
        if place.folder:
            self.folder = (folder / place.name).resolve()
            self.query_one(Input).value = ""
            self.query_one(TitleLine).say(right=self.right())
            self.list_places()
        else:
            self._open(folder / place.name)

    def _open(self, path: Path) -> None:
        self.query_one(About).say(words.READING)
        self.run_worker(work(self._look, path, None), group="look", exclusive=True)

    async def _look(self, path: Path, sheet: str | None) -> None:
        try:
            found = await asyncio.to_thread(importing.look, path, sheet, self.desk)
        except WinbackError as error:
            if choices := importing.sheets(error):
                await self._sheet_asked(path, choices)
            elif self.step == COLUMNS:
                self.list_columns(str(error))
            else:
                self.query_one(About).say(words.CHOOSE, wrong=str(error))
            return
        self.file, self.found, self.kind, self.sheet = path, found, found.kind, sheet
        self.before = importing.recall(self.desk, tuple(each.name for each in found.columns))
        if self.before and self.kind not in self.before:
            self.kind = next(iter(self.before))
        self._recall()
        self.go(COLUMNS)

    def _recall(self) -> None:
        """Say of the columns what was said of an earlier file of this kind with this header."""
        known = self.before.get(self.kind)
        self.said = dict(known.said) if known else {}
        self.decimal, self.days = (known.decimal, known.days) if known else ("", "")
        self.currency = known.currency if known else ""

    def as_before(self) -> bool:
        """Return whether nothing but what was said of an earlier file is said of this one."""
        known = self.before.get(self.kind)
        return known is not None and known[:4] == (
            *(self.said, self.decimal, self.days, self.currency),
        )

    def forget(self) -> None:
        """Take the columns as they are guessed, whatever was said of an earlier file."""
        self.said, self.decimal, self.days, self.currency = {}, "", "", ""
        self.list_columns()

    # The columns

    def _fields(self) -> dict[str, str]:
        """Return the field of each column: as guessed, with what was said laid over it."""
        names = tuple(each.name for each in self.found.columns) if self.found else ()
        found = {**importing.guess(self.kind, names), **self.said}
        taken = {field for field in self.said.values() if field != importing.IGNORE}
        return {
            column: field
            for column, field in found.items()
            if field != importing.IGNORE and (column in self.said or field not in taken)
        }

    def list_columns(self, wrong: str = "") -> None:
        """Show the columns with their fields and a few cells each; say what is wrong."""
        found = self.found
        if found is None:
            return
        options, pens = self.query_one(OptionList), self.winback.pens
        place = options.highlighted if self.step == COLUMNS else 0
        options.clear_options()
        fields = self._fields()
        name_room = min(32, max(12, self.size.width // 4))
        room = max(10, self.size.width - name_room - 24)
        for column in found.columns:
            field = fields.get(column.name)
            mark = "*" if column.name in self.said else " "
            options.add_option(
                Option(
                    Text.assemble(
                        (fit(column.name, name_room) + "  ", pens.text),
                        (
                            fit(f"{mark}{field or words.PASSED_OVER}", 18),
                            pens.key if field else pens.dim,
                        ),
                        (cut("  ".join(map(printable, column.samples)), room), pens.dim),
                        no_wrap=True,
                    )
                )
            )
        if found.columns:
            options.highlighted = min(place or 0, len(found.columns) - 1)
        told = [
            words.about(
                found.layout, found.encoding, found.delimiter, len(found.columns), found.preset
            ),
            f"Taken as: {words.KINDS[self.kind]} · decimals {words.DECIMALS[self.decimal]}"
            f" · dates {words.DAYS[self.days]}" + f" · {self.currency}" * bool(self.currency),
        ]
        if self.as_before():
            told.append(words.recalled(self.before[self.kind].day))
        if found.left_out:
            told.append(words.left_out(found.left_out))
        self.query_one(About).say(*told, wrong=wrong)

    async def ask_field(self, column: str) -> None:
        """Ask what a column holds."""
        from winback_tui.tui.sheets.ask import Pick

        now = self._fields().get(column, importing.IGNORE)
        choices = [(importing.IGNORE, "", words.PASSED_OVER)]
        choices += [(field, "", field) for field in importing.fields_of(self.kind)]
        if self.kind == "customers":
            own = now if now.startswith("attribute:") else f"attribute:{column}"
            choices.append((own, "", printable(own)))
        answer = await self.app.push_screen_wait(
            Pick(f"What {printable(column)} holds", choices, chosen=now)
        )
        if answer is not None and answer != now:
            self.said = {c: f for c, f in self.said.items() if f != answer or f == importing.IGNORE}
            self.said[column] = answer
            self.list_columns()

    def ask_kind(self) -> None:
        """Ask what the rows of the file are."""
        self.run_worker(work(self._kind_asked))

    async def _kind_asked(self) -> None:
        from winback_tui.tui.sheets.ask import Pick

        answer = await self.app.push_screen_wait(
            Pick(
                saying.WHAT_ROWS,
                [(kind, str(n), words.KINDS[kind]) for n, kind in enumerate(importing.KINDS, 1)],
                chosen=self.kind,
            )
        )
        if answer is not None and answer != self.kind:
            self.kind = answer
            self._recall()
            self.list_columns()

    def ask_sheet(self) -> None:
        """Ask which sheet of the workbook is meant."""
        if self.found and self.found.left_out and self.file:
            self.run_worker(work(self._sheet_asked, self.file, self.found.left_out))
        else:
            self.winback.say(saying.ONE_SHEET)

    async def _sheet_asked(self, path: Path, others: tuple[str, ...]) -> None:
        from winback_tui.tui.sheets.ask import Pick

        answer = await self.app.push_screen_wait(
            Pick("Sheet", [(each, "", each) for each in others])
        )
        if answer is not None:
            await self._look(path, answer)
        elif self.step != COLUMNS:
            self.query_one(About).say(words.CHOOSE)

    def ask_currency(self) -> None:
        """Ask which currency holds where a row names none."""
        self.run_worker(work(self._currency_asked))

    async def _currency_asked(self) -> None:
        from winback_tui.tui.sheets.ask import AskLine

        heading, label = words.CURRENCY
        answer = await self.app.push_screen_wait(
            AskLine(heading, label, value=self.currency, check=importing.currency, empty=True)
        )
        if answer is not None:
            self.currency = importing.currency(answer) if answer else ""
            self.list_columns()

    def turn_days(self) -> None:
        """Go on to the next order of day and month."""
        self.days = _following(words.DAYS, self.days)
        self.list_columns()

    def turn_decimal(self) -> None:
        """Go on to the next decimal sign."""
        self.decimal = _following(words.DECIMALS, self.decimal)
        self.list_columns()


def _day(stamp: float) -> date:
    return date.fromtimestamp(stamp)  # noqa: DTZ012 - the file's day in the user's zone


def _following(options: Mapping[str, str], now: str) -> str:
    keys = list(options)
    return keys[(keys.index(now) + 1) % len(keys)]
