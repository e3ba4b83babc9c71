"""Sheets that ask for a line of text, or for one of a few things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from winback_tui.errors import WinbackError
from winback_tui.tui.sheets.fields import Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet, inner_width
from winback_tui.tui.text import printable, wrap
from winback_tui.tui.widgets.drawn import Part
from winback_tui.tui.widgets.options import Options
from winback_tui.words import saying


class AskLine(Sheet[str | None]):
    """Asks for one line; `check` says whether it will do, by raising a WinbackError."""

    def __init__(
        self,
        heading: str,
        label: str,
        *,
        about: Sequence[Part] = (),
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], object] | None = None,
        reads: Callable[[str], str] | None = None,
        empty: bool = False,
    ) -> None:
        """Ask; `reads` says as what a text is taken while it is typed (a WinbackError: not yet)."""
        super().__init__()
        self._reads = reads
        self.heading, self._label, self._about = heading, label, list(about)
        self._value, self._placeholder, self._check, self._empty = value, placeholder, check, empty

    def body(self) -> ComposeResult:
        """Yield the line to type into."""
        if self._about:
            yield Lines(self._about)
        yield Field(self._label, line(self._value, placeholder=self._placeholder))
        if self._reads is not None:
            yield Lines([[]])

    @on(Input.Changed)
    def _read(self, event: Input.Changed) -> None:
        """Say below the line as what its text is taken."""
        if self._reads is None:
            return
        try:
            text = self._reads(event.value.strip()) if event.value.strip() else ""
        except WinbackError:
            text = ""
        self.query(Lines).last().say([[(" " * 12 + printable(text), self.winback.pens.good)]])

    def on_mount(self) -> None:
        """Let the keys go to the line."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text and not self._empty:
            self.complain(saying.type_first(self._label))
            return
        try:
            if self._check is not None and text:
                self._check(text)
        except WinbackError as error:
            self.complain(error)
            return
        self.dismiss(text)

    def draft(self) -> dict[str, str]:
        """Return the line under the name of its label."""
        text = self.query_one(Input).value.strip()
        return {self._label: text} if text else {}

    def action_leave(self) -> None:
        """Keep what was typed and go back."""
        self.kept = self.query_one(Input).value.strip()
        self.dismiss(None)

    kept = ""


class Pick(Sheet[str | None]):
    """Asks for one of a few things, each with a key of its own."""

    hint = "its key, or enter · esc goes back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    DEFAULT_CSS = """
    Pick OptionList {
        height: auto; max-height: 20; border: none; background: $surface; padding: 0;
    }
    Pick OptionList:focus { border: none; }
    """

    def __init__(
        self,
        heading: str,
        options: Sequence[tuple[str, str, str]],
        *,
        chosen: str = "",
        moved: Callable[[str], None] | None = None,
    ) -> None:
        """`options` are (value, key, text); `moved` is told of the value under the cursor."""
        super().__init__()
        if not any(key for _, key, _ in options):
            self.hint = "j k move · enter chooses · esc goes back"
        self.heading, self._options, self._chosen, self._moved = (
            heading,
            list(options),
            chosen,
            moved,
        )

    def body(self) -> ComposeResult:
        """Yield the options."""
        yield Options(*(Option(each, id=f"o{n}") for n, each in enumerate(self._prompts())))

    def _prompts(self) -> list[Text]:
        return [Text(f"{key or ' '}  {self._told(text)}") for _, key, text in self._options]

    def on_resize(self) -> None:
        """Let texts that are too long for a line go on anew."""
        options = self.query_one(OptionList)
        for n, each in enumerate(self._prompts()):
            options.replace_option_prompt_at_index(n, each)

    def _told(self, text: str) -> str:
        """Return a text for its line; what it is too long for goes on below itself."""
        width = inner_width(self.app.size.width) - 3
        whole = printable(text)
        return whole if cell_len(whole) <= width else "\n   ".join(wrap(text, width))

    def on_mount(self) -> None:
        """Stand on what is chosen now."""
        options = self.query_one(OptionList)
        values = [value for value, _, _ in self._options]
        options.highlighted = values.index(self._chosen) if self._chosen in values else 0
        options.focus()

    def on_key(self, event: Key) -> None:
        """Choose the option whose key was pressed."""
        for value, key, _ in self._options:
            if key and event.character == key:
                event.stop()
                self.dismiss(value)
                return

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._moved is not None:
            self._moved(self._options[event.option_index][0])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])
