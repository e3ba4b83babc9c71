"""The filter sheet: type conditions, or pick them from what the book holds."""

from __future__ import annotations

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from winback_tui.desk import filters, matching
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.model import Channel, Lifecycle, PartyKind, Stage
from winback_tui.tui.sheets.fields import Field, line
from winback_tui.tui.sheets.sheet import Sheet
from winback_tui.tui.text import fit, printable
from winback_tui.tui.widgets.options import Options
from winback_tui.words.consent import FILTERS as CONSENT_FILTERS
from winback_tui.words.customers import CHANNELS, LIFECYCLES, PARTY_KINDS
from winback_tui.words.deeds import STAGES


class FilterSheet(Sheet[str | None]):
    """Dismissed with the text of a filter; an empty one shows everybody."""

    heading = "Filter"
    hint = "↓ ↑ choose · enter adds, or applies what is typed · esc goes back"

    DEFAULT_CSS = """
    FilterSheet OptionList {
        height: auto; max-height: 16; border: none; background: $surface; padding: 0; margin-top: 1;
    }
    FilterSheet OptionList:focus { border: none; }
    """

    class Held(Message):
        """What the book holds to filter by was read."""

        def __init__(self, choices: dict[str, list[tuple[str, int]]]) -> None:
            super().__init__()
            self.choices = choices

    def __init__(self, desk: Desk, text: str) -> None:
        super().__init__()
        self._desk, self._text = desk, text
        self._all = self._known()
        self._shown: list[str] = []
        self._chosen = False

    def body(self) -> ComposeResult:
        """Yield the line and the suggestions."""
        hint = "owner:… city:… band:at_risk case:none score:>80"
        yield Field("show", line(self._text, placeholder=hint))
        options = Options()
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        """Offer what is known at once, and read what the book holds meanwhile."""
        self.query_one(Input).focus()
        self._offer()
        self.run_worker(self._read, thread=True, group="choices")

    def _read(self) -> None:
        try:
            with self._desk.twin() as own:
                choices = matching.choices(own)
        except WinbackError as error:
            self.app.call_from_thread(self.complain, error)
        else:
            self.post_message(self.Held(choices))

    def on_filter_sheet_held(self, event: Held) -> None:
        """Offer the segments, owners and places of this book, too."""
        number = self.winback.formats.number
        most = max((count for values in event.choices.values() for _, count in values), default=0)
        room = len(number(most))
        held = [
            (
                f'{key}:"{value}"' if " " in value else f"{key}:{value}",
                f"{number(count):>{room}} customer{'' if count == 1 else 's'}",
            )
            for key, values in event.choices.items()
            for value, count in values
        ]
        self._all = [*held, *self._known()]
        self._offer()

    def _known(self) -> list[tuple[str, str]]:
        found = [(f"channel:{each.value}", f"{CHANNELS[each]} is allowed") for each in Channel]
        found += [(f"consent:{word}", told) for word, told in CONSENT_FILTERS.items()]
        found += [(f"kind:{kind.value}", PARTY_KINDS[kind]) for kind in PartyKind]
        found += [(f"band:{band.value}", LIFECYCLES[band]) for band in Lifecycle]
        found += [
            ("case:none", "no case yet"),
            ("case:any", "any case"),
            ("case:snoozed", "snoozed"),
        ]
        found += [(f"case:{stage.value}", STAGES[stage]) for stage in Stage]
        return found

    def _last_word(self) -> str:
        text = self.query_one(Input).value
        return "" if text.endswith(" ") or not text else text.rsplit(" ", 1)[-1]

    @on(Input.Changed)
    def _typed(self) -> None:
        self._chosen = False
        self._offer()

    def _offer(self) -> None:
        typed = self.query_one(Input).value
        word = self._last_word().lower()
        fitting = [(t, d) for t, d in self._all if word in f"{t} {d}".lower() and t not in typed]
        self._shown = [text for text, _ in fitting]
        options = self.query_one(OptionList)
        options.clear_options()
        pens = self.winback.pens
        options.add_options(
            Option(
                Text.assemble(
                    (fit(text, 34), pens.text),
                    (printable(about), pens.dim),
                    no_wrap=True,
                )
            )
            for text, about in fitting
        )
        options.highlighted = None

    def on_key(self, event: events.Key) -> None:
        """Let the arrow keys move in the suggestions."""
        options = self.query_one(OptionList)
        if event.key in ("down", "up"):
            event.stop()
            self._chosen = True
            if options.highlighted is None and self._shown:
                options.highlighted = 0 if event.key == "down" else len(self._shown) - 1
            elif event.key == "down":
                options.action_cursor_down()
            else:
                options.action_cursor_up()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        place = self.query_one(OptionList).highlighted
        if self._chosen and place is not None:
            self._add(self._shown[place])
            return
        try:
            filters.parse(event.value)
        except WinbackError as error:
            self.complain(error)
            return
        self.dismiss(event.value.strip())

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._add(self._shown[event.option_index])

    def _add(self, text: str) -> None:
        """Put a suggestion in the place of the word that was being typed."""
        field = self.query_one(Input)
        kept = field.value[: len(field.value) - len(self._last_word())]
        field.value = f"{kept}{text} "
        field.cursor_position = len(field.value)
        self._chosen = False
