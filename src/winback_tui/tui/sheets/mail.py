"""The mail sheet: what would be written, to whom, and whether one may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input

from winback_tui.desk.letters import Asked, Mail
from winback_tui.errors import WinbackError
from winback_tui.tui.sheets.fields import Choice, Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.text import printable, wrap
from winback_tui.tui.widgets.drawn import Drawn, Line, Part
from winback_tui.words import saying


class Letter(Drawn):
    """A mail as its reader gets it."""

    mail: Mail | None = None

    def say(self, mail: Mail | None) -> None:
        """Show another mail."""
        self.mail = mail
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return address, subject and body, wrapped."""
        mail, pens = self.mail, self.pens
        if mail is None:
            return []
        found: list[Line] = [
            [
                ("To       ", pens.dim),
                (printable(mail.address or "no address"), pens.text),
                (f"  {printable(mail.person or mail.name)}", pens.dim),
            ],
            [("Subject  ", pens.dim), (printable(mail.subject), pens.strong)],
            [],
        ]
        for text in mail.body.splitlines():
            found += [[(each, pens.text)] for each in wrap(text, max(10, width))] or [[]]
        return found


class MailSheet(Sheet[Asked | None]):
    """Shows the mail and asks for what may be changed in it."""

    hint = "enter writes the draft · tab: next field · esc goes back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    DEFAULT_CSS = """
    MailSheet Field { margin-top: 0; }
    MailSheet VerticalScroll { height: auto; max-height: 22; scrollbar-size-vertical: 1; }
    MailSheet.-small VerticalScroll { max-height: 8; }
    """

    def __init__(
        self,
        heading: str,
        about: Sequence[Part],
        templates: Sequence[tuple[str, str]],
        fill: Callable[[Asked], Mail],
        *,
        template: str = "",
        justify: bool = False,
        several: bool = False,
    ) -> None:
        """`fill` returns the mail as asked for; `justify` asks why it is expected.

        Of `several` it is an example: what refuses it need not refuse the others.
        """
        super().__init__()
        self.heading, self._about, self._templates = heading, list(about), list(templates)
        self._fill, self._template, self._justify = fill, template, justify
        self._several = several
        if several:
            self.hint = saying.MAILS_KEYS

    def body(self) -> ComposeResult:
        """Yield the mail above what may be changed in it."""
        yield Lines(self._about)
        if self._several:
            yield Lines([[(saying.MAIL_EXAMPLE, self.winback.pens.dim)]])
        with VerticalScroll(can_focus=False):
            yield Letter()
        yield Field("template", Choice(self._templates, id="template"))
        hint = saying.MAIL_OFFER_HINT
        yield Field("offer", line(placeholder=hint, id="offer"))
        if self._justify:
            hint = saying.MAIL_WHY_HINT
            yield Field("say why", line(placeholder=hint, id="justify"))

    def on_mount(self) -> None:
        """Show the mail of the template that fits."""
        self.set_class(self.app.size.height < 30, "-small")
        self.query_one("#template", Choice).value = self._template
        self.query_one("#template").focus()
        self._changed()

    @on(Choice.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        try:
            mail = self._fill(self.asked())
        except WinbackError as error:
            self.query_one(Letter).say(None)
            self.complain(error)
            return
        self.query_one(Letter).say(mail)
        self.complain(mail.refused[:1].upper() + mail.refused[1:])

    def mended(self) -> None:
        """Leave what is said to be wrong to `_changed`, which reads each change at once."""

    def asked(self) -> Asked:
        """Return the mail as it is asked for."""
        language, _, name = self.query_one("#template", Choice).value.partition("/")
        typed = {each.id: each.value.strip() for each in self.query(Input)}
        return Asked(
            template=name,
            language=language,
            offer=typed.get("offer", ""),
            justify=typed.get("justify", ""),
        )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the mail, unless it cannot be written."""
        asked = self.asked()
        try:
            mail = self._fill(asked)
            refused = "" if self._several else mail.refused
        except WinbackError as error:
            refused = str(error)
        if refused:
            self.complain(refused[:1].upper() + refused[1:])
        elif self._justify and not asked.justify:
            self.complain(saying.MAIL_WHY)
            self.query_one("#justify", Input).focus()
        else:
            self.dismiss(asked)

    def action_page(self, by: int) -> None:
        """Scroll the mail by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=by * max(1, view.size.height - 1), animate=False)
