"""The offer sheet: the next rung, weighed while you type; and the answer to the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from winback_tui.desk.weighing import Ask
from winback_tui.errors import WinbackError
from winback_tui.model import Channel
from winback_tui.rules.amounts import parse_amount, parse_share
from winback_tui.tui.sheets.fields import Choice, Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.text import wrap
from winback_tui.tui.widgets.drawn import Drawn, Line, Part
from winback_tui.words import saying

_SCOPES: Final = [
    ("customer", "this customer"),
    ("group", "what they buy most"),
    ("all", "everyone without one"),
]


class Weighed(NamedTuple):
    """What an offer comes to: sentences, whether it is blocked, and what must still be typed."""

    lines: tuple[str, ...]
    blocked: bool = False
    skip_why: bool = False
    justify: bool = False


class Balance(Drawn):
    """What the offer comes to, in sentences."""

    DEFAULT_CSS = "Balance { height: auto; margin-top: 1; }"

    weighed: Weighed = Weighed(())

    def say(self, weighed: Weighed) -> None:
        """Show another balance."""
        self.weighed = weighed
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the sentences, wrapped; where the offer is blocked, the last one in red."""
        found: list[Line] = []
        for number, sentence in enumerate(self.weighed.lines):
            last = number == len(self.weighed.lines) - 1
            pen = self.pens.bad if self.weighed.blocked and last else self.pens.text
            found += [[(text, pen)] for text in wrap(sentence, max(10, width))]
        return found


class OfferSheet(Sheet[Ask | None]):
    """Asks which offer is made, by which channel, and at what cost."""

    hint = "enter makes the offer · tab: next field · ← → choose · esc goes back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "save", show=False)]
    DEFAULT_CSS = """
    OfferSheet Field { margin-top: 0; }
    OfferSheet .-hidden { display: none; }
    """

    def __init__(
        self,
        heading: str,
        about: Sequence[Part],
        rungs: Sequence[tuple[str, str]],
        channels: Sequence[tuple[str, str]],
        weigh: Callable[[Ask], Weighed],
        *,
        rung: str = "",
        channel: str = "",
        margin: bool = False,
        currencies: Sequence[str] = (),
    ) -> None:
        """`weigh` is told of each change; `margin` asks for the margin, as none is known.

        A cost is in whole units of what each customer pays in, one of `currencies`: with a sign of
        another it is refused, and with any sign where they pay in several.
        """
        super().__init__()
        self.heading, self._about, self._weigh = heading, list(about), weigh
        self._rungs, self._channels = list(rungs), list(channels)
        self._rung, self._channel, self._margin = rung, channel, margin
        self._currencies = tuple(currencies)

    def body(self) -> ComposeResult:
        """Yield the rung, the channel, and the optional fields."""
        yield Lines(self._about)
        yield Field("rung", Choice(self._rungs, id="rung"))
        yield Field("by", Choice(self._channels, id="channel"))
        yield Field("cost", line(placeholder=saying.COST_HINT, id="cost"))
        if self._margin:
            hint = saying.MARGIN_HINT
            yield Field("margin", line(placeholder=hint, id="margin"))
            yield Field("margin of", Choice(_SCOPES, id="margin_for"))
        yield Field("note", line(placeholder=saying.OFFER_HINT, id="note"))
        yield _may_hide("say why", "why sooner, or why a rung is skipped", "skip_why")
        yield _may_hide("expected", "why the contact is expected", "justify")
        yield Balance()

    def on_mount(self) -> None:
        """Stand on the next rung and the best channel."""
        self.query_one("#rung", Choice).value = self._rung
        self.query_one("#channel", Choice).value = self._channel
        self.query_one("#margin" if self._margin else "#rung").focus()
        self._changed()

    @on(Choice.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        try:
            weighed = self._weigh(self.ask())
        except WinbackError as error:
            weighed = Weighed((str(error),), blocked=True)
        self.query_one(Balance).say(weighed)
        for name, wanted in (("skip_why", weighed.skip_why), ("justify", weighed.justify)):
            # What was typed into stays to be seen.
            typed = bool(self.query_one(f"#{name}", Input).value)
            self.query_one(f"#{name}-field").set_class(not (wanted or typed), "-hidden")

    def ask(self) -> Ask:
        """Return the offer as it stands; a WinbackError for what cannot be read."""
        cost, margin = self._typed("cost"), self._typed("margin")
        share = parse_share(cost, "The cost") if cost.endswith("%") else None
        channel = self.query_one("#channel", Choice).value
        return Ask(
            rung=self.query_one("#rung", Choice).value,
            channel=Channel(channel) if channel else None,
            cost=self._cost(cost) if cost and share is None else None,
            share=share,
            skip_why=self._typed("skip_why"),
            justify=self._typed("justify"),
            note=self._typed("note"),
            margin=parse_share(margin, "The margin") if margin else None,
            margin_for=self.query_one("#margin_for", Choice).value if margin else "customer",
        )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the offer, or stand on what is missing."""
        try:
            ask = self.ask()
            weighed = self._weigh(ask)
        except WinbackError:
            # What cannot be read is named above already, while it is typed.
            self._changed()
            self.complain(saying.OFFER_REFUSED)
            return
        for name, wanted, typed in (
            ("skip_why", weighed.skip_why, ask.skip_why),
            ("justify", weighed.justify, ask.justify),
        ):
            if wanted and not typed:
                self.complain(saying.WHY_FIRST)
                self.query_one(f"#{name}", Input).focus()
                return
        if weighed.blocked:
            self.complain(saying.OFFER_REFUSED)
            return
        self.dismiss(ask)

    def _cost(self, typed: str) -> float:
        for currency in self._currencies[1:]:
            parse_amount(typed, "The cost", currency)
        return float(parse_amount(typed, "The cost", self._currencies[0]))

    def _typed(self, field: str) -> str:
        return next((each.value.strip() for each in self.query(f"#{field}").results(Input)), "")


def _may_hide(label: str, placeholder: str, name: str) -> Field:
    field = Field(label, line(placeholder=placeholder, id=name))
    field.id = f"{name}-field"
    field.add_class("-hidden")
    return field


class AnswerSheet(Sheet[tuple[str, str, str] | None]):
    """Asks what became of an offer: the answer, the amount that was ordered, and a note."""

    hint = "enter saves · ← → choose · tab: next field · esc goes back"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "save", show=False)]

    def __init__(
        self,
        heading: str,
        about: Sequence[Part],
        answers: Sequence[tuple[str, str]],
        *,
        currency: str = "",
    ) -> None:
        super().__init__()
        self._currency = currency
        self.heading, self._about, self._answers = heading, list(about), list(answers)

    def body(self) -> ComposeResult:
        """Yield the answer, the amount and the note."""
        yield Lines(self._about)
        yield Field("answer", Choice(self._answers, id="answer"))
        yield Field("amount", line(placeholder=saying.AMOUNT_HINT, id="amount"))
        yield Field("note", line(placeholder="optional", id="note"))

    def on_mount(self) -> None:
        """Let the keys go to the answer."""
        self.query_one("#answer").focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the answer, or say what is wrong with the amount."""
        amount = self.query_one("#amount", Input).value.strip()
        try:
            if amount:
                parse_amount(amount, currency=self._currency)
        except WinbackError as error:
            self.complain(error)
            self.query_one("#amount", Input).focus()
            return
        note = self.query_one("#note", Input).value.strip()
        self.dismiss((self.query_one("#answer", Choice).value, amount, note))

    def draft(self) -> dict[str, Any]:
        """Keep no draft: there are three short fields."""
        return {}
