"""The sheet that asks what is exported, how, and where to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from winback_tui.errors import BadInputError, WinbackError
from winback_tui.tui.sheets.fields import Choice, Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import saying

_WHAT = (
    ("list", "list"),
    ("transactions", "purchases"),
    ("events", "deeds"),
    ("consents", "consents"),
    ("handovers", "hand-overs"),
)
_FORMATS = (("xlsx", "Excel"), ("csv", "CSV"), ("parquet", "Parquet"), ("jsonl", "JSON Lines"))


class Answer(NamedTuple):
    """What was asked for: a table, a format by its suffix, and the file."""

    what: str
    format: str
    path: Path


class ExportSheet(Sheet[Answer | None]):
    """Asks for table, format and file; the file's end follows the format."""

    heading = "Export"
    hint = "enter writes the file · tab: next field · ← → choose · esc goes back"

    def __init__(self, about: list[Line], stem: str, check: Callable[[Path], object]) -> None:
        """`stem` begins the suggested name; `check` refuses a file by a WinbackError."""
        super().__init__()
        self._about, self._stem, self._check = about, stem, check

    def body(self) -> ComposeResult:
        """Yield the choices and the line for the file."""
        yield Lines(self._about)
        yield Field("what", Choice(list(_WHAT), id="what"))
        yield Field("format", Choice(list(_FORMATS), id="format"))
        yield Field("file", line(f"{self._stem}-list.xlsx", id="file"))

    def on_mount(self) -> None:
        """Let the keys go to the first choice."""
        self.query_one("#what", Choice).focus()

    @on(Choice.Changed)
    def _changed(self) -> None:
        """Let the suggested name follow what was chosen; a name of one's own keeps its stem."""
        field = self.query_one("#file", Input)
        what, kind = (self.query_one(f"#{each}", Choice).value for each in ("what", "format"))
        path = Path(field.value)
        suggested = path.stem in {f"{self._stem}-{each}" for each, _ in _WHAT}
        stem = f"{self._stem}-{what}" if suggested else path.stem
        field.value = str(path.with_name(f"{stem}.{kind}")) if field.value else f"{stem}.{kind}"

    def on_key(self, event: object) -> None:
        """Enter on a choice is as good as on the line."""
        if getattr(event, "key", "") == "enter":
            self._done()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._done()

    def _done(self) -> None:
        text = self.query_one("#file", Input).value.strip()
        if not text:
            self.complain(saying.FILE_FIRST)
            return
        path = Path(text).expanduser()
        try:
            if path.exists() and not path.is_dir():
                raise BadInputError(f"{path} exists already; name another file.")
            self._check(path)
        except WinbackError as error:
            self.complain(error)
            self.query_one("#file", Input).focus()
            return
        what, kind = (self.query_one(f"#{each}", Choice).value for each in ("what", "format"))
        end = path.suffix.removeprefix(".").casefold()
        self.dismiss(Answer(what, end if end in dict(_FORMATS) else kind, path))
