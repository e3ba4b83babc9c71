"""Keys that show something: why, today, messages, help, the palette, themes, and copying."""

from __future__ import annotations

from typing import Final

from rich.style import Style

from winback_tui.desk.commands import COMMANDS, Command, Context
from winback_tui.desk.dossier import Dossier, dossier
from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.text import fit, printable, wrap
from winback_tui.tui.theme import MORE, THEMES
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import outlook, reasons, saying
from winback_tui.words.customers import CHANNELS, customer_name
from winback_tui.words.scores import moved

#: Commands of which their hand knows better than the screen whether they can be given.
_HAND_KNOWS: Final = ("accept", "dismiss")


class Showing(Hand):
    """What both the list and the dossier can show over themselves."""

    async def give_why(self) -> None:
        """Explain the score in full."""
        from winback_tui.tui.sheets.reading import Reading

        current = self.screen.standing_on()
        found = dossier(self.desk, current) if current is not None else None
        if found is None:
            return
        record = found.row.record
        name = customer_name(record.number, record.name)
        heading = f"Why {round(record.score)}: {name}"
        changed = self._moved(found)
        await self.app.push_screen_wait(
            Reading(heading, [lambda width: self._why(found, changed, width)])
        )

    def _why(self, found: Dossier, changed: str, width: int) -> list[Line]:
        """Return what the score is made of, what moved it, and what is to be expected."""
        record, formats, pens = found.row.record, self.winback.formats, self.pens
        days_silent = found.row.silence_days
        parts = reasons.reasons(record, days_silent, formats)
        whole = reasons.whole_points(parts, record.score)

        def sentence(text: str, pen: Style = pens.text) -> list[Line]:
            return [[(piece, pen)] for piece in wrap(text, width)]

        def point(text: str, pen: Style, about: str) -> list[Line]:
            return [
                [(fit("" if number else text, 5, right=True) + "  ", pen), (piece, pens.text)]
                for number, piece in enumerate(wrap(about, width - 7))
            ]

        lines = [*sentence(reasons.headline(record, days_silent, formats), pens.strong), []]
        for part, value in zip(parts, whole, strict=True):
            base = part.code == "base"
            pen = pens.bad if value > 0 else pens.good if value < 0 else pens.dim
            sign = str(value) if base else formats.signed(value)
            lines += point(sign, pens.dim if base else pen, part.text)
        lines += [
            [(f"{round(record.score):>5}  ", pens.strong), ("the score", pens.strong)],
            [],
            *sentence(reasons.chance(record, formats)),
        ]
        if found.due is not None:
            lines += sentence(f"By the usual gap the next order was due {formats.date(found.due)}.")
        lines += sentence(changed)
        lines += sentence(outlook.next_purchase(record, days_silent, formats))
        lines += sentence(outlook.worth(record, days_silent, formats))
        return [*lines, [("RFM ", pens.dim), (record.rfm or "-", pens.text)]]

    def _moved(self, found: Dossier) -> str:
        """Return what moved the score since the run before, or nothing where there is none."""
        from winback_tui.desk.changes import since

        formats, change = self.winback.formats, found.row.change
        if change is None or not self._since():
            return ""
        told = since(self.desk, found)
        if told is None:
            return f"Since {self._since()}: {moved(change, formats)}."
        return reasons.changed(told[0], told[1], change, formats)

    def _since(self) -> str:
        from winback_tui.desk import listing

        run = listing.run(self.desk)
        before = run.previous_as_of if run else None
        return self.winback.formats.date(before) if before else ""

    async def give_session(self) -> None:
        """Show what was done today and what is left."""
        from winback_tui.desk import today as days
        from winback_tui.tui.sheets.reading import Reading
        from winback_tui.words import today as today_words

        summary = days.summary(self.desk)
        lines: list[Line] = [
            [(fit(label, 28), self.pens.dim), (printable(value), self.pens.strong)]
            for label, value in today_words.summary_lines(summary, self.winback.formats)
        ]
        from winback_tui.desk.report import outcomes
        from winback_tui.words.report import report_lines

        lines += [[], [("All the work so far", self.pens.title)]]
        found = outcomes(self.desk)
        told: list[Line] = [
            [(fit(label, 28), self.pens.dim), (printable(value), self.pens.text)]
            for label, value in report_lines(found, self.winback.formats)
        ]
        # The stages of the cases first, then what came of the calls.
        stages = sum(map(bool, found.stages.values()))
        lines += [*told[:stages], *([[]] if stages else []), *told[stages:]]
        await self.app.push_screen_wait(
            Reading(f"Today, {self.winback.formats.date(self.desk.as_of)}", lines)
        )

    async def give_messages(self) -> None:
        """Show what was said in this session."""
        from winback_tui.tui.sheets.reading import Reading

        said = self.winback.messages

        def draw(width: int) -> list[Line]:
            return [
                [
                    ("  " if number or not wrong else "! ", self.pens.bad),
                    (piece, self.pens.bad if wrong else self.pens.text),
                ]
                for text, wrong in reversed(said)
                for number, piece in enumerate(wrap(text, width - 2))
            ]

        nothing: list[Line] = [[(saying.NOTHING_SAID, self.pens.dim)]]
        await self.app.push_screen_wait(Reading("Messages", [draw] if said else nothing))

    async def give_help(self) -> None:
        """Show every key with its sentence."""
        from winback_tui.tui.sheets.help import Help

        here, signs = self.screen.context, self.winback.glyphs
        groups = list(dict.fromkeys(command.group for command in COMMANDS))
        shown = [each for each in self.winback.commands.values() if here in each.contexts]
        other = "in the dossier" if here is Context.LIST else "in the list"
        meanings = (
            f"{signs.allowed} allowed  {signs.expiring} allowed, ends soon  {signs.warn} say why  "
            f"{signs.blocked} blocked  "
            f"{signs.unknown} nothing known"
        )
        notes = (meanings, f"? shows the keys {other} when pressed there.")
        in_groups = sorted(shown, key=lambda each: groups.index(each.group))
        await self.app.push_screen_wait(Help(in_groups, notes))

    async def give_settings(self) -> None:
        """Choose a theme, and see it while choosing."""
        from winback_tui.tui.sheets.ask import Pick

        before = self.app.theme
        names = [theme.name for theme in THEMES] + [
            name for name in MORE if name in self.app.available_themes
        ]

        def preview(name: str) -> None:
            self.app.theme = name

        answer = await self.app.push_screen_wait(
            Pick(
                "Theme",
                [(name, "", name.replace("-", " ")) for name in names],
                chosen=before,
                moved=preview,
            )
        )
        self.app.theme = answer or before
        if answer:
            self.winback.keep_theme(answer)

    async def give_copy(self) -> None:
        """Ask what to copy, and copy it through the terminal."""
        from winback_tui.tui.sheets.ask import Pick

        current = self.screen.standing_on()
        found = dossier(self.desk, current) if current is not None else None
        if found is None:
            return
        record = found.row.record
        name = customer_name(record.number, record.name)
        choices: list[tuple[str, str]] = []
        for contact in found.contacts:
            for point in contact.points:
                if point.ended_on is None and contact.ended_on is None:
                    who = f" ({contact.name})" if contact.name else ""
                    choices.append((point.value, f"{CHANNELS[point.channel]}: {point.value}{who}"))
        place = " ".join(p for p in (found.address.zip, found.address.city) if p)
        people = [c.name for c in found.contacts if c.name and c.ended_on is None]
        card = [name, *people, found.address.street or "", place, *(value for value, _ in choices)]
        choices.append(("\n".join(printable(line) for line in card if line), "the whole card"))
        choices.append((record.number, f"number: {record.number}"))
        keys = "123456789"
        answer = await self.app.push_screen_wait(
            Pick(
                f"Copy: {name}",
                [
                    (value, keys[n] if n < len(keys) else "", text)
                    for n, (value, text) in enumerate(choices)
                ],
            )
        )
        if answer:
            self.app.copy_to_clipboard(answer)
            self.winback.say(saying.COPIED)

    def _is_off(self, command: Command) -> bool:
        """Return whether giving a command now would only say why it can do nothing."""
        if self.screen.why_not(command) is not None:
            return True
        asked = command.id in _HAND_KNOWS
        return asked and self.screen.hand(command.id).why_not(command) is not None

    async def give_palette(self) -> None:
        """Find a command or a customer by name."""
        from winback_tui.tui.sheets.palette import Palette

        commands = [c for c in self.winback.commands.values() if self.screen.context in c.contexts]
        off = {c.id for c in commands if self._is_off(c)}
        answer = await self.app.push_screen_wait(Palette(self.desk, commands, off))
        if answer is None:
            return
        kind, value = answer
        if kind == "command":
            self.screen.action_give(value)
        else:
            self.screen.go_to_customer(int(value))
